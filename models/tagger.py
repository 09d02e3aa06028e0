"""The tagger: comments in, themes with scores out."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from labelled_data import repair
from models.artefact import Manifest, read_manifest
from models.encoder import Encoder
from models.encoding import EncodingLimits
from models.errors import QuestionMismatchError, UnknownModelError
from models.language import LanguageCheck
from models.ngrams import NgramModel
from models.predictions import OperatingPoint, Prediction, Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from labelled_data import Codebook

    Comment = tuple[str, str | None]

PRETRAINED = Path(__file__).parent / "pretrained"
# A letter, a digit or a pictograph; "..." and "-" say nothing.
_SOMETHING = re.compile(r"[^\W_]|[\u2600-\u27bf\U0001f000-\U0001faff]")


class Tagger:
    """Tags comments with the themes of its codebook.

    Args:
        folder: An artefact's folder.
        threads: Encoder runs at a time; by default one for each core.

    Raises:
        ArtefactError: The folder is damaged, foreign, or of another format version.
    """

    def __init__(self, folder: Path, threads: int | None = None) -> None:
        self.manifest: Manifest = read_manifest(folder)
        limits = EncodingLimits(self.manifest.question_tokens, self.manifest.window_tokens)
        self._encoder = Encoder(folder, limits, threads)
        self._ngrams = NgramModel.load(folder)
        self._language = LanguageCheck()

    @property
    def codebook(self) -> Codebook:
        """The codebook whose themes it gives."""
        return self.manifest.codebook

    def tag(
        self,
        texts: Sequence[str],
        questions: Sequence[str | None] | str | None = None,
        operating_point: OperatingPoint | str = OperatingPoint.BALANCED,
    ) -> list[Prediction]:
        """Tag comments; the answer to a comment does not depend on the others.

        Args:
            texts: The comments, as written.
            questions: The survey question each one answers: one for all, one each, or none.
            operating_point: Which thresholds to use.

        Returns:
            One prediction a comment, in order.

        Raises:
            QuestionMismatchError: Questions were given, but not one for each comment.
        """
        point = OperatingPoint(operating_point)
        comments = list(zip(map(repair, texts), _questions(questions, len(texts)), strict=True))
        answers = self._answers(list(dict.fromkeys(comments)), point)
        return [answers[comment] for comment in comments]

    def _answers(self, comments: list[Comment], point: OperatingPoint) -> dict[Comment, Prediction]:
        answers = {comment: Prediction(Status.EMPTY) for comment in comments}
        written = [comment for comment in comments if _SOMETHING.search(comment[0])]
        english = self._language.are_english([text for text, _ in written])
        for comment in np.flatnonzero(~english):
            answers[written[comment]] = Prediction(Status.NOT_ENGLISH)
        readable = [written[index] for index in np.flatnonzero(english)]
        if readable:
            scores = self._scores(readable)
            themes, decide = self.codebook.theme_ids, self.manifest.decision.predictions
            answers.update(zip(readable, decide(scores, themes, point), strict=True))
        return answers

    def _scores(self, comments: list[Comment]) -> npt.NDArray[np.floating]:
        texts = [text for text, _ in comments]
        questions = [question for _, question in comments]
        return self.manifest.decision.scores(
            self._encoder.logits(texts, questions), self._ngrams.logits(texts, questions)
        )


def load(model: str | Path = "fft", threads: int | None = None) -> Tagger:
    """Load a shipped model by name, or any artefact by its folder.

    Args:
        model: ``fft``, or the path of an artefact's folder.
        threads: Encoder runs at a time; by default one for each core.

    Raises:
        UnknownModelError: No model of that name is shipped, and no folder of that path exists.
        ArtefactError: The folder is damaged, foreign, or of another format version.
    """
    if isinstance(model, str) and model in shipped_models():
        return Tagger(PRETRAINED / model, threads)
    if Path(model).is_dir():
        return Tagger(Path(model), threads)
    shipped = ", ".join(shipped_models())
    raise UnknownModelError(f"{model}: neither a shipped model ({shipped}) nor a folder")


def shipped_models() -> tuple[str, ...]:
    """Names of the models that come with Sayso."""
    if not PRETRAINED.is_dir():
        return ()
    return tuple(sorted(path.name for path in PRETRAINED.iterdir() if path.is_dir()))


def _questions(given: Sequence[str | None] | str | None, comments: int) -> list[str | None]:
    if given is None or isinstance(given, str):
        given = [given] * comments
    if len(given) != comments:
        raise QuestionMismatchError(f"{len(given)} questions were given for {comments} comments")
    return [" ".join(question.split()) if question else None for question in given]
