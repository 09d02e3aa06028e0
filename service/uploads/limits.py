"""How much of an upload is taken."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadLimits:
    """How much of an upload is taken.

    Attributes:
        rows: Most rows.
        columns: Most columns, those that the survey does not use included.
        cell: Most characters of a comment or another cell.
        identifier: Most characters of the id of a response or person, or the name of a site.
        unpacked: Most bytes of a workbook, which is an archive, once unpacked.
        memory: Most bytes that reading a workbook may take.
        seconds: Most time of a processor that reading a workbook may take.
    """

    rows: int = 1_000_000
    columns: int = 2_000
    cell: int = 20_000
    identifier: int = 200
    unpacked: int = 1 << 30
    memory: int = 4 << 30
    seconds: int = 120
