from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import replace
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.errors import NotFoundError, TooLargeError, UnprocessableError
from service.intake import BATCH_ROWS, SHOWN_ERRORS, Intake, take_in, upload
from service.records import ResponseRow
from service.store import Store, audit, surveys
from service.uploads import RowBatch, UploadLimits
from tests.service.sample_survey import COLUMNS, STAMP, Cells, new_survey, row, write_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from service.uploads import UploadFormat

FORMATS: tuple[UploadFormat, ...] = ("csv", "json", "jsonl", "xlsx")
BAD_DATE, UNMAPPED = "14/03/2025", "Klingon"
LIMITS = UploadLimits()
NUMBERS = count()

words = st.text(st.sampled_from("abcé😀,;\"'"), min_size=1, max_size=8)
sent_rows = st.lists(
    st.fixed_dictionaries(
        {
            "response_id": st.sampled_from(["", "r1", "r2", "r3", "r4"]),
            "date": st.sampled_from(["", "2025-03-14", "2025-03-15", BAD_DATE]),
            "good": st.one_of(st.just(""), words),
            "better": st.one_of(st.just(""), words),
            "sex": st.sampled_from(["", "F", "M", UNMAPPED]),
        }
    ).map(lambda cells: dict.fromkeys(COLUMNS, "") | cells),
    min_size=1,
    max_size=20,
)


def make_survey(store: Store) -> str:
    with store.write() as conn:
        return surveys.create(conn, new_survey(f"visits-{next(NUMBERS)}"), STAMP).id


def send(store: Store, survey: str, rows: Sequence[Cells], kind: UploadFormat = "csv") -> Intake:
    with TemporaryDirectory() as folder:
        file = write_rows(Path(folder), rows, kind)
        return upload(store, survey, file, kind, LIMITS, "key 1")


def expected(rows: Sequence[Cells]) -> tuple[int, int, int]:
    """What should be accepted, a duplicate and rejected, worked out row by row."""
    kept: dict[str, Cells] = {}
    accepted = duplicate = rejected = 0
    for cells in rows:
        if not any(cells.values()):
            continue
        name = cells["response_id"]
        if not name or cells["date"] == BAD_DATE or cells["sex"] == UNMAPPED:
            rejected += 1
        elif name not in kept:
            kept[name] = cells
            accepted += 1
        elif kept[name] == cells:
            duplicate += 1
        else:
            rejected += 1
    return accepted, duplicate, rejected


def figures(taken: Intake) -> tuple[int, int, int]:
    assert taken.received == taken.accepted + taken.duplicate + taken.rejected
    assert len({error.row for error in taken.errors}) == min(taken.rejected, SHOWN_ERRORS)
    return taken.accepted, taken.duplicate, taken.rejected


def responses_of(store: Store, survey: str) -> int:
    with store.read() as conn:
        return surveys.progress(conn, survey).responses


def batch(names: Sequence[str]) -> RowBatch:
    empty = ResponseRow("", None, None, None, None, ((0, "fine"),), (("sex", "female"),))
    rows = [replace(empty, response_id=name) for name in names]
    return RowBatch(rows, list(range(2, len(rows) + 2)), [])


def check_that_it_adds_up(store: Store, rows: Sequence[Cells], kind: UploadFormat) -> None:
    survey = make_survey(store)
    accepted, duplicate, rejected = expected(rows)
    assert figures(send(store, survey, rows, kind)) == (accepted, duplicate, rejected)
    assert responses_of(store, survey) == accepted
    assert figures(send(store, survey, rows, kind)) == (0, accepted + duplicate, rejected)
    assert responses_of(store, survey) == accepted


# each example has a survey of its own in the store that they share
one_store = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)


@pytest.mark.parametrize("kind", ["csv", "json", "jsonl"])
@one_store
@given(rows=sent_rows)
def test_every_row_is_accepted_a_duplicate_or_rejected_and_counted_once(
    store: Store, kind: UploadFormat, rows: list[Cells]
) -> None:
    check_that_it_adds_up(store, rows, kind)


@settings(one_store, max_examples=3)  # a process is started to read each workbook
@given(rows=sent_rows)
def test_the_counts_of_a_workbook_add_up_too(store: Store, rows: list[Cells]) -> None:
    check_that_it_adds_up(store, rows, "xlsx")


def test_all_formats_of_the_same_rows_are_the_same_responses(store: Store) -> None:
    survey = make_survey(store)
    rows = [
        row("r1", date="2025-03-14", good="Kind staff", sex="F"),
        row("r2", better="\U0001f600"),
    ]
    first, *others = (figures(send(store, survey, rows, kind)) for kind in FORMATS)
    assert first == (2, 0, 0)
    assert others == [(0, 2, 0)] * 3


def test_an_error_names_row_and_column_and_never_quotes_a_comment(store: Store) -> None:
    rows = [row("r1", sex="F"), row("r2", sex=UNMAPPED, good="secret words"), row("r1", good="x")]
    taken = send(store, make_survey(store), rows)
    assert [(error.row, error.column) for error in taken.errors] == [(3, "sex"), (4, "response_id")]
    assert UNMAPPED in taken.errors[0].message
    assert "secret" not in taken.model_dump_json()


def test_a_response_that_was_there_with_other_content_is_kept_as_it_was(store: Store) -> None:
    survey = make_survey(store)
    assert figures(send(store, survey, [row("r1", good="first")])) == (1, 0, 0)
    assert figures(send(store, survey, [row("r1", good="second")])) == (0, 0, 1)
    assert figures(send(store, survey, [row("r1", good="first")])) == (0, 1, 0)


def test_at_most_a_thousand_errors_are_told_and_all_are_counted(store: Store) -> None:
    taken = send(store, make_survey(store), [row("r", sex=UNMAPPED)] * 1_001)
    assert (len(taken.errors), taken.errors_total, taken.rejected) == (1_000, 1_001, 1_001)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9)), max_size=5))
def test_parts_of_an_upload_add_up_to_the_whole(parts: list[tuple[int, int, int]]) -> None:
    taken = [
        Intake(received=a + d + r, accepted=a, duplicate=d, rejected=r, errors_total=2 * r)
        for a, d, r in parts
    ]
    whole = sum(taken, Intake())
    assert whole.received == whole.accepted + whole.duplicate + whole.rejected
    assert whole.received == sum(map(sum, parts))
    assert whole.errors_total == 2 * whole.rejected


def test_what_came_before_an_upload_broke_off_is_durable_and_it_may_be_sent_again(
    store: Store, store_url: str
) -> None:
    survey = make_survey(store)
    names = [f"r{number}" for number in range(300)]

    def broken_off() -> Iterator[RowBatch]:
        yield batch(names[:100])
        yield batch(names[100:200])
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        take_in(store, survey, broken_off())
    opened_anew = Store.open(store_url)
    assert responses_of(opened_anew, survey) == 200
    opened_anew.close()
    assert figures(take_in(store, survey, [batch(names)])) == (100, 200, 0)


def test_an_upload_whose_process_is_killed_is_safely_repeated(
    store: Store, store_url: str, tmp_path: Path
) -> None:
    survey = make_survey(store)
    rows = [row(f"r{number}", good="kind staff", better="parking") for number in range(20_000)]
    file = write_rows(tmp_path, rows, "csv")
    command = [sys.executable, "-m", "tests.service.upload_process", store_url, survey, str(file)]
    with subprocess.Popen(command) as process:
        while process.poll() is None and responses_of(store, survey) == 0:
            time.sleep(0.01)
        process.kill()
    kept = responses_of(store, survey)
    assert kept > 0
    assert kept % BATCH_ROWS == 0
    again = upload(store, survey, file, "csv", LIMITS, "key 1")
    assert (again.duplicate, again.accepted) == (kept, len(rows) - kept)
    assert responses_of(store, survey) == len(rows)


def test_a_large_batch_is_stored_in_several_transactions(store: Store) -> None:
    names = [f"r{number}" for number in range(BATCH_ROWS + 1)]
    assert figures(take_in(store, make_survey(store), [batch(names)])) == (BATCH_ROWS + 1, 0, 0)


def test_a_survey_that_is_erased_in_the_middle_of_an_upload_ends_it(store: Store) -> None:
    survey = make_survey(store)

    def erased() -> Iterator[RowBatch]:
        yield batch(["r1"])
        surveys.erase(store, survey)
        yield batch(["r2"])

    with pytest.raises(NotFoundError):
        take_in(store, survey, erased())


def test_a_missing_column_refuses_the_whole_upload(store: Store, tmp_path: Path) -> None:
    survey = make_survey(store)
    file = tmp_path / "responses.csv"
    file.write_text("response_id,good\nr1,fine\n", "utf-8")
    with pytest.raises(UnprocessableError, match="patient"):
        upload(store, survey, file, "csv", LIMITS, "key 1")
    assert responses_of(store, survey) == 0


def test_too_many_rows_refuse_the_whole_upload(store: Store, tmp_path: Path) -> None:
    survey = make_survey(store)
    file = write_rows(tmp_path, [row("r1"), row("r2")], "csv")
    with pytest.raises(TooLargeError):
        upload(store, survey, file, "csv", UploadLimits(rows=1), "key 1")
    assert responses_of(store, survey) == 0


def test_an_upload_is_noted_with_who_sent_it_and_its_counts(store: Store) -> None:
    survey = make_survey(store)
    send(store, survey, [row("r1", good="secret words"), row("r2", sex=UNMAPPED)])
    with store.read() as conn:
        noted = [entry for entry in audit.every(conn, 10, None) if entry.survey == survey]
    assert {entry.actor for entry in noted} == {"key 1"}
    assert {entry.action for entry in noted} == {"responses.upload", "responses.uploaded"}
    assert "secret" not in repr(noted)
