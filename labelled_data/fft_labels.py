"""The label names that clients of pxtextmining know, from the themes of the `fft` codebook.

The codebook is version 6 of the framework, and the names are those of version 7, which joined some
labels, renamed others and let some go.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Self

from pydantic import BaseModel, ConfigDict, model_validator

from labelled_data.codebook import shipped_codebook
from labelled_data.errors import CodebookError
from labelled_data.strict_yaml import read_model

if TYPE_CHECKING:
    from collections.abc import Sequence

_FILE = Path(__file__).parent / "crosswalks" / "fft_v7_labels.yaml"

NOT_POSSIBLE = "Labelling not possible"
"""The label of a comment in which nothing was found, or which could not be read."""


class PublishedLabels(BaseModel):
    """Labels of version 7, and what became of those of version 6.

    Attributes:
        headings: Labels by the heading they stand under, in the published order.
        from_version_6: Labels of version 6 that were folded into one of version 7; others keep
            their name where it still stands, and have no successor where it does not.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    headings: dict[str, tuple[str, ...]]
    from_version_6: dict[str, tuple[str, ...]]

    @model_validator(mode="after")
    def _folds_each_label_once_into_one_that_stands(self) -> Self:
        if len(set(self.labels)) != len(self.labels):
            raise ValueError("a label stands twice")
        if NOT_POSSIBLE not in self.labels:
            raise ValueError(f"there is no label {NOT_POSSIBLE!r}")
        if unknown := set(self.from_version_6) - set(self.labels):
            raise ValueError(f"{sorted(unknown)[0]!r} stands under no heading")
        folded = [old for olds in self.from_version_6.values() for old in olds]
        if len(set(folded)) != len(folded):
            raise ValueError("a label of version 6 is folded twice")
        return self

    @property
    def labels(self) -> tuple[str, ...]:
        """All labels in the published order."""
        return tuple(label for labels in self.headings.values() for label in labels)

    def successor(self, label: str) -> str | None:
        """Gives the label that a label of version 6 became, or None where it has none."""
        for new, olds in self.from_version_6.items():
            if label in olds:
                return new
        return label if label in self.labels else None


@cache
def fft_labels() -> PublishedLabels:
    """Gives the labels that come with Sayso."""
    return read_model(_FILE, PublishedLabels, "a list of labels", CodebookError)


def published_label(theme: str) -> str | None:
    """Gives the label of a theme of the `fft` codebook, or None where version 7 has none.

    Raises:
        CodebookError: If the codebook has no such theme.
    """
    found = shipped_codebook("fft").theme(theme)
    return fft_labels().successor(found.source_label or found.name)


def published_labels(themes: Sequence[str]) -> list[str]:
    """Gives the labels of a comment, each once and in the published order.

    Args:
        themes: Ids of themes of the `fft` codebook, none where nothing was found or read.

    Returns:
        At least one label: `NOT_POSSIBLE` alone where no theme has one.

    Raises:
        CodebookError: If the codebook lacks one of the themes.
    """
    given = {published_label(theme) for theme in themes}
    return [label for label in fft_labels().labels if label in given] or [NOT_POSSIBLE]
