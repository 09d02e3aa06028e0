"""Records that stand in an artefact's folder beside what the manifest vouches for.

What is found out of a model after its training does not change what it says. A record of it is
therefore no file of the manifest: adding one would make another artefact, and every survey would
be tagged again to the same end. It vouches for itself instead, and names the artefact it is of.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from models.errors import DamagedArtefactError

if TYPE_CHECKING:
    from pathlib import Path

SHA256 = "sha256"
"""Hash of all else that the record holds."""
ARTEFACT = "artefact_sha256"
"""Hash of the manifest of the artefact it is of."""


def write_record(path: Path, artefact_sha256: str, content: dict[str, Any]) -> None:
    """Write a record.

    Args:
        path: The file.
        artefact_sha256: Hash of the manifest of the artefact it is of.
        content: What it holds, as JSON has it.

    Raises:
        OSError: The file cannot be written.
    """
    told = {ARTEFACT: artefact_sha256, **content}
    partial = path.with_name(f"{path.name}.part")
    partial.write_text(json.dumps({SHA256: _digest(told), **told}, indent=1) + "\n", "utf-8")
    partial.replace(path)


def read_record(path: Path, artefact_sha256: str) -> dict[str, Any] | None:
    """Read a record.

    Returns:
        What it holds; None where there is none, or where it is of another artefact, such as the
        one that this one was before it was changed.

    Raises:
        DamagedArtefactError: It is not as it was written.
    """
    if not path.is_file():
        return None
    told = _parse(path)
    if told.pop(SHA256, None) != _digest(told):
        raise DamagedArtefactError(f"{path}: changed since it was written, its hash does not match")
    return told if told.pop(ARTEFACT) == artefact_sha256 else None


def _parse(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise DamagedArtefactError(f"{path}: not readable as JSON") from error
    if not isinstance(content, dict) or ARTEFACT not in content:
        raise DamagedArtefactError(f"{path}: not a record of a model")
    return content


def _digest(content: dict[str, Any]) -> str:
    """Hash what is told, however it is spaced and ordered."""
    plain = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(plain.encode("utf-8")).hexdigest()
