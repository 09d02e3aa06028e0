"""What people wrote, who they are and what opens the door stands in no log, metric or audit.

A real service is taken through a whole life. Every text, every id of a person or a response and
every secret that was ever sent or given holds a word of its own, so that it can be searched for.
"""

from __future__ import annotations

import json
import re
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import httpx
import pytest

from service import pxtextmining
from service.benchmarks.databases import prepare
from service.benchmarks.processes import Setup, crew
from service.client import Client
from service.store import Store
from tests.service.sample_survey import MEDIA_TYPES, new_survey, row, write_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from service.file_formats import FileFormat
    from service.uploads import UploadFormat
    from tests.service.postgres import Postgres

TEXT, PERSON, RESPONSE, PLACE = "kestrelword", "ospreyperson", "heronresponse", "larkhospital"
PRIVATE = (TEXT, PERSON, RESPONSE, PLACE)
NAME = "wrenname"
"""Stands where a name of a survey, a model or a theme should: told to who sent it, never logged."""
VISITS = "/v1/surveys/visits"
GOOD = f"nurse number 4 was so kind {TEXT}"
FORMATS: tuple[UploadFormat, ...] = ("csv", "xlsx", "jsonl", "json")
FILES: tuple[FileFormat, ...] = ("csv", "xlsx")


@dataclass
class Life:
    """What came out of a service, and the secrets that it gave.

    Attributes:
        secrets: Keys, links and cookies.
        refused: Bodies of all answers that are problems.
        told: What the audit and the metrics say.
    """

    secrets: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)


def rows(kind: str) -> list[dict[str, str]]:
    """Responses of which the last three are wrong, each in another way."""
    good = [
        row(
            f"{RESPONSE}-{kind}-{n}",
            patient=f"{PERSON}-{n}",
            date="2025-01-02",
            hospital=PLACE,
            sex="F",
            carer="Y",
            good=f"{GOOD} {n}",
            better=f"waited {n} hours {TEXT}",
        )
        for n in range(5)
    ]
    wrong = {"date": f"{TEXT} Tuesday", "patient": PERSON * 20, "good": f"{TEXT} " * 2_000}
    return good + [
        good[0] | {"response_id": f"{RESPONSE}-{name}", name: cell} for name, cell in wrong.items()
    ]


def bad_requests(http: httpx.Client) -> Iterator[httpx.Response]:
    """Gives the answers to requests that are wrong in every way, each with something private."""
    csv = {"Content-Type": "text/csv"}
    as_json = {"Content-Type": "application/json"}
    one = {"text": TEXT, "question": None}
    header = ",".join(row("x"))
    yield http.post("/v1/tag", json={"model": NAME, "comments": [one]})
    yield http.post("/v1/tag", json={"model": "tiny", "comments": [one | {NAME: TEXT}]})
    yield http.post("/v1/tag", json={"model": "tiny", "comments": [TEXT, PERSON]})
    yield http.post("/v1/tag", content=f'{{"model": "{TEXT}', headers=as_json)
    yield http.post("/v1/tag", content=f"{TEXT}\xff".encode("latin-1"), headers=as_json)
    yield http.post("/v1/tag", content=f'"{TEXT}"'.encode() + b" " * 11_000_000, headers=as_json)
    half_a_sign = '{"model": "tiny", "comments": [{"text": "\\ud800 TEXT"}]}'.replace("TEXT", TEXT)
    yield http.post("/v1/tag", content=half_a_sign, headers=as_json)
    yield http.put("/v1/tag", json=[TEXT])
    yield http.post("/v1/surveys", json={"id": NAME, "name": PERSON})
    yield http.post("/v1/surveys", json=new_survey().model_dump(mode="json"))
    yield http.get(f"/v1/surveys/{NAME}")
    yield http.get(f"/{TEXT}/{PERSON}")
    yield http.get(f"{VISITS}/comments", params={"theme": NAME})
    yield http.get(f"{VISITS}/comments", params={"group": f"{NAME}:{NAME}"})
    yield http.get(f"{VISITS}/comments", params={"from": TEXT, NAME: RESPONSE})
    yield http.get(f"{VISITS}/comments", params={"after": TEXT})
    for parameter in ("by", "theme", "question", "site", "policy"):
        yield http.get(f"{VISITS}/counts", params={parameter: NAME})
    yield http.get(f"{VISITS}/counts", params={"from": TEXT, "format": PERSON, NAME: RESPONSE})
    yield http.get(f"{VISITS}/trends", params={"period": NAME})
    yield http.get(f"{VISITS}/report", params={"characteristic": NAME})
    yield http.post(f"{VISITS}/responses", content=TEXT, headers={"Content-Type": TEXT})
    yield http.post(f"{VISITS}/responses", content=f"{NAME},b\n{TEXT},1\n", headers=csv)
    yield http.post(f"{VISITS}/responses", content=f"{header}\n{TEXT},{PERSON}\n", headers=csv)
    yield http.post(
        f"{VISITS}/responses", content=f"{header}\n{TEXT}\xff".encode("latin-1"), headers=csv
    )
    yield http.post(
        f"{VISITS}/responses", content=TEXT.encode(), headers=csv | {"Content-Encoding": "gzip"}
    )
    for kind in ("json", "jsonl", "xlsx"):
        yield http.post(
            f"{VISITS}/responses", content=TEXT, headers={"Content-Type": MEDIA_TYPES[kind]}
        )
    yield http.put(f"{VISITS}/reviews/1", json={"themes": [NAME], "polarity": {NAME: TEXT}})
    yield http.put(f"{VISITS}/reviews/{TEXT}", json={"themes": []})
    yield http.post(f"{VISITS}/reviews/samples", json={"kind": TEXT, "size": PERSON})
    yield http.post("/predict_multilabel", json=[{"comment_id": PERSON, "comment_text": TEXT}] * 2)
    yield http.post("/predict_multilabel", json=[{"comment_id": PERSON, NAME: RESPONSE}])
    yield http.post("/api/StartContainerInstance", params={"target": TEXT}, json=[TEXT])
    yield http.get(f"/api/results/{TEXT}")
    yield http.post("/v1/keys", json={"name": "x", "scopes": [TEXT], "expires": PERSON})
    yield http.delete(f"/v1/keys/{TEXT}")
    yield http.get("/v1/tag", headers={"Host": f"{TEXT}.example"})
    wrong_key = f"sayso_1_{'x' * 30}{TEXT:_<13}"
    for secret in (wrong_key, TEXT, f"{TEXT} {PERSON}"):
        yield http.get("/v1/surveys", headers={"Authorization": f"Bearer {secret}"})
        yield http.get("/v1/surveys", headers={"Authorization": secret})
        yield http.get("/v1/surveys", auth=(PERSON, secret))
        yield http.post("/api/StartContainerInstance", params={"code": secret}, json=[])
    yield http.get("/sign-in", params={"token": TEXT}, headers={"Authorization": ""})


def live(sayso: Client, http: httpx.Client, link: str, folder: Path) -> Life:
    """Does all that can be done, and gives what came of it."""
    life = Life()
    sayso.create_survey(new_survey())
    for kind in FORMATS:
        file = write_rows(folder, rows(kind), kind)
        sayso.preview("visits", file)
        receipt = sayso.upload("visits", file)
        assert (receipt.accepted, receipt.rejected) == (5, 3)
        life.refused.append(receipt.model_dump_json())
    sayso.wait_until_tagged("visits", timeout=120)
    assert any(sayso.comments("visits", text=TEXT, site=PLACE))
    sayso.tag("tiny", [f"{GOOD} {n}" for n in range(20)], TEXT)
    count(sayso, folder)
    review(sayso)
    life.secrets += keys_come_and_go(sayso)
    life.secrets += old_calls(http)
    life.secrets += sign_in(http, link)
    answers = list(bad_requests(http))
    assert all(answer.status_code >= 400 for answer in answers), answers
    assert {answer.status_code for answer in answers} >= {400, 401, 404, 405, 409, 413, 415, 422}
    life.refused += [answer.text for answer in answers]
    life.told += [http.get("/metrics").text, audit(http)]
    return life


def count(sayso: Client, folder: Path) -> None:
    assert sayso.counts("visits", "sex", site=PLACE, policy="exact").rows
    assert sayso.trends("visits", policy="exact").trends
    for kind in FILES:
        sayso.counts_file("visits", kind, folder / f"counts.{kind}", "site", policy="exact")
    sayso.report("visits", "xlsx", folder / "report.xlsx", policy="exact")
    page = folder / "report.html"
    sayso.report("visits", "html", page, policy="exact")
    assert found(page.read_text("utf-8"), [TEXT, PERSON, RESPONSE]) == []


def review(sayso: Client) -> None:
    sample = sayso.draw_sample("visits", 3)
    while (comment := sayso.next_review("visits", sample.id)) is not None:
        sayso.put_review("visits", comment.id, ["kindness"], sample=sample.id)
    assert sayso.agreement("visits").comments == 0
    assert TEXT in sayso.export_reviews("visits").decode()


def keys_come_and_go(sayso: Client) -> list[str]:
    made = sayso.keys.make("dashboard", ["tag"])
    sayso.keys.revoke(made.id)
    return [made.token.split("_", 2)[2]]


def old_calls(http: httpx.Client) -> list[str]:
    """Uses the calls of pxtextmining; gives the secret of the address of the results."""
    comments = [{"comment_id": f"{RESPONSE}-{n}", "comment_text": f"{GOOD} {n}"} for n in range(3)]
    assert http.post("/predict_multilabel", json=comments).is_success
    later = http.post("/api/StartContainerInstance", json=comments, params={"target": "ms"})
    assert later.status_code == 202
    while http.get(later.text).status_code == 202:
        pass
    return [later.text.rpartition("/")[2]]


def sign_in(http: httpx.Client, link: str) -> list[str]:
    """Follows the one-time link twice; gives its secret and the session's."""
    with httpx.Client(base_url=http.base_url) as browser:
        assert browser.get(link).status_code == 303
        assert browser.get("/").is_success
        assert browser.delete(VISITS).status_code == 403
        session = browser.cookies["sayso_session"]
        assert browser.get(link).status_code == 401
    return [link.rpartition("=")[2], session]


def audit(http: httpx.Client) -> str:
    page = http.get("/v1/audit", params={"limit": 1000}).json()
    assert page["next"] is None
    actions = {entry["action"] for entry in page["entries"]}
    assert len(actions) > 6
    return json.dumps(page)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the service keeps what it has; the files that are sent are elsewhere."""
    made = tmp_path / "service"
    made.mkdir()
    return made


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{folder / 'sayso.db'}"
    else:
        server: Postgres = request.getfixturevalue("postgres")
        yield from server.fresh()


def test_nothing_of_a_whole_life_leaks(
    url: str, folder: Path, tiny_artefact: Path, tmp_path: Path
) -> None:
    database = prepare(url)
    setup = Setup(folder, url, f"{tiny_artefact},fft")
    with (
        crew(setup) as started,
        Client(started.service.url, database.key) as sayso,
        httpx.Client(base_url=started.service.url, timeout=60) as http,
    ):
        http.headers["Authorization"] = f"Bearer {database.key}"
        log = started.service.log
        link = announced(log)
        life = live(sayso, http, link, tmp_path)
        life.secrets.append(database.key.split("_", 2)[2])
        assert held(folder, PRIVATE) or database.kind == "postgresql"
        sayso.delete_survey("visits")
        forget_jobs(url)
        assert held(folder, PRIVATE) == []
    assert held(folder, PRIVATE) == []
    logged = log.read_text("utf-8").replace(link, "")
    assert found(logged, ["/v1/surveys/{survey}/responses"])
    assert logged.count("\n") > 50
    public = logged + "\n".join(life.told)
    assert found(public, [*PRIVATE, NAME, *life.secrets]) == []
    assert found("\n".join(life.refused), [*PRIVATE, *life.secrets]) == []
    # of a secret the database has only a hash
    assert held(folder, [secret for secret in life.secrets if secret not in link]) == []


def forget_jobs(url: str) -> None:
    """Erases what was left by the calls of pxtextmining, as the service does when a day is over."""
    with closing(Store.open(url)) as store:
        pxtextmining.sweep(store, datetime.now(UTC) + timedelta(days=2))


def announced(log: Path) -> str:
    """Gives the address that signs a browser in, which is printed for who starts the service."""
    (link,) = re.findall(r"http://\S+/sign-in\?token=\S+", log.read_text("utf-8"))
    return str(link)


def found(text: str, words: Iterable[str]) -> list[str]:
    """Gives the words that stand in a text, with what is around them."""
    hits = (re.search(f".{{,80}}{re.escape(word)}.{{,80}}", text) for word in words)
    return [hit[0] for hit in hits if hit is not None]


def held(folder: Path, words: Iterable[str]) -> list[str]:
    """Gives the files below a folder in which some word stands, however they are written."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    contents = {path.name: path.read_bytes() for path in files}
    return [
        f"{word} in {name}"
        for name, content in contents.items()
        for word in words
        if any(word.encode(coding) in content for coding in ("utf-8", "utf-16-le"))
    ]
