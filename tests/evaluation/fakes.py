"""A tagger that says what it is told to, and the comments it says it of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from labelled_data import Codebook, LabelledComment, Polarity, Span, Theme
from models import OperatingPoint, Prediction, Status, Tag

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def codebook(*themes: str, id: str = "fake", version: str = "1.0") -> Codebook:  # noqa: A002
    return Codebook(
        id=id,
        name="Fake",
        version=version,
        unit="one comment",
        themes=tuple(Theme(id=each, name=each.title(), definition=each) for each in themes),
    )


def comment(
    text: str,
    *themes: str,
    polarity: Mapping[str, Polarity] | None = None,
    evidence: Mapping[str, tuple[Span, ...]] | None = None,
) -> LabelledComment:
    return LabelledComment(
        id=text,
        text=text,
        question=None,
        themes=themes,
        sentiment=None,
        source_row=2,
        polarity=polarity or {},
        evidence=evidence or {},
    )


def tagged(*tags: Tag) -> Prediction:
    return Prediction(Status.TAGGED if tags else Status.NO_THEME, tags)


@dataclass(frozen=True)
class ScriptedTagger:
    """Gives each text the answer it is scripted, and no theme to any other."""

    codebook: Codebook
    script: Mapping[str, Prediction] = field(default_factory=dict)

    def tag(
        self,
        texts: Sequence[str],
        questions: Sequence[str | None] | str | None = None,
        operating_point: OperatingPoint | str = OperatingPoint.BALANCED,
    ) -> list[Prediction]:
        return [self.script.get(text, tagged()) for text in texts]
