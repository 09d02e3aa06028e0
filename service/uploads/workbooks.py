"""Opening an uploaded workbook without risk to the service."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from labelled_data.errors import RowError, UnreadableError
from labelled_data.tables.parquet import open_parquet

if TYPE_CHECKING:
    from pathlib import Path

    from labelled_data.tables.parquet import ParquetTable
    from service.uploads.limits import UploadLimits


def open_workbook(path: Path, cells: Path, limits: UploadLimits) -> tuple[ParquetTable, int]:
    """Opens the first sheet of a workbook, which another process reads.

    Args:
        path: The workbook.
        cells: Where that process writes the cells, as text.
        limits: What it may take.

    Returns:
        The cells, and the row of the header: the first row of cells stands below it.

    Raises:
        UnreadableError: If the file is not a workbook, or takes more than the limits.
        HeaderError: If a header stands twice.
        RowError: If a cell stands outside the columns that have a header.
    """
    told = _told(path, cells, limits)
    if "header_row" in told:
        return open_parquet(cells), int(told["header_row"])
    if told["row"] is None:
        raise UnreadableError(told["error"])
    raise RowError(told["error"], told["row"])


def _told(path: Path, cells: Path, limits: UploadLimits) -> dict[str, Any]:
    amounts = map(str, (limits.unpacked, limits.memory, limits.seconds))
    module = "service.uploads.workbook_process"
    search = os.pathsep.join(filter(None, sys.path))
    try:
        ended = subprocess.run(  # noqa: S603  (our own module; the paths are arguments, not a shell's)
            [sys.executable, "-P", "-m", module, str(path), str(cells), *amounts],
            env={**os.environ, "PYTHONPATH": search, "POLARS_MAX_THREADS": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=2 * limits.seconds,
            check=True,
        )
        return dict(json.loads(ended.stdout))
    except (subprocess.SubprocessError, ValueError) as error:
        raise UnreadableError(
            f"{path} is damaged, or too large a workbook to be read here; it may be sent as CSV"
        ) from error
