from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

import pytest

from labelled_data import example_survey
from service.errors import UnprocessableError
from service.uploads import RawValue, UploadFormat, preview
from service.uploads.preview import MOST_ERRORS, MOST_VALUES
from tests.service.uploads.samples import COLUMNS, LIMITS, example_columns, row, save

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("kind", get_args(UploadFormat))
def test_every_value_of_a_group_is_shown_with_where_it_goes(
    tmp_path: Path, kind: UploadFormat
) -> None:
    values = ["F", "F ", "female", "", "Prefer not to say", "Klingon", "F"]
    sent = [row(id=f"r-{place}", sex=value) for place, value in enumerate(values)]
    shown = preview(save(tmp_path / "upload", sent, kind), COLUMNS, kind, LIMITS)
    assert shown.values["sex"] == (
        RawValue("Klingon", 1, None),
        RawValue("F", 3, "female"),
        RawValue("", 1, "not_known"),
        RawValue("Prefer not to say", 1, "not_stated"),
        RawValue("female", 1, "female"),
    )
    assert (shown.rows, shown.rejected, shown.errors_total) == (7, 1, 1)
    assert shown.errors[0].column == "sex"


def test_a_row_that_is_wrong_twice_is_rejected_once(tmp_path: Path) -> None:
    path = save(tmp_path / "upload", [row(), row(day="soon", w="heavy"), dict.fromkeys(row(), "")])
    shown = preview(path, COLUMNS, "csv", LIMITS)
    assert (shown.rows, shown.rejected, shown.errors_total) == (2, 1, 2)


def test_errors_beyond_the_first_hundred_are_only_counted(tmp_path: Path) -> None:
    path = save(tmp_path / "upload", [row(day="soon", w="heavy")] * 2500)
    shown = preview(path, COLUMNS, "csv", LIMITS)
    assert (shown.rows, shown.rejected, shown.errors_total) == (2500, 2500, 5000)
    assert len(shown.errors) == MOST_ERRORS
    assert shown.errors[-1].row == 51


def test_a_column_of_something_else_does_not_fill_the_preview(tmp_path: Path) -> None:
    sent = [row(sex=f"{place} " + "x" * 500) for place in range(MOST_VALUES + 5)]
    shown = preview(save(tmp_path / "upload", sent), COLUMNS, "csv", LIMITS)
    assert len(shown.values["sex"]) == MOST_VALUES
    assert max(len(value.value) for value in shown.values["sex"]) == 100
    assert shown.values_not_listed == {"sex": 5}


@pytest.mark.parametrize("survey", ["uec", "ics"])
def test_the_example_surveys_have_a_place_for_every_value(survey: Literal["uec", "ics"]) -> None:
    columns = example_columns(survey)
    shown = preview(example_survey(survey).responses, columns, "csv", LIMITS)
    assert (shown.rejected, shown.errors, shown.values_not_listed) == (0, (), {})
    assert set(shown.values) == set(columns.characteristics)
    for values in shown.values.values():
        assert sum(value.count for value in values) == shown.rows
        assert all(value.group is not None for value in values)


def test_a_file_that_is_wrong_as_a_whole_has_no_preview(tmp_path: Path) -> None:
    with pytest.raises(UnprocessableError, match="no column"):
        preview(save(tmp_path / "upload", [{"id": "1"}]), COLUMNS, "csv", LIMITS)
