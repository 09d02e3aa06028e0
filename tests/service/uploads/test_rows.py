from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Literal, get_args

import pytest

from labelled_data import example_survey
from labelled_data.example_surveys import TextColumn
from service.errors import FieldError
from service.records import ResponseColumns, ResponseRow
from service.uploads import UploadFormat, UploadLimits
from tests.service.uploads.samples import COLUMNS, example_columns, read, row, save

if TYPE_CHECKING:
    from pathlib import Path

FORMATS: tuple[UploadFormat, ...] = get_args(UploadFormat)


@pytest.mark.parametrize("kind", FORMATS)
def test_a_row_becomes_the_same_response_in_every_format(
    tmp_path: Path, kind: UploadFormat
) -> None:
    rows, numbers, errors = read(save(tmp_path / "upload", [row()], kind), kind)
    assert rows == [
        ResponseRow(
            response_id="r-1",
            person="p-1",
            given_on=date(2025, 3, 31),
            site="A&E",
            weight=0.5,
            answers=((0, "kind staff"),),
            groups=(("sex", "female"), ("age", "age_25_34")),
        )
    ]
    assert numbers == [2 if kind in ("csv", "xlsx") else 1]
    assert errors == []


@pytest.mark.parametrize(("survey", "responses"), [("uec", 1500), ("ics", 300)])
def test_every_row_of_the_example_surveys_is_taken(
    survey: Literal["uec", "ics"], responses: int
) -> None:
    path = example_survey(survey).responses
    rows, numbers, errors = read(path, columns=example_columns(survey))
    assert (len(rows), errors) == (responses, [])
    assert numbers == list(range(2, responses + 2))
    assert all(response.person == response.response_id for response in rows)


def test_nothing_is_written_beside_a_file_that_is_read_as_it_is(tmp_path: Path) -> None:
    path = save(tmp_path / "upload", [row()])
    read(path)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("kind", FORMATS)
def test_a_group_that_is_missing_is_told_apart(tmp_path: Path, kind: UploadFormat) -> None:
    sent = [row(sex="", age=""), row(id="r-2", sex="Not stated", age="34")]
    rows, _, errors = read(save(tmp_path / "upload", sent, kind), kind)
    assert errors == []
    assert rows[0].groups == (("sex", "not_known"), ("age", "not_asked"))
    assert rows[1].groups[0] == ("sex", "not_stated")


@pytest.mark.parametrize(
    ("changed", "column", "message"),
    [
        ({"id": " "}, "id", "the id of the response is missing"),
        ({"id": "x" * 201}, "id", "the cell has 201 characters; 200 are taken"),
        ({"who": "x" * 201}, "who", "the cell has 201 characters; 200 are taken"),
        ({"place": "x" * 201}, "place", "the cell has 201 characters; 200 are taken"),
        ({"day": "31/03/2025"}, "day", "not a date of ISO 8601"),
        ({"day": "2025-02-30"}, "day", "there is no such date"),
        ({"w": "-1"}, "w", "not a positive number"),
        ({"w": ""}, "w", "not a positive number"),
        ({"sex": "Klingon"}, "sex", "does not say which group 'Klingon' means"),
        ({"good": "x" * 20_001}, "good", "the cell has 20,001 characters; 20,000 are taken"),
    ],
)
def test_a_wrong_cell_keeps_its_row_out_and_names_row_and_column(
    tmp_path: Path, changed: dict[str, Any], column: str, message: str
) -> None:
    path = save(tmp_path / "upload", [row(), row(**changed), row(id="r-3")])
    rows, numbers, [error] = read(path)
    assert ([response.response_id for response in rows], numbers) == (["r-1", "r-3"], [2, 4])
    assert (error.row, error.column) == (3, column)
    assert message in error.message


def test_everything_wrong_with_a_row_is_told(tmp_path: Path) -> None:
    path = save(tmp_path / "upload", [row(day="yesterday", w="heavy", sex="?", age="old")])
    rows, _, errors = read(path)
    assert rows == []
    assert [(error.row, error.column) for error in errors] == [
        (2, "day"),
        (2, "w"),
        (2, "sex"),
        (2, "age"),
    ]


def test_an_error_never_repeats_what_was_written(tmp_path: Path) -> None:
    written = "my neighbour Mrs Oak"
    wrong = row(
        id="", who=written * 20, place=written * 20, day=written, w=written, good=written * 2000
    )
    _, _, errors = read(save(tmp_path / "upload", [wrong]))
    assert len(errors) == 6
    assert written not in str(errors)


@pytest.mark.parametrize("kind", FORMATS)
def test_text_stays_as_it_was_sent(tmp_path: Path, kind: UploadFormat) -> None:
    text = '  "Waited"; 3 h,\n“no” chair\t😀 '
    rows, _, _ = read(save(tmp_path / "upload", [row(good=text, better=" \n")], kind), kind)
    assert rows[0].answers == ((0, text),)


def test_a_nul_which_no_store_can_hold_is_left_out(tmp_path: Path) -> None:
    rows, _, _ = read(save(tmp_path / "upload", [row(good="a\0b", id="r\0")], "json"), "json")
    assert (rows[0].response_id, rows[0].answers) == ("r", ((0, "ab"),))


def test_rows_without_any_value_are_no_responses(tmp_path: Path) -> None:
    blank = dict.fromkeys(row(), "")
    rows, numbers, errors = read(save(tmp_path / "upload", [blank, row(), blank, blank]))
    assert (len(rows), numbers, errors) == (1, [3], [])


def test_columns_that_the_survey_does_not_name_are_not_looked_at(tmp_path: Path) -> None:
    rows, _, errors = read(save(tmp_path / "upload", [row(email="x" * 30_000)]))
    assert (len(rows), errors) == (1, [])


def test_one_column_may_be_id_and_person_and_another_site_and_group(tmp_path: Path) -> None:
    path = save(tmp_path / "upload", [row(place="M")])
    sex = COLUMNS.characteristics["sex"].model_copy(update={"column": "place"})
    text = TextColumn(column="good", question="What was good?")
    columns = ResponseColumns(
        response_id="id", site="place", text=(text,), characteristics={"sex": sex}
    ).model_copy(update={"person": "id"})
    [response], _, _ = read(path, columns=columns)
    assert (response.person, response.site, response.groups) == ("r-1", "M", (("sex", "male"),))
    assert (response.given_on, response.weight) == (None, None)


def test_batches_follow_the_file(tmp_path: Path) -> None:
    path = save(tmp_path / "upload", [row(id=f"r-{number}") for number in range(4500)])
    rows, numbers, _ = read(path)
    assert [response.response_id for response in rows] == [f"r-{n}" for n in range(4500)]
    assert numbers == list(range(2, 4502))


@pytest.mark.parametrize("kind", ["json", "jsonl"])
def test_numbers_and_null_are_read_as_in_a_csv_file(tmp_path: Path, kind: UploadFormat) -> None:
    sent = [row(id=7, age=34, w=2, better=None), row(id="8", age="80", w=0.25, better=None)]
    rows, _, errors = read(save(tmp_path / "upload", sent, kind), kind)
    assert errors == []
    assert [(r.response_id, r.weight) for r in rows] == [("7", 2.0), ("8", 0.25)]
    assert rows[0].groups[1] == ("age", "age_25_34")


@pytest.mark.parametrize("value", [["a"], {"a": 1}])
def test_a_list_or_an_object_is_no_cell(tmp_path: Path, value: object) -> None:
    path = save(tmp_path / "upload", [row(good=value), row(id="r-2")], "json")
    rows, _, errors = read(path, "json")
    assert [response.response_id for response in rows] == ["r-2"]
    assert errors == [FieldError(1, "good", "a list or an object cannot stand here")]


def test_limits_are_those_that_are_given(tmp_path: Path) -> None:
    path = save(tmp_path / "upload", [row(good="abcdef", who="abcd")])
    _, _, errors = read(path, limits=UploadLimits(cell=5, identifier=3))
    assert {error.column for error in errors} == {"who", "day", "good"}
