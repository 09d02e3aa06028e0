"""A hidden folder beside a file that is being written, from which the file is moved into place.

Being on the same disk, the move is atomic: the file is there whole, or not at all. A killed run
leaves its folder behind, and the next run that writes the same file removes it.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import tempfile
import time
from pathlib import Path

_A_DAY = 24 * 60 * 60


def make_workspace(path: Path) -> Path:
    """Makes a hidden folder beside a file, named for the file and this process.

    Raises:
        OSError: If the folder of the file is missing or may not be written to.
    """
    owner = f"{_host()}-{os.getpid()}"
    return Path(tempfile.mkdtemp(prefix=f".{path.name}.{owner}.", suffix=".part", dir=path.parent))


def remove_leftovers(path: Path) -> int:
    """Removes what killed runs that were writing a file left beside it.

    The folder of a run that still goes on stays. Whether a run on another machine goes on cannot be
    told, so its folder stays for a day.

    Args:
        path: The file.

    Returns:
        How many folders were removed.
    """
    ours = re.compile(rf"\.{re.escape(path.name)}\.(?P<host>[^.]+)-(?P<process>\d+)\.[^.]+\.part")
    removed = 0
    for folder in path.parent.glob(".*.part"):
        name = ours.fullmatch(folder.name)
        if name and not _in_use(folder, name["host"], int(name["process"])):
            shutil.rmtree(folder, ignore_errors=True)
            removed += not folder.exists()
    return removed


def _host() -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", platform.node()) or "host"


def _in_use(folder: Path, host: str, process: int) -> bool:
    if host != _host():
        return time.time() - folder.stat().st_mtime < _A_DAY
    return _is_running(process)


def _is_running(process: int) -> bool:
    if (
        os.name == "nt"
    ):  # there a signal would end the process, and files in use refuse removal anyway
        return process == os.getpid()
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
