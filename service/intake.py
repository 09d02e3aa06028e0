"""Taking in responses, a batch at a time, so that what was acknowledged is never lost.

Each batch is one transaction. An upload that is broken off leaves the batches before it, and may be
sent again as it was: a response that is there with the same content is a duplicate, and changes
nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from service.errors import FieldError
from service.store import audit, responses, surveys
from service.uploads import RowBatch, read_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from service.store import Store
    from service.uploads import UploadFormat, UploadLimits

BATCH_ROWS = 2_000
SHOWN_ERRORS = 1_000
CONFLICT = "a response with this id was sent before, with other content; that one was kept"


class Intake(BaseModel):
    """What became of an upload; every row is accepted, a duplicate or rejected.

    Attributes:
        received: Rows that were sent.
        accepted: Rows that are new, and stored.
        duplicate: Rows that were there already, with the same content.
        rejected: Rows that were not stored, since something in them is wrong.
        errors: What is wrong, and where; the first thousand.
        errors_total: How many errors there are.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    received: int = 0
    accepted: int = 0
    duplicate: int = 0
    rejected: int = 0
    errors: tuple[FieldError, ...] = ()
    errors_total: int = 0

    def __add__(self, other: Intake) -> Intake:
        """Give what became of two uploads, or of two parts of one."""
        return Intake(
            received=self.received + other.received,
            accepted=self.accepted + other.accepted,
            duplicate=self.duplicate + other.duplicate,
            rejected=self.rejected + other.rejected,
            errors=(self.errors + other.errors)[:SHOWN_ERRORS],
            errors_total=self.errors_total + other.errors_total,
        )


def tell_nobody(part: Intake) -> None:
    """Take note of what became of a batch, without doing anything with it."""


def upload(
    store: Store,
    survey_id: str,
    path: Path,
    kind: UploadFormat,
    limits: UploadLimits,
    actor: str,
    tell: Callable[[Intake], None] = tell_nobody,
) -> Intake:
    """Take in a file of responses.

    Args:
        store: Where they go.
        survey_id: The survey they belong to.
        path: The file.
        kind: Its format.
        limits: How large it may be.
        actor: Who sent it, for the audit.
        tell: Is told what became of each batch, once that is durable; what it raises breaks off.

    Returns:
        What became of its rows, all of which are durable.

    Raises:
        NotFoundError: There is no survey of that id, or it was erased meanwhile.
        UnprocessableError: The file as a whole is wrong, such as a column that is missing.
        TooLargeError: It is larger than the limits.
    """
    with store.write() as conn:
        columns = surveys.get(conn, survey_id).columns
        audit.record(conn, actor, "responses.upload", survey_id, {"format": kind})
    taken = take_in(store, survey_id, read_rows(path, columns, kind, limits), tell)
    with store.write() as conn:
        counts: dict[str, str | int] = {
            "received": taken.received,
            "accepted": taken.accepted,
            "duplicate": taken.duplicate,
            "rejected": taken.rejected,
        }
        audit.record(conn, actor, "responses.uploaded", survey_id, counts)
    return taken


def take_in(
    store: Store,
    survey_id: str,
    batches: Iterable[RowBatch],
    tell: Callable[[Intake], None] = tell_nobody,
) -> Intake:
    """Store the rows of batches, of which each is durable before the next is asked for.

    Raises:
        NotFoundError: There is no survey of that id, or it was erased meanwhile.
    """
    taken = Intake()
    for batch in batches:
        part = _refused(batch.errors)
        for piece in _parts(batch):
            part = part + _stored(store, survey_id, piece)
        tell(part)
        taken = taken + part
    return taken


def _parts(batch: RowBatch) -> Iterator[RowBatch]:
    """Split the good rows of a batch into pieces that one transaction can take."""
    for start in range(0, len(batch.rows), BATCH_ROWS):
        piece = slice(start, start + BATCH_ROWS)
        yield RowBatch(batch.rows[piece], batch.numbers[piece], [])


def _stored(store: Store, survey_id: str, part: RowBatch) -> Intake:
    with store.write() as conn:
        survey = surveys.get(conn, survey_id)
        added = responses.add(conn, survey, part.rows)
    column = survey.columns.response_id
    errors = [FieldError(part.numbers[place], column, CONFLICT) for place in added.conflicts]
    kept = Intake(
        received=added.accepted + added.duplicates,
        accepted=added.accepted,
        duplicate=added.duplicates,
    )
    return kept + _refused(errors)


def _refused(errors: list[FieldError]) -> Intake:
    rows = len({error.row for error in errors})
    return Intake(
        received=rows,
        rejected=rows,
        errors=tuple(errors[:SHOWN_ERRORS]),
        errors_total=len(errors),
    )
