"""Writing a file whole or not at all."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from labelled_data.tables.workspace import make_workspace, remove_leftovers
from labelled_data.tables.writer import told

if TYPE_CHECKING:
    from pathlib import Path


def write_whole(path: Path, content: bytes) -> None:
    """Write a file beside its place and move it there, over any that is there.

    Raises:
        WriteError: Its folder is missing, or the disk refuses.
    """
    with told(path):
        remove_leftovers(path)
        folder = make_workspace(path)
        try:
            (folder / path.name).write_bytes(content)
            os.replace(folder / path.name, path)  # noqa: PTH105  (says that it replaces)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
