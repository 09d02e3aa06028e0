"""Keeping count of what becomes of rows, and a file of what is wrong with them."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from service.draft_records import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TextIO

    from service.errors import FieldError
    from service.intake import Intake

SHOWN_ERRORS = 100
HEADER = ("row", "column", "what is wrong")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Tally:
    """Counts rows, and writes down what is wrong with each, never what stands in it.

    Args:
        file: Where the errors go, as CSV.
        rows: How many rows are expected.
        actor: Who has it done.
    """

    def __init__(self, file: TextIO, rows: int, actor: str) -> None:
        self.outcome = Outcome(rows=rows, actor=actor)
        self._writer = csv.writer(file)
        self._writer.writerow(HEADER)

    def add(self, part: Intake) -> None:
        """Count what became of some rows."""
        so_far = self.outcome
        self._write(part.errors)
        self.outcome = so_far.model_copy(
            update={
                "accepted": so_far.accepted + part.accepted,
                "duplicate": so_far.duplicate + part.duplicate,
                "rejected": so_far.rejected + part.rejected,
                "errors": (so_far.errors + part.errors)[:SHOWN_ERRORS],
                "errors_total": so_far.errors_total + part.errors_total,
            }
        )

    def _write(self, errors: Iterable[FieldError]) -> None:
        self._writer.writerows(
            (error.row, _plain(error.column or ""), error.message) for error in errors
        )


def _plain(header: str) -> str:
    """Keep a spreadsheet from taking a header for a formula."""
    return f"'{header}" if header.startswith(_FORMULA) else header
