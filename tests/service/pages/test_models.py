"""Pages on models, on the tiny one and a newer version of it beside it."""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from evaluation.fairness import record_fairness
from models import Tagger, load
from service import model_tradeoffs
from service.model_figures import measured
from service.model_tradeoffs import Reached, between
from service.pages.markdown import rendered
from service.security import api_keys, sessions
from service.security.principals import Scope
from service.store import audit
from service.tagging import LoadedModels
from tests.service.counts.recorded import a_record
from tests.service.filled_survey import COMMENTS, VISITS, fill, tag_all
from tests.service.pages.conftest import assert_usable

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.testclient import TestClient

    from service.store import Store
    from tests.service.pages.conftest import SignedIn

PAGES = (
    "/models",
    "/models/newer",
    "/models/newer/groups",
    "/models/newer/thresholds",
    "/models/newer/card",
    "/codebooks/newer",
    "/models/compare?a=tiny&b=newer",
)


@pytest.fixture(scope="module")
def newer(tiny_artefact: Path, tmp_path_factory: pytest.TempPathFactory) -> Tagger:
    """The tiny model under another name and version, whose errors by group are recorded."""
    copy = shutil.copytree(tiny_artefact, tmp_path_factory.mktemp("newer") / "newer")
    manifest = json.loads((copy / "artefact.json").read_text("utf-8"))
    told = json.dumps(manifest | {"id": "newer", "version": "2.0.0"})
    (copy / "artefact.json").write_text(told, "utf-8")
    record_fairness(load(copy), a_record())
    return load(copy)


@pytest.fixture
def models(tiny_tagger: Tagger, newer: Tagger) -> LoadedModels:
    return LoadedModels([tiny_tagger, newer])


@pytest.fixture
def visitor(anyone: TestClient, store: Store) -> TestClient:
    """A browser that may do everything."""
    anyone.get("/sign-in", params={"token": sessions.new_link(store)})
    return anyone


def as_reader(anyone: TestClient, store: Store, *scopes: Scope) -> None:
    _, token = api_keys.create(store, "reader", scopes, None, "test")
    anyone.post("/sign-in", data={"key": str(token)})


def csrf_of(page: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def words_of(page: str) -> str:
    return " ".join(re.sub("<[^>]+>", " ", page).split())


def as_percent(estimate: dict[str, Any]) -> str:
    if estimate["value"] is None:
        return "none"
    low, high = (round(100 * estimate[each]) for each in ("low", "high"))
    return f"{round(100 * estimate['value'])}% ({low}% to {high}%)"


def test_every_page_is_usable_by_everybody(signed_in: SignedIn) -> None:
    page = signed_in(Scope.SURVEYS_READ)
    for path in PAGES:
        page.goto(path)
        assert page.get_by_role("heading", level=1).count() == 1
        assert page.get_by_role("link", name="Use it").count() == 0
        assert_usable(page)


def test_another_theme_is_chosen_without_scripts(signed_in: SignedIn) -> None:
    page = signed_in(Scope.SURVEYS_READ, scripts=False)
    page.goto("/models/newer/thresholds")
    page.get_by_label("Theme", exact=True).select_option("parking")
    with page.expect_navigation():
        page.get_by_role("button", name="Show").click()
    assert page.get_by_role("heading", name="Parking", level=2).is_visible()
    assert page.get_by_role("img", name="Recall against comments to read, Parking").is_visible()


def test_figures_are_those_of_the_calls(visitor: TestClient) -> None:
    told = visitor.get("/v1/models/tiny").json()["metrics"]
    page = words_of(visitor.get("/models/tiny").text)
    assert f"tested on {told['comments']} comments" in page
    for rates in (told["overall"]["micro"], told["overall"]["macro"], *told["by_theme"]):
        figures = f"{as_percent(rates['recall'])} {as_percent(rates['precision'])}"
        assert figures in page
    for theme in told["by_theme"]:
        name = theme["theme"].title()
        assert f"{name} {theme['support']} {as_percent(theme['recall'])}" in page
    listed = words_of(visitor.get("/models").text)
    assert f"{told['overall']['micro']['f1']['value']:.2f}" in listed


def test_figures_by_group_are_shown_where_they_were_recorded(visitor: TestClient) -> None:
    page = words_of(visitor.get("/models/newer/groups").text)
    assert "Invented." in page
    assert "Female 200 71% (66% to 76%) 82%" in page
    assert "was not recorded" in visitor.get("/models/tiny/groups").text


def test_thresholds_show_what_was_measured_around_the_operating_points(
    visitor: TestClient, tiny_tagger: Tagger
) -> None:
    found = measured(tiny_tagger)
    assert found is not None
    page = words_of(visitor.get("/models/tiny/thresholds").text)
    for each in model_tradeoffs.tradeoffs(tiny_tagger, found):
        recall, read = each.balanced.recall, each.balanced.read
        rates = found.of_theme(each.theme)
        assert rates is not None
        assert (recall, read) == (rates.recall.value, rates.predicted / found.comments)
        assert re.search(rf"{each.name} {recall:.0%} \S+ {1000 * read:.0f} ", page)
    assert visitor.get("/models/tiny/thresholds?theme=nothing").status_code == 404


def test_a_threshold_lies_between_its_measured_neighbours() -> None:
    points = [(0.9, Reached(0.1, 1.0, 0.1)), (0.5, Reached(0.6, 0.8, 0.2))]
    points.append((0.2, Reached(0.9, 0.5, 0.4)))
    for threshold, recalls in ((0.95, (None, 0.1)), (0.5, (0.6, 0.6)), (0.3, (0.6, 0.9))):
        around = between(points, threshold)
        assert recalls == tuple(each and each.recall for each in (around.least, around.most))
    assert between(points, 0.1).most is None


def test_the_codebook_has_a_place_for_each_theme(visitor: TestClient, newer: Tagger) -> None:
    page = visitor.get("/codebooks/newer").text
    for theme in newer.codebook.themes:
        assert f'id="{theme.id}"' in page
        assert theme.definition in page


def test_a_card_brings_no_html_picture_script_or_style() -> None:
    card = "# Card\n\n<script>x</script> ![p](/p) [l](javascript:x)\n\n|a|b|\n|---|--:|\n|1|2|\n"
    html = rendered(card)
    assert "<h2>Card</h2>" in html
    assert '<td class="number">2</td>' in html
    for refused in ("<script", "<img", 'href="javascript', "style="):
        assert refused not in html


def test_a_comparison_says_whether_the_test_was_the_same(visitor: TestClient) -> None:
    page = words_of(visitor.get("/models/compare", params={"a": "tiny", "b": "newer"}).text)
    told = visitor.get("/v1/models/tiny").json()["metrics"]["overall"]["micro"]["f1"]
    figure = f"{told['value']:.2f} ({told['low']:.2f} to {told['high']:.2f})"
    assert f"micro-F1 {figure} {figure} 0.00" in page
    assert "most likely tested on the same comments" in page


def test_a_model_that_is_not_loaded_is_a_page(visitor: TestClient) -> None:
    for path in ("/models/nope", "/codebooks/nope", "/models/compare?a=tiny&b=nope"):
        response = visitor.get(path)
        assert response.status_code == 404
        assert "there is no model" in response.text.lower()


class TestUsingIt:
    """A model takes surveys over from another."""

    @pytest.fixture
    def filled(self, anyone: TestClient, store: Store, models: LoadedModels) -> None:
        _, token = api_keys.create(store, "test", [Scope.ADMIN], None, "test")
        anyone.headers["Authorization"] = f"Bearer {token}"
        fill(anyone, store, models)
        del anyone.headers["Authorization"]

    @pytest.mark.usefixtures("filled")
    def test_surveys_are_tagged_again_after_a_question(
        self, visitor: TestClient, store: Store, models: LoadedModels
    ) -> None:
        assert "There is none left" in visitor.get("/models/tiny/surveys").text
        address = "/models/newer/surveys"
        assert f"{COMMENTS} comments, now tagged by tiny" in visitor.get(address).text
        sure = visitor.get(f"{address}/sure", params={"survey": "visits"})
        assert f"Tag {COMMENTS} comments again?" in sure.text
        form = {"csrf": csrf_of(sure.text), "survey": "visits"}
        assert visitor.post(address, data=form).headers["location"] == f"{address}?begun=1"
        survey = visitor.get(VISITS).json()
        assert (survey["artefact"]["id"], survey["progress"]["tagged"]) == ("newer", 0)
        tag_all(store, models)
        assert visitor.get(VISITS).json()["progress"]["tagged"] == COMMENTS
        with store.read() as conn:
            assert "survey.model" in {entry.action for entry in audit.every(conn, 10)}

    @pytest.mark.usefixtures("filled")
    def test_nothing_is_tagged_again_without_a_choice_or_a_token(self, visitor: TestClient) -> None:
        address = "/models/newer/surveys"
        unchosen = visitor.get(f"{address}/sure")
        assert unchosen.status_code == 422
        assert "Choose at least one survey." in unchosen.text
        assert visitor.get(f"{address}/sure?survey=nope").status_code == 404
        assert visitor.post(address, data={"survey": "visits"}).status_code == 403
        assert visitor.get(VISITS).json()["artefact"]["id"] == "tiny"

    def test_it_takes_a_key_that_may_change_surveys(self, anyone: TestClient, store: Store) -> None:
        as_reader(anyone, store, Scope.SURVEYS_READ, Scope.COMMENTS_READ)
        assert anyone.get("/models/tiny/surveys").status_code == 403
        assert anyone.get("/models/tiny").status_code == 200

    @pytest.mark.usefixtures("filled")
    def test_its_pages_are_usable_by_everybody(self, signed_in: SignedIn) -> None:
        page = signed_in()
        page.goto("/models/newer/surveys")
        assert_usable(page)
        with page.expect_navigation():
            page.get_by_role("button", name="Continue").click()
        assert page.get_by_role("alert").is_visible()
        page.get_by_label("Visits").check()
        with page.expect_navigation():
            page.get_by_role("button", name="Continue").click()
        assert_usable(page)
        with page.expect_navigation():
            page.get_by_role("button", name="Yes, tag them again").click()
        assert "Begun" in page.get_by_role("status").inner_text()
