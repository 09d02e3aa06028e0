"""Reading a workbook in a process of its own, which `workbooks.py` starts.

A workbook of a few kilobytes can ask for more memory than any computer has, and the library that
reads it then ends its process. This one may: it holds nothing but the workbook, and is limited in
memory and time where the system can do that (Windows cannot, and macOS not memory).
"""

from __future__ import annotations

import json
import sys
import zipfile
from contextlib import suppress
from pathlib import Path

from labelled_data.errors import DataError, UnreadableError
from labelled_data.tables.excel import open_sheet
from labelled_data.tables.values import as_text


def main(workbook: Path, cells: Path, unpacked: int, memory: int, seconds: int) -> None:
    """Writes the first sheet of a workbook as text to a Parquet file, and prints its header's row.

    What is wrong with the workbook is printed in its place.
    """
    _limit_this_process(memory, seconds)
    try:
        _refuse_bomb(workbook, unpacked)
        sheet = open_sheet(workbook, None)
        as_text(sheet.cells).write_parquet(cells)
        told: dict[str, object] = {"header_row": sheet.header_row}
    except DataError as error:
        told = {"error": str(error), "row": getattr(error, "row", None)}
    sys.stdout.write(json.dumps(told))


def _limit_this_process(memory: int, seconds: int) -> None:
    if sys.platform == "win32":
        return
    import resource

    limits = (
        (resource.RLIMIT_CORE, 0),  # a memory dump would hold people's answers
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
    )
    for limit, most in limits:
        hard = resource.getrlimit(limit)[1]
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        with suppress(ValueError, OSError):  # macOS does not limit memory
            resource.setrlimit(limit, (allowed, allowed))


def _refuse_bomb(workbook: Path, most: int) -> None:
    if not zipfile.is_zipfile(workbook):
        return  # what it is instead, `open_sheet` tells
    try:
        with zipfile.ZipFile(workbook) as archive:
            size = sum(part.file_size for part in archive.infolist())
    except zipfile.BadZipFile as error:
        raise UnreadableError(f"{workbook} is not an Excel workbook, or is damaged") from error
    if size > most:
        raise UnreadableError(f"{workbook} unpacks to more than {most:,} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), *map(int, sys.argv[3:]))
