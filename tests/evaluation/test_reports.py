import subprocess
import sys
from html.parser import HTMLParser
from itertools import pairwise

import numpy as np
import pytest

from evaluation import (
    ComparedModel,
    Evaluation,
    Predictions,
    evaluate,
    render_comparison,
    render_crosswalked,
    render_html,
    render_markdown,
)
from evaluation.comparison import ModelAnswers, compare_answers
from evaluation.crosswalked import measure_crosswalked
from evaluation.polarity import UNTOLD
from labelled_data import Crosswalk
from tests.evaluation.conftest import SEXES, THEMES, noisy_predictions
from tests.evaluation.strategies import QUICK

NAMES = {theme: f"Theme of {theme}" for theme in THEMES}
TOLD_SECTIONS = (
    "Themes taken for one another",
    "How themes are spoken of",
    "Whether evidence is the right sentence",
)
POOR, GOOD = noisy_predictions(noise=0.5), noisy_predictions(noise=0.15)
COMPARISON = compare_answers(
    ModelAnswers(
        ComparedModel(id="m", version="1.0", codebook="c", codebook_version="1.0"),
        POOR,
        np.full(POOR.truth.shape, UNTOLD),
    ),
    ModelAnswers(
        ComparedModel(id="m", version="2.0", codebook="c", codebook_version="1.1"),
        GOOD,
        np.where(GOOD.predicted, 0, UNTOLD),
    ),
    np.where(GOOD.truth, 0, UNTOLD),
    left_out=("gone", "come"),
    settings=QUICK,
)
VOID = {"meta", "br", "hr", "img", "link", "input"}


class Page(HTMLParser):
    """Elements of a page in order, refusing tags that do not pair."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def html(evaluation: Evaluation) -> str:
    return render_html(evaluation, NAMES)


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    return Page(html)


def test_every_tag_is_closed_and_every_id_unique(page: Page) -> None:
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert page.open == []
    assert len(ids) == len(set(ids))


def test_the_page_begins_as_html_in_british_english(html: str, page: Page) -> None:
    assert html.startswith("<!DOCTYPE html>")
    assert page.all("html") == [{"lang": "en-GB"}]
    assert "How well comments were tagged" in page.text


def test_the_page_needs_no_script_and_no_network(page: Page) -> None:
    assert not page.all("script")
    assert not page.all("link")
    for _, attributes in page.elements:
        assert not {"src", "href", "xlink:href"} & attributes.keys()
        assert not any(name.startswith("on") for name in attributes)
    assert "url(" not in page.text
    assert "@import" not in page.text


def test_headings_descend_one_level_at_a_time(page: Page) -> None:
    levels = [int(tag[1]) for tag, _ in page.elements if tag in {"h1", "h2", "h3", "h4"}]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(below <= above + 1 for above, below in pairwise(levels))


def test_every_heading_cell_says_what_it_heads(page: Page) -> None:
    assert {attributes.get("scope") for attributes in page.all("th")} == {"col", "row"}
    assert len(page.all("caption")) == len(page.all("table"))


def test_every_chart_has_a_text_in_its_place_and_a_table(page: Page) -> None:
    pictures = [each for each in page.all("div") if each.get("role") == "img"]
    assert len(pictures) == len(page.all("svg")) == len(page.all("figcaption")) == 3
    assert all(each["aria-label"] for each in pictures)
    assert page.text.count("The table gives every figure.") == 3


def test_the_page_names_every_theme_status_and_group(page: Page) -> None:
    assert all(name in page.text for name in NAMES.values())
    assert all(status in page.text for status in ("no_theme", "not_english", "unsure"))
    assert all(group.name in page.text for group in SEXES)


def test_both_reports_show_confusions_polarity_and_evidence(
    evaluation: Evaluation, page: Page
) -> None:
    markdown = render_markdown(evaluation)
    polarity = evaluation.polarity
    assert polarity is not None
    for heading in TOLD_SECTIONS:
        assert f"## {heading}" in markdown
        assert heading in page.text
    largest = evaluation.confusions[0]
    assert f"| {largest.missed} | {largest.given} | {largest.comments} |" in markdown
    for told, counts in polarity.confusion.items():
        row = [str(told), *map(str, counts.values())]
        assert f"| {' | '.join(row)} |" in markdown
        assert "".join(row) in page.text
    assert markdown.count("0.75 (0.50 to 0.88)") == page.text.count("0.75 (0.50 to 0.88)") == 4


def test_both_reports_compare_groups_and_say_who_is_not_compared(
    evaluation: Evaluation, page: Page
) -> None:
    markdown = render_markdown(evaluation)
    female, _, unstated = evaluation.by_group["sex"]
    assert "## Errors by sex" in markdown
    assert f"| Female | {female.comments} | " in markdown
    assert unstated.elsewhere is None
    row = next(line for line in markdown.splitlines() if line.startswith("| Not stated |"))
    assert row.endswith("| not defined | not compared |")
    assert "Recall of each theme by sex" in page.text
    assert "materially worse where recall is lower by more than 0.05" in markdown


def test_both_reports_name_a_theme_that_a_group_has_found_less_often(
    evaluation: Evaluation,
) -> None:
    female, *others = evaluation.by_group["sex"]
    theme = female.by_theme[0].model_copy(update={"theme": "rare", "materially_worse": True})
    worse = female.model_copy(update={"by_theme": (theme,), "materially_worse": True})
    told = evaluation.model_copy(update={"by_group": {"sex": (worse, *others)}})
    markdown, text = render_markdown(told), Page(render_html(told, {"rare": "Rare one"})).text
    assert "Female: the theme rare is found materially less often" in markdown
    assert "| materially worse |" in markdown
    assert ", materially worse" in text
    assert "Rare one" in text


def test_sections_of_what_nobody_told_are_left_out() -> None:
    right = np.array([[True], [False]])
    bare = evaluate(Predictions(right, right.astype(float), right, ("a",)), QUICK)
    for text in (render_markdown(bare), render_html(bare, {})):
        assert not any(heading in text for heading in TOLD_SECTIONS)


def test_every_table_of_a_markdown_report_has_even_columns(evaluation: Evaluation) -> None:
    for text in (render_markdown(evaluation), render_comparison(COMPARISON)):
        for table in text.split("\n\n"):
            if table.startswith("|"):
                assert len({line.count("|") for line in table.splitlines()}) == 1


def test_a_comparison_says_what_each_theme_gains_and_which_themes_are_left_out() -> None:
    markdown = render_comparison(COMPARISON)
    assert markdown.startswith("# What m 2.0 gains and loses against m 1.0\n")
    assert "(c 1.0 and c 1.1)" in markdown
    assert "Left out: gone, come." in markdown
    gain = COMPARISON.by_theme[0]
    row = next(line for line in markdown.splitlines() if line.startswith("| waiting |"))
    assert f"| {gain.support} |" in row
    assert f"{gain.f1.difference.value:+.3f} (" in row
    assert row.endswith("| better |")
    assert "old not told, new 1.00 (1.00 to 1.00) of" in markdown


def test_a_comparison_of_equal_codebooks_without_polarity_speaks_of_neither() -> None:
    plain = COMPARISON.model_copy(update={"left_out": (), "polarity": None})
    markdown = render_comparison(plain)
    assert "codebooks" not in markdown
    assert "polarity" not in markdown


def test_figures_through_a_crosswalk_have_a_row_for_each_theme() -> None:
    bridge = Crosswalk(source="here", target="there", version="1.5", themes={})
    predictions = noisy_predictions()
    figures = measure_crosswalked(predictions, predictions.truth >= 0, bridge, QUICK)
    lines = render_crosswalked(figures).splitlines()
    assert lines[0] == "# How well comments coded with here were tagged with there"
    assert [line.split(" | ")[0] for line in lines if line.startswith("| ")][1:] == [
        f"| {theme}" for theme in THEMES
    ]


def test_a_theme_without_a_name_is_shown_by_its_id(evaluation: Evaluation) -> None:
    assert "parking" in Page(render_html(evaluation, {})).text


def test_themes_that_share_a_name_are_told_apart(evaluation: Evaluation) -> None:
    text = Page(render_html(evaluation, NAMES | {"food": "Same", "staff": "Same"})).text
    assert "Same (food)" in text
    assert "Same (staff)" in text


def test_markup_in_names_is_shown_and_never_run(evaluation: Evaluation) -> None:
    attack = "\"><script>alert('x')</script><img src=x onerror=y>"
    male = evaluation.by_group["sex"][1].model_copy(update={"name": attack})
    attacked = evaluation.model_copy(update={"by_group": {attack: (male,)}})
    page = Page(render_html(attacked, NAMES | {"food": attack}))
    assert not page.all("script")
    assert not page.all("img")
    assert attack in page.text


def test_an_undefined_figure_is_said_in_both_reports(evaluation: Evaluation, page: Page) -> None:
    assert "not defined" in page.text
    never = next(row for row in render_markdown(evaluation).splitlines() if "never |" in row)
    assert never.count("not defined") == 4


def test_nothing_to_find_still_makes_a_page() -> None:
    none = np.zeros((3, 1), dtype=bool)
    evaluation = evaluate(Predictions(none, np.zeros((3, 1)), none, ("a",)), QUICK)
    page = Page(render_html(evaluation, {}))
    assert len(page.all("svg")) == 1
    assert "not defined" in render_markdown(evaluation)


def test_markdown_tables_have_a_row_for_each_theme_and_even_columns(
    evaluation: Evaluation,
) -> None:
    lines = render_markdown(evaluation).splitlines()
    start = lines.index("## Each theme") + 2
    table = lines[start : start + 2 + len(THEMES)]
    assert {line.count("|") for line in table} == {9}
    assert [line.split(" | ")[0] for line in table[2:]] == [f"| {theme}" for theme in THEMES]


def test_a_theme_id_cannot_break_a_markdown_table() -> None:
    some = np.array([[True], [False]])
    evaluation = evaluate(Predictions(some, some.astype(float), some, ("a|b\n<script>",)), QUICK)
    row = next(line for line in render_markdown(evaluation).splitlines() if "script" in line)
    assert row.startswith(r"| a\|b &lt;script&gt; |")


def test_numbers_alone_load_no_chart_library() -> None:
    code = "import evaluation, sys; sys.exit(bool({'altair', 'vl_convert'} & sys.modules.keys()))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
