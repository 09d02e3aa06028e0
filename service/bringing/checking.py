"""A dry run: what would become of every row, were it imported now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.errors import FieldError
from service.intake import CONFLICT, Intake
from service.store import responses
from service.store.column_types import storable
from service.uploads import read_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from service.records import ResponseColumns
    from service.store import Store
    from service.uploads import RowBatch, UploadFormat, UploadLimits


def check(
    path: Path,
    columns: ResponseColumns,
    kind: UploadFormat,
    limits: UploadLimits,
    held: Callable[[list[str]], dict[str, bytes]],
) -> Iterator[Intake]:
    """Tell of every batch of rows what would become of it.

    Args:
        path: The file.
        columns: What its columns hold.
        kind: Its format.
        limits: How large it may be.
        held: Gives the digests of responses that are in the survey already, by id.

    Yields:
        What would become of a batch.

    Raises:
        UnprocessableError: The file as a whole is wrong, such as a column that is missing.
        TooLargeError: It is larger than the limits.
    """
    seen: dict[str, bytes] = {}
    for batch in read_rows(path, columns, kind, limits):
        ids = [storable(row.response_id) for row in batch.rows]
        seen |= held([each for each in ids if each not in seen])
        yield _told(batch, ids, seen, columns.response_id)


def responses_of(store: Store, survey_id: str) -> Callable[[list[str]], dict[str, bytes]]:
    """Give what looks up the responses of a survey."""

    def held(ids: list[str]) -> dict[str, bytes]:
        with store.read() as conn:
            return responses.digests(conn, survey_id, ids)

    return held


def nothing_yet(ids: list[str]) -> dict[str, bytes]:
    """Look up responses of a survey that has none."""
    return {}


def _told(batch: RowBatch, ids: list[str], seen: dict[str, bytes], column: str) -> Intake:
    accepted, duplicate = 0, 0
    errors = list(batch.errors)
    for each, row, number in zip(ids, batch.rows, batch.numbers, strict=True):
        digest = responses.content_digest(row)
        if each not in seen:
            seen[each] = digest
            accepted += 1
        elif seen[each] == digest:
            duplicate += 1
        else:
            errors.append(FieldError(number, column, CONFLICT))
    rejected = len({error.row for error in errors})
    return Intake(
        received=accepted + duplicate + rejected,
        accepted=accepted,
        duplicate=duplicate,
        rejected=rejected,
        errors=tuple(errors),
        errors_total=len(errors),
    )
