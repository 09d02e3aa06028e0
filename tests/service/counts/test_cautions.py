from __future__ import annotations

from service.counts.cautions import EVERY_THEME, cautions
from tests.service.counts.recorded import a_record, group_figures, group_theme


def test_a_group_whose_themes_are_found_less_often_has_a_caution_on_every_count() -> None:
    told = cautions(a_record(group_figures("female", worse=True), group_figures("male")), "sex")
    assert told == {
        ("female", EVERY_THEME): "The model finds fewer of the themes this group raises: recall"
        " 0.71 against 0.82 for everyone else, so this share is likely to be too low."
    }


def test_a_theme_that_is_found_less_often_in_a_group_has_a_caution_of_its_own() -> None:
    themes = (group_theme("pain", 0.5, worse=True), group_theme("waiting", 0.8, worse=False))
    told = cautions(a_record(group_figures("female", themes=themes)), "sex")
    assert told == {
        ("female", "pain"): "The model finds this theme less often where this group raises it:"
        " recall 0.50 against 0.80 for everyone else, so this share is likely to be too low."
    }


def test_there_is_nothing_to_mind_where_nothing_is_recorded_or_nothing_is_worse() -> None:
    assert cautions(None, "sex") == {}
    assert cautions(a_record(group_figures("female")), "sex") == {}
    assert cautions(a_record(group_figures("female", worse=True)), "ethnicity") == {}
