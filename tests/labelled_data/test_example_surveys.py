from __future__ import annotations

import csv
import math
from collections import Counter
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
import pytest
from pydantic import ValidationError
from scipy import stats

import labelled_data
from labelled_data import (
    DataError,
    ExampleSurvey,
    example_survey,
    normalise,
    numbered_sentences,
    shipped_codebook,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SurveyId = Literal["uec", "ics"]
SURVEYS: tuple[SurveyId, ...] = ("uec", "ics")
EVERY_SURVEY = pytest.mark.parametrize("survey_id", SURVEYS)
FALSE_DISCOVERIES = 0.05
STOCK_ANSWER = 5  # words from which on no text may stand elsewhere

Row = dict[str, str]


class Tally(NamedTuple):
    """How many people raise a theme, in a group and elsewhere."""

    raising: int
    base: int
    raising_elsewhere: int
    base_elsewhere: int


def rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@cache
def responses(survey_id: SurveyId) -> list[Row]:
    return rows(example_survey(survey_id).responses)


@cache
def codes(survey_id: SurveyId) -> list[Row]:
    return rows(example_survey(survey_id).codes)


def texts(survey_id: SurveyId) -> dict[tuple[str, str], str]:
    """Gives each comment by respondent and question, blank ones left out."""
    columns = example_survey(survey_id).columns
    return {
        (row[columns.person], text.question): row[text.column]
        for row in responses(survey_id)
        for text in columns.text
        if row[text.column]
    }


def parts(cell: str) -> dict[str, str]:
    return dict(pair.split("=") for pair in cell.split(";") if pair)


@cache
def themes_of_people(survey_id: SurveyId) -> dict[str, set[str]]:
    """Gives the themes of each person with a comment in English."""
    raised: dict[str, set[str]] = {}
    for row in codes(survey_id):
        if row["language"] == "en":
            raised.setdefault(row["response_id"], set()).update(row["themes"].split(";"))
    return raised


@cache
def groups_of_people(survey_id: SurveyId, characteristic: str) -> dict[str, str]:
    """Gives the group of each person with a comment in English whose group is known."""
    columns = example_survey(survey_id).columns
    column = columns.characteristics[characteristic]
    scheme = column.resolved_scheme()
    outcomes = {
        row[columns.person]: scheme.group_of(row[column.column]) for row in responses(survey_id)
    }
    known = {
        person: scheme.group(outcome)
        for person, outcome in outcomes.items()
        if outcome in scheme.group_ids and person in themes_of_people(survey_id)
    }
    broad = column.compared == "broad_groups"
    return {person: str(group.parent) if broad else group.id for person, group in known.items()}


def tally(survey_id: SurveyId, theme: str, inside: set[str], outside: set[str]) -> Tally:
    raised = themes_of_people(survey_id)
    counts = [sum(theme in raised[person] for person in people) for people in (inside, outside)]
    return Tally(counts[0], len(inside), counts[1], len(outside))


def tallies_by_group(survey_id: SurveyId, characteristic: str) -> dict[tuple[str, str], Tally]:
    """Tallies each theme in each group against everyone else with a known group."""
    group_of = groups_of_people(survey_id, characteristic)
    return {
        (theme, group): tally(
            survey_id,
            theme,
            {person for person, other in group_of.items() if other == group},
            {person for person, other in group_of.items() if other != group},
        )
        for group in sorted(set(group_of.values()))
        for theme in shipped_codebook(example_survey(survey_id).codebook).theme_ids
    }


def p_value(tally: Tally) -> float:
    """Two-sided two-proportion test with a pooled variance."""
    pooled = (tally.raising + tally.raising_elsewhere) / (tally.base + tally.base_elsewhere)
    variance = pooled * (1 - pooled) * (1 / tally.base + 1 / tally.base_elsewhere)
    if variance == 0:
        return 1.0
    difference = tally.raising / tally.base - tally.raising_elsewhere / tally.base_elsewhere
    return float(2 * stats.norm.sf(abs(difference) / math.sqrt(variance)))


def discoveries(tallies: dict[tuple[str, str], Tally]) -> dict[tuple[str, str], float]:
    """Gives what Benjamini and Hochberg's procedure finds, with adjusted p-values."""
    adjusted = stats.false_discovery_control(np.array([p_value(each) for each in tallies.values()]))
    found = zip(tallies, adjusted.tolist(), strict=True)
    return {what: p for what, p in found if p < FALSE_DISCOVERIES}


def with_mirrors(found: Iterable[tuple[str, str]], groups: Sequence[str]) -> set[tuple[str, str]]:
    """Adds the other group where there are two, since one's more is the other's less."""
    both = {(theme, group) for theme, _ in found for group in groups}
    return both if len(groups) == 2 else set(found)


@pytest.mark.parametrize(("survey_id", "count"), [("uec", 1500), ("ics", 300)])
def test_a_survey_has_as_many_responses_as_it_says(survey_id: SurveyId, count: int) -> None:
    people = [row[example_survey(survey_id).columns.person] for row in responses(survey_id)]
    assert len(people) == len(set(people)) == count


@EVERY_SURVEY
def test_a_definition_names_the_columns_there_are(survey_id: SurveyId) -> None:
    columns = example_survey(survey_id).columns
    named = {
        columns.person,
        columns.date,
        columns.site,
        *(text.column for text in columns.text),
        *(column.column for column in columns.characteristics.values()),
    }
    assert named == set(responses(survey_id)[0])


@EVERY_SURVEY
def test_everybody_answers_something_in_2025_and_responses_stand_by_date(
    survey_id: SurveyId,
) -> None:
    columns = example_survey(survey_id).columns
    days = [date.fromisoformat(row[columns.date]) for row in responses(survey_id)]
    assert {day.year for day in days} == {2025}
    assert all(before <= after for before, after in pairwise(days))
    answering = {person for person, _ in texts(survey_id)}
    assert len(answering) == len(responses(survey_id))


def test_the_patients_visited_five_hospitals_over_twelve_months() -> None:
    columns = example_survey("uec").columns
    months = {date.fromisoformat(row[columns.date]).month for row in responses("uec")}
    assert (len(months), len({row[columns.site] for row in responses("uec")})) == (12, 5)


@EVERY_SURVEY
def test_every_value_maps_with_the_scheme_that_is_declared(survey_id: SurveyId) -> None:
    for characteristic, column in example_survey(survey_id).columns.characteristics.items():
        scheme = column.resolved_scheme()
        assert scheme.characteristic == characteristic
        outcomes = Counter(scheme.group_of(row[column.column]) for row in responses(survey_id))
        assert outcomes.total() == len(responses(survey_id))
        assert sum(outcomes[group] for group in scheme.group_ids) > 0.85 * outcomes.total()


def test_people_leave_their_groups_out_in_the_ways_they_really_do() -> None:
    def values(column: str) -> set[str]:
        return {row[column] for row in responses("uec")}

    assert {"Z", "99", "X", "", "Prefer not to say", "NA", "-"} <= values("ethnicity")
    assert {"", "Prefer not to say", "NA", "-"} <= values("age")
    assert {"Y", "N", "8", "9", ""} == values("disability")


@EVERY_SURVEY
def test_each_comment_has_a_row_of_codes_and_nothing_else_has(survey_id: SurveyId) -> None:
    coded = [(row["response_id"], row["question"]) for row in codes(survey_id)]
    assert len(coded) == len(set(coded))
    assert set(coded) == set(texts(survey_id))


@EVERY_SURVEY
def test_codes_name_themes_of_the_codebook_in_its_order(survey_id: SurveyId) -> None:
    codebook = shipped_codebook(example_survey(survey_id).codebook)
    for row in codes(survey_id):
        themes = [theme for theme in row["themes"].split(";") if theme]
        assert themes == list(codebook.in_order(themes)), row
        assert list(parts(row["polarity"])) == themes, row
        assert set(parts(row["polarity"]).values()) <= {"positive", "negative", "mixed", "neutral"}


@EVERY_SURVEY
def test_every_theme_of_the_codebook_is_raised(survey_id: SurveyId) -> None:
    raised = set().union(*themes_of_people(survey_id).values()) - {""}
    assert raised == set(shipped_codebook(example_survey(survey_id).codebook).theme_ids)


@EVERY_SURVEY
def test_evidence_names_sentences_that_are_there(survey_id: SurveyId) -> None:
    text_of = texts(survey_id)
    for row in codes(survey_id):
        sentences = len(numbered_sentences(text_of[row["response_id"], row["question"]]))
        evidence = parts(row["evidence"])
        several = sentences > 1
        assert list(evidence) == list(parts(row["polarity"]) if several else {}), row
        for numbers in evidence.values():
            assert {int(number) for number in numbers.split("+")} <= set(range(1, sentences + 1)), (
                row
            )


@EVERY_SURVEY
def test_a_comment_in_another_language_has_no_codes(survey_id: SurveyId) -> None:
    others = [row for row in codes(survey_id) if row["language"] != "en"]
    assert others
    assert not any(row["themes"] or row["polarity"] or row["evidence"] for row in others)


@EVERY_SURVEY
def test_no_comment_but_a_stock_answer_stands_anywhere_else(survey_id: SurveyId) -> None:
    comments = Path(str(labelled_data.__file__)).parent / "comments"
    elsewhere = {
        normalise(row["text"]) for name in SURVEYS for row in rows(comments / f"{name}.csv")
    }
    long = [text for text in texts(survey_id).values() if len(text.split()) >= STOCK_ANSWER]
    assert [text for text in long if normalise(text) in elsewhere] == []
    repeated = Counter(normalise(text) for text in long)
    assert [text for text, times in repeated.items() if times > 1] == []


@EVERY_SURVEY
def test_every_planted_difference_is_there_and_no_other(survey_id: SurveyId) -> None:
    survey = example_survey(survey_id)
    for characteristic in survey.columns.characteristics:
        tallies = tallies_by_group(survey_id, characteristic)
        groups = sorted({group for _, group in tallies})
        planted = {(p.theme, p.group) for p in survey.planted if p.characteristic == characteristic}
        found = discoveries(tallies)
        assert set(found) == with_mirrors(planted, groups), characteristic
        assert all(p < 0.005 for p in found.values()), characteristic


@EVERY_SURVEY
def test_the_planted_shares_and_bases_are_those_of_the_codes(survey_id: SurveyId) -> None:
    for planted in example_survey(survey_id).planted:
        counted = tallies_by_group(survey_id, planted.characteristic)[planted.theme, planted.group]
        share = counted.raising / counted.base
        elsewhere = counted.raising_elsewhere / counted.base_elsewhere
        assert (planted.base, planted.base_elsewhere) == (counted.base, counted.base_elsewhere)
        assert (planted.share, planted.share_elsewhere) == (round(share, 4), round(elsewhere, 4))
        assert planted.direction == ("more" if share > elsewhere else "less")


def test_the_planted_change_is_the_only_one_from_that_day_on() -> None:
    survey = example_survey("uec")
    (change,) = survey.planted_changes
    day_of = {
        row[survey.columns.person]: date.fromisoformat(row[survey.columns.date])
        for row in responses("uec")
    }
    group_of = groups_of_people("uec", change.characteristic)
    after = {person for person in group_of if day_of[person] >= change.since}
    tallies = {
        (theme, group): tally("uec", theme, people & after, people - after)
        for group in sorted(set(group_of.values()))
        for people in [{person for person, other in group_of.items() if other == group}]
        for theme in shipped_codebook(survey.codebook).theme_ids
    }
    ((where, adjusted),) = discoveries(tallies).items()
    assert where == (change.theme, change.group)
    assert adjusted < 0.005
    count, base, count_before, base_before = tallies[where]
    assert (change.base, change.base_before) == (base, base_before)
    assert change.share == round(count / base, 4)
    assert change.share_before == round(count_before / base_before, 4)
    assert change.direction == "more"


def test_the_datasheet_shows_every_planted_difference() -> None:
    readme = (example_survey("uec").responses.parent / "README.md").read_text(encoding="utf-8")
    for survey in map(example_survey, SURVEYS):
        for planted in survey.planted:
            shares = f"| {planted.share:.1%} of {planted.base:,} |"
            elsewhere = f" {planted.share_elsewhere:.1%} of {planted.base_elsewhere:,} |"
            assert f"| `{planted.theme}` | " in readme
            assert shares + elsewhere in readme, planted


def test_an_unknown_survey_is_told_with_those_there_are() -> None:
    with pytest.raises(DataError, match=r"no example survey 'xyz'.*ics, uec"):
        example_survey("xyz")


def test_what_is_planted_belongs_to_a_characteristic_of_the_survey() -> None:
    survey = example_survey("ics").model_dump(mode="json")
    del survey["columns"]["characteristics"]["place"]
    with pytest.raises(ValidationError, match="there is no characteristic 'place'"):
        ExampleSurvey.model_validate(survey)
