"""Crosswalks: what labels of one codebook tell about the themes of another.

Two codebooks rarely part the world alike. A crosswalk says of each theme of the target when labels
of the source prove it present, when they prove it absent, and when they cannot tell; what cannot
be told is unknown, never absent.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from pydantic import BaseModel, ConfigDict

from labelled_data.errors import CodebookError
from labelled_data.strict_yaml import read_model

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from labelled_data.codebook import Codebook
    from labelled_data.distinct_comments import DistinctComments

    Floats = npt.NDArray[np.float64]


class CrosswalkRule(BaseModel):
    """When a theme of the target is present, and when that is unknown; else it is absent.

    Attributes:
        present: Themes of the source that prove it.
        unknown: Themes of the source that may hide it.
        unknown_when_asked: Words of a question in whose answers the former prove nothing.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    present: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    unknown_when_asked: tuple[str, ...] = ()


class Crosswalk(BaseModel):
    """From the labels of one codebook to the themes of another.

    Attributes:
        source: Id of the codebook the labels are of.
        target: Id of the codebook whose themes are told.
        version: Version of the crosswalk.
        themes: A rule a theme of the target; a theme without one is always unknown.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    target: str
    version: str
    themes: dict[str, CrosswalkRule]

    def targets(self, data: DistinctComments, source: Codebook, target: Codebook) -> Floats:
        """Tell the target's themes from the labels of comments.

        A source theme that only some of several coders gave proves nothing, but may hide, and so
        may one that is itself unknown.

        Args:
            data: n comments whose targets have a column for each theme of the source.
            source: The source codebook.
            target: The target codebook.

        Returns:
            (n, themes of the target): 1 present, 0 absent, NaN unknown.

        Raises:
            CodebookError: A theme named in the crosswalk is not in its codebook.
        """
        told = np.full((len(data), len(target.theme_ids)), np.nan)
        for theme, rule in self.themes.items():
            (column,) = _columns(target, [theme])
            told[:, column] = _apply(rule, data, source)
        return told


def shipped_crosswalk(source: str, target: str) -> Crosswalk:
    """Gives a crosswalk that comes with Sayso.

    Raises:
        CodebookError: There is none between these codebooks.
    """
    path = Path(str(files("labelled_data"))) / "crosswalks" / f"{source}_to_{target}.yaml"
    if not path.is_file():
        raise CodebookError(f"there is no crosswalk from {source!r} to {target!r}")
    return load_crosswalk(path)


def load_crosswalk(path: Path) -> Crosswalk:
    """Reads a crosswalk file.

    Raises:
        CodebookError: The file cannot be read, repeats a key, or is not a crosswalk.
    """
    return read_model(path, Crosswalk, "a crosswalk", CodebookError)


def _apply(rule: CrosswalkRule, data: DistinctComments, source: Codebook) -> Floats:
    proving, hiding = _columns(source, rule.present), _columns(source, rule.unknown)
    present = data.labels[:, proving].any(axis=1)
    # other than 0, which NaN is too
    hidden = (data.targets[:, [*proving, *hiding]] != 0).any(axis=1)
    told = np.where(present, 1.0, np.where(hidden, np.nan, 0.0))
    words = [word.casefold() for word in rule.unknown_when_asked]
    asked = [
        any(word in (question or "").casefold() for word in words) for question in data.questions
    ]
    told[present & np.array(asked, dtype=bool)] = np.nan
    return told


def _columns(codebook: Codebook, themes: Sequence[str]) -> list[int]:
    for theme in themes:
        if theme not in codebook.theme_ids:
            raise CodebookError(f"the codebook {codebook.id!r} has no theme {theme!r}")
    return [codebook.theme_ids.index(theme) for theme in themes]
