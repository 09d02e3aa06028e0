from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pytest

from evaluation.coded_surveys import open_survey
from evaluation.group_columns import asked_groups, groupings
from evaluation.labelled import LabelledFile
from labelled_data import (
    DataError,
    EqualitySchemeError,
    HeaderError,
    LabelError,
    Polarity,
    shipped_codebook,
)
from labelled_data.example_surveys import example_survey
from tests.evaluation.surveys import CODES, RESPONSES, write_survey

if TYPE_CHECKING:
    from pathlib import Path

    from labelled_data import Codebook


def test_comments_come_with_their_codes_in_the_order_of_the_responses(
    tmp_path: Path, tiny_codebook: Codebook
) -> None:
    comments = open_survey(write_survey(tmp_path)).comments(tiny_codebook)
    assert [(each.source_row, each.text, each.themes) for each in comments] == [
        (2, "so kind", ("kindness",)),
        (2, "waited 5 hours to be seen", ("waiting",)),
        (3, "no parking within 2 miles", ("parking",)),
        (4, "waited 5 hours to be seen", ("waiting", "kindness")),
    ]
    assert comments[0].question == "What was good?"
    assert comments[0].polarity == {"kindness": Polarity.POSITIVE}
    assert [each.language for each in comments] == ["en", "en", "en", "pl"]


def test_comments_that_nobody_coded_or_that_say_nothing_are_left_out(
    tmp_path: Path, tiny_codebook: Codebook
) -> None:
    texts = {each.text for each in open_survey(write_survey(tmp_path)).comments(tiny_codebook)}
    assert not {"all of the staff were kind", "-", "..."} & texts


def test_the_groups_of_a_survey_are_those_that_it_compares(
    tmp_path: Path, tiny_codebook: Codebook
) -> None:
    labelled = LabelledFile(write_survey(tmp_path), "survey", "all")
    by = asked_groups(labelled, ("sex", "ethnicity"), {})
    parted = groupings(labelled, labelled.read(tiny_codebook), by)
    told = {
        name: [each.groups[place].id for place in each.members] for name, each in parted.items()
    }
    assert told["sex"] == ["female", "female", "male", "not_known"]
    assert told["ethnicity"] == ["white", "white", "asian", "other"]


def test_a_characteristic_that_a_survey_lacks_is_told(tmp_path: Path) -> None:
    labelled = LabelledFile(write_survey(tmp_path), "survey", "all")
    with pytest.raises(DataError, match=r"small\.csv: there is no 'age', but sex, ethnicity"):
        asked_groups(labelled, ("age",), {})


def test_a_scheme_that_is_not_shipped_is_told(tmp_path: Path) -> None:
    labelled = LabelledFile(tmp_path / "labelled.csv", "labelled")
    with pytest.raises(EqualitySchemeError, match="there is no equality scheme 'nope'"):
        asked_groups(labelled, ("sex",), {"sex": "nope"})


@pytest.mark.parametrize(
    ("codes", "told"),
    [
        ((*CODES, CODES[1]), r"small_codes\.csv row 7 codes what row 2 does"),
        ((CODES[0], (*CODES[1][:2], "food", "", "")), r"codes\.csv row 2, column 'themes'"),
        (
            (CODES[0], (*CODES[1][:3], "kindness=awful", "")),
            r"small_codes\.csv row 2, column 'polarity'",
        ),
    ],
)
def test_wrong_codes_are_told_with_their_row(
    tmp_path: Path, tiny_codebook: Codebook, codes: tuple[tuple[str, ...], ...], told: str
) -> None:
    with pytest.raises(LabelError, match=told) as error:
        open_survey(write_survey(tmp_path, codes=codes)).comments(tiny_codebook)
    assert "p1" not in str(error.value)


def test_a_table_that_lacks_a_column_is_told(tmp_path: Path, tiny_codebook: Codebook) -> None:
    without = [row[:4] for row in RESPONSES]
    with pytest.raises(HeaderError, match=r"small\.csv has no column 'better'"):
        open_survey(write_survey(tmp_path, responses=without)).comments(tiny_codebook)


@pytest.mark.parametrize("survey_id", ["uec", "ics"])
def test_every_comment_of_the_example_surveys_can_be_measured(
    survey_id: Literal["uec", "ics"],
) -> None:
    survey = example_survey(survey_id)
    labelled = LabelledFile(survey.responses.with_suffix(".yaml"), "survey", "all")
    comments = labelled.read(shipped_codebook(survey.codebook))
    by = asked_groups(labelled, tuple(survey.columns.characteristics), {})
    parted = groupings(labelled, comments, by)
    assert len(comments) == {"uec": 2_487, "ics": 297}[survey_id]
    assert {len(each.members) for each in parted.values()} == {len(comments)}
