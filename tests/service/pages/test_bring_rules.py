from __future__ import annotations

import re
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from io import BytesIO
from threading import Timer
from typing import TYPE_CHECKING

import pytest

from service import surveys
from service.bringing import Runner, begin_import, inspection_of, sweep
from service.bringing.columns import new_survey
from service.bringing.folder import DraftFolder
from service.security import sessions
from service.security.principals import Scope
from service.store import drafts
from tests.service.filled_survey import fill
from tests.service.sample_survey import row

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from httpx2 import Response
    from starlette.testclient import TestClient

    from service import Settings
    from service.store import Store
    from service.tagging import LoadedModels
    from tests.service.app_fixtures import MakeKey

TEXT = "nurse number 4 was so kind"


class Browser:
    """A browser that is signed in, and sends forms with its session's token."""

    def __init__(self, client: TestClient, secret: str) -> None:
        self._client = client
        self._cookie = {"Cookie": f"{sessions.COOKIE}={secret}"}

    def get(self, path: str) -> Response:
        return self._client.get(path, headers=self._cookie)

    def post(self, path: str, file: str = "", **fields: str) -> Response:
        found = re.search(r'name="csrf" value="([^"]+)"', self.get("/").text)
        assert found is not None
        sent = {"csrf": found[1]} | {name.replace("_", "-"): told for name, told in fields.items()}
        files = {"file": ("a.csv", file)} if file else None
        return self._client.post(path, data=sent, files=files, headers=self._cookie)

    def send(self, file: str) -> str:
        """Send a file; gives the address of the draft."""
        answer = self.post("/bring", file=file)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"].removesuffix("/survey")

    def wait(self, path: str, words: str) -> str:
        """Look at a page until it says something."""
        for _ in range(500):
            page = self.get(path).text
            if words in page:
                return page
            time.sleep(0.02)
        raise AssertionError(page)


def signed_in_by(anyone: TestClient, key: dict[str, str]) -> Browser:
    """A browser that is signed in by a key."""
    token = key["Authorization"].removeprefix("Bearer ")
    answer = anyone.post("/sign-in", data={"key": token, "to": "/"})
    anyone.cookies.clear()
    return Browser(anyone, answer.cookies[sessions.COOKIE])


@pytest.fixture
def browser(anyone: TestClient, store: Store) -> Browser:
    return Browser(anyone, sessions.sign_in(store, sessions.new_link(store)))


def table(rows: Sequence[dict[str, str]]) -> str:
    return "\n".join([",".join(rows[0]), *(",".join(each.values()) for each in rows)])


def files(settings: Settings) -> list[Path]:
    return [path for path in settings.spool.rglob("*") if path.is_file()]


ROWS = [{"what": TEXT, "when": "31/3/2025"}, {"what": f"{TEXT}!", "when": "1/4/2025"}]


def test_a_cancelled_draft_leaves_no_file(browser: Browser, settings: Settings) -> None:
    draft = browser.send(table(ROWS))
    assert any(TEXT in path.read_text("utf-8") for path in files(settings))
    assert {path.stat().st_mode & 0o777 for path in files(settings)} == {0o600}
    assert browser.post(f"{draft}/cancel").status_code == 303
    assert files(settings) == []
    assert browser.get(draft).status_code == 404


def test_a_draft_is_swept_after_a_day(browser: Browser, settings: Settings, store: Store) -> None:
    browser.send(table(ROWS))
    sweep(store, settings, datetime.now(UTC) + timedelta(hours=23))
    assert files(settings) != []
    sweep(store, settings, datetime.now(UTC) + timedelta(hours=25))
    assert files(settings) == []


def test_a_file_that_is_no_table_is_not_kept(browser: Browser, settings: Settings) -> None:
    for file in ("a,b\n1,2,3\n", "a,a\n1,2\n", "PK\x03\x04 is no workbook"):
        answer = browser.post("/bring", file=file)
        assert answer.status_code == 422
        assert "There is a problem" in answer.text
    assert browser.post("/bring").status_code == 422
    assert files(settings) == []


def test_a_header_alone_is_no_survey(browser: Browser, settings: Settings) -> None:
    answer = browser.post("/bring", file="response_id,comment\n")
    assert answer.status_code == 422
    assert "The file has no rows below its header" in answer.text
    assert not files(settings)


def test_nobody_else_can_open_a_draft(
    browser: Browser, anyone: TestClient, store: Store, make_key: MakeKey
) -> None:
    draft = browser.send(table(ROWS))
    other = signed_in_by(anyone, make_key(Scope.SURVEYS_WRITE))
    for page in ("", "/survey", "/columns", "/check", "/errors.csv", "/import", "/cancel"):
        assert other.get(f"{draft}{page}").status_code == 404
    assert other.post(f"{draft}/cancel").status_code == 404
    assert draft not in other.get("/bring").text
    assert draft in browser.get("/bring").text


def test_who_may_not_make_surveys_brings_none(
    anyone: TestClient, make_key: MakeKey, settings: Settings
) -> None:
    reader = signed_in_by(anyone, make_key(Scope.SURVEYS_READ))
    assert reader.get("/bring").status_code == 403
    assert reader.post("/bring", file=table(ROWS)).status_code == 403
    assert anyone.post("/bring", files={"file": ("a.csv", table(ROWS))}).status_code == 401
    assert files(settings) == []


def bring(browser: Browser, draft: str, **columns: str) -> None:
    """Go through the pages up to the dry run."""
    named = browser.post(f"{draft}/survey", name="Visits", id="visits", model="tiny")
    assert named.headers["location"] == f"{draft}/columns"
    assert browser.post(f"{draft}/columns", **columns).status_code == 303


def finish(browser: Browser, draft: str, rows: int) -> None:
    browser.post(f"{draft}/check")
    browser.wait(f"{draft}/check", f"Import {rows} row")
    browser.post(f"{draft}/import")
    browser.wait(f"{draft}/import", "The file you sent is no longer kept")


def test_rows_without_an_id_are_numbered_by_their_file(browser: Browser) -> None:
    draft = browser.send(table(ROWS))
    wrong = browser.post(f"{draft}/columns", role_0="comments", role_1="date")
    assert "have the rows numbered" in wrong.text
    bring(browser, draft, role_0="comments", role_1="date", numbered="yes")
    browser.post(f"{draft}/questions", question_0="What was good?")
    finish(browser, draft, 2)
    again = browser.post("/surveys/visits/add", file=table(ROWS)).headers["location"]
    assert "rows are there already" in browser.wait(again, "There is nothing to import")
    more = browser.post("/surveys/visits/add", file=table([*ROWS[:1], ROWS[0]]))
    browser.wait(more.headers["location"], "Import 2 rows")
    comments = browser.get("/v1/surveys/visits/comments").json()["comments"]
    assert [each["given_on"] for each in comments] == ["2025-03-31", "2025-04-01"]


def test_rows_that_name_their_question_are_told_apart_by_it(browser: Browser) -> None:
    rows = [
        {"who": "p1", "question": "What was good?", "comment": TEXT},
        {"who": "p1", "question": "What could be better?", "comment": "waited 3 hours to be seen"},
    ]
    draft = browser.send(table(rows))
    wrong = browser.post(
        f"{draft}/columns", role_0="response_id", role_1="question", role_2="comments"
    )
    assert "choose this column as the person" in wrong.text
    columns = {"role_0": "person", "role_1": "question", "role_2": "comments", "numbered": "yes"}
    bring(browser, draft, **columns)
    finish(browser, draft, 2)
    survey = browser.get("/v1/surveys/visits").json()
    asked = [text["question"] for text in survey["columns"]["text"]]
    assert asked == ["What was good?", "What could be better?"]
    comments = browser.get("/v1/surveys/visits/comments").json()["comments"]
    assert {each["text"] for each in comments} == {each["comment"] for each in rows}


def test_values_of_its_own_are_groups_of_a_survey(browser: Browser) -> None:
    teams = ("A&E", "a&e", "Wards", "Prefer not to say")
    rows = [{"id": str(n), "team": team, "said": TEXT} for n, team in enumerate(teams)]
    draft = browser.send(table(rows))
    bring(browser, draft, role_0="response_id", role_1="group", role_2="comments")
    browser.post(f"{draft}/questions", question_0="What was good?")
    browser.post(f"{draft}/groups", scheme_0="own")
    page = browser.get(f"{draft}/groups/0").text
    chosen = re.findall(r'<option value="([^"]*)" selected', page)
    assert sorted(chosen) == ["a_e", "a_e", "not_stated", "wards"]
    sent = {f"value_{n}": told for n, told in enumerate(("a_e", "a_e", "wards", "not_stated"))}
    assert browser.post(f"{draft}/groups/0", **sent).headers["location"] == f"{draft}/check"
    finish(browser, draft, 4)
    progress = browser.get("/v1/surveys/visits").json()["progress"]
    assert progress["groups"] == {"team": {"a_e": 2, "wards": 1, "not_stated": 1}}


def test_the_next_service_goes_on_with_an_import_that_was_cut_off(
    browser: Browser, store: Store, settings: Settings, models: LoadedModels
) -> None:
    draft = browser.send(table(ROWS))
    bring(browser, draft, role_0="comments", role_1="unused", numbered="yes")
    browser.post(f"{draft}/questions", question_0="What was good?")
    browser.post(f"{draft}/check")
    browser.wait(f"{draft}/check", "Import 2 rows")
    with store.read() as conn:
        checked = drafts.get(conn, draft.removeprefix("/bring/"))
    next_one = Runner(store, models, settings)
    # whoever read of it while it was checked, and asks now, is not told that this failed
    assert not next_one.is_broken_off(checked.id)
    begin_import(store, settings, checked, "test")
    made = new_survey(checked.choices, inspection_of(settings, checked))
    surveys.create(store, models, made, "test")
    assert "The import was broken off" in browser.get(f"{draft}/import").text
    next_one.take_up()
    page = browser.wait(f"{draft}/import", "The file you sent is no longer kept")
    next_one.stop()
    assert "rows were accepted" in page
    assert browser.get("/v1/surveys/visits").json()["progress"]["responses"] == 2
    with store.read() as conn:
        assert drafts.get(conn, checked.id).choices.roles is None
    assert TEXT not in "".join(path.read_text("utf-8") for path in files(settings))


class TestSurvey:
    @pytest.fixture
    def filled(
        self, client: TestClient, browser: Browser, store: Store, models: LoadedModels
    ) -> Browser:
        fill(client, store, models)
        del client.headers["Authorization"]
        return browser

    def test_more_responses_are_tried_before_they_are_added(self, filled: Browser) -> None:
        new = row("r9", patient="p9", date="2025-03-19", sex="F", carer="Y", good=TEXT)
        draft = filled.post("/surveys/visits/add", file=table([new])).headers["location"]
        filled.wait(draft, "Import 1 row")
        filled.post(draft.replace("check", "import"))
        filled.wait(draft.replace("check", "import"), "The file you sent is no longer kept")
        assert filled.get("/v1/surveys/visits").json()["progress"]["responses"] == 5

    def test_more_responses_need_the_columns_of_the_survey(self, filled: Browser) -> None:
        draft = filled.post("/surveys/visits/add", file=table(ROWS)).headers["location"]
        assert "the upload has no column" in filled.wait(draft, "cannot be imported")

    def test_it_is_erased_once_its_id_is_typed(self, filled: Browser) -> None:
        assert "Type visits" in filled.post("/surveys/visits/erase", id="visit").text
        assert filled.get("/surveys/visits").status_code == 200
        assert filled.post("/surveys/visits/erase", id="visits").status_code == 303
        assert filled.get("/surveys/visits").status_code == 404

    def test_who_may_not_see_exact_numbers_sees_rounded_ones(
        self, filled: Browser, anyone: TestClient, make_key: MakeKey
    ) -> None:
        key = make_key(Scope.SURVEYS_READ)
        progress = anyone.get("/v1/surveys/visits", headers=key).json()["progress"]
        page = signed_in_by(anyone, key).get("/surveys/visits").text
        shown = [int(each) for each in re.findall(r'<dd class="big">(\d+)', page)]
        assert shown == [progress[name] for name in ("responses", "comments", "tagged")]
        assert "/surveys/visits/erase" not in page
        assert "/surveys/visits/comments" not in page


def test_a_file_that_is_only_asked_about_for_a_moment_is_still_read(tmp_path: Path) -> None:
    folder = DraftFolder(tmp_path, "d")
    folder.receive(BytesIO(b"a"), 10)
    with ExitStack() as asking:
        assert asking.enter_context(folder.alone())
        assert folder.is_worked_on()
        Timer(0.1, asking.pop_all().close).start()
        with folder.alone(tries=100) as free:
            assert free
    with folder.alone(), folder.alone(tries=2) as free:
        assert not free


class TestSmall:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"upload_bytes": 2_000})

    def test_a_file_over_the_limit_is_refused_on_a_page(
        self, browser: Browser, settings: Settings
    ) -> None:
        answer = browser.post("/bring", file="a,b\n" + "1,2\n" * 3_000)
        assert answer.status_code == 413
        assert "<h1>" in answer.text
        assert files(settings) == []
