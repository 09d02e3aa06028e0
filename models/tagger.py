"""The tagger: comments in, themes with scores out."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from labelled_data import repair
from models.artefact import SHARED, Manifest, artefact_file, read_manifest
from models.encoder import GRAPH, TOKENIZER, Encoder
from models.encoding import EncodingLimits
from models.errors import QuestionMismatchError, UnknownModelError
from models.evidence import spans_in_original
from models.language import LanguageCheck
from models.ngrams import NgramModel
from models.predictions import OperatingPoint, Prediction, Status, Tag
from models.sentiment import SENTIMENT, SentimentHead
from models.theme_head import ThemeHead

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from labelled_data import Codebook
    from models.reading import Reading

    Comment = tuple[str, str | None]
    Floats = npt.NDArray[np.floating]
    Flags = npt.NDArray[np.bool_]

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
        self.head = ThemeHead.load(folder)
        self.limits = EncodingLimits(self.manifest.question_tokens, self.manifest.window_tokens)
        self._folder = folder
        self._encoder = Encoder(
            graph=self.file(GRAPH),
            tokenizer=self.file(TOKENIZER),
            head=self.head,
            limits=self.limits,
            sha256=self.manifest.files[GRAPH],
            threads=threads,
        )
        self._ngrams = NgramModel.load(folder)
        self._sentiment = SentimentHead.load(folder) if SENTIMENT in self.manifest.files else None
        self._language = LanguageCheck()

    @property
    def codebook(self) -> Codebook:
        """The codebook whose themes it gives."""
        return self.manifest.codebook

    def file(self, name: str) -> Path:
        """Give the path of one of the artefact's files, its own or a shared one."""
        return artefact_file(self._folder, name)

    def states(self, texts: Sequence[str], questions: Sequence[str | None]) -> list[Floats]:
        """Encode comments: for each, (tokens, h) states of all its windows."""
        return self._encoder.states(texts, questions)

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
        comments = list(zip(texts, _questions(questions, len(texts)), strict=True))
        answers = self._answers(list(dict.fromkeys(comments)), point)
        return [answers[comment] for comment in comments]

    def _answers(self, comments: list[Comment], point: OperatingPoint) -> dict[Comment, Prediction]:
        repaired = {comment: repair(comment[0]) for comment in comments}
        answers = {comment: Prediction(Status.EMPTY) for comment in comments}
        written = [comment for comment in comments if _SOMETHING.search(repaired[comment])]
        english = self._language.are_english([repaired[comment] for comment in written])
        for comment in np.flatnonzero(~english):
            answers[written[comment]] = Prediction(Status.NOT_ENGLISH)
        readable = [written[index] for index in np.flatnonzero(english)]
        if readable:
            texts = [repaired[comment] for comment in readable]
            answers.update(zip(readable, self._predictions(readable, texts, point), strict=True))
        return answers

    def _predictions(
        self, comments: list[Comment], texts: list[str], point: OperatingPoint
    ) -> list[Prediction]:
        decision, questions = self.manifest.decision, [question for _, question in comments]
        readings = self._encoder.read(texts, questions)
        encoded = np.stack([reading.logits for reading in readings])
        scores = decision.scores(encoded, self._ngrams.logits(texts, questions))
        given, unsure = decision.given(scores, point), decision.is_unsure(scores, point)
        return [
            self._prediction(comment[0], text, reading, *decided)
            for comment, text, reading, *decided in zip(
                comments, texts, readings, scores, given, unsure, strict=True
            )
        ]

    def _prediction(
        self,
        original: str,
        text: str,
        reading: Reading,
        scores: Floats,
        given: Flags,
        unsure: bool,
    ) -> Prediction:
        values = tuple(float(score) for score in scores)
        tags = tuple(
            self._tag(original, text, reading, place, values[place])
            for place in np.flatnonzero(given).tolist()
        )
        without = Status.UNSURE if unsure else Status.NO_THEME
        sentiment = self._sentiment.predict(reading.state) if self._sentiment else None
        return Prediction(Status.TAGGED if tags else without, tags, values, sentiment)

    def _tag(self, original: str, text: str, reading: Reading, place: int, score: float) -> Tag:
        decision = self.manifest.decision
        praise, blame = reading.polarity[place].tolist()
        spans = reading.evidence(place, decision.evidence_share)
        return Tag(
            theme=self.codebook.theme_ids[place],
            score=score,
            polarity=decision.polarity.polarity(praise, blame),
            evidence=spans_in_original(spans, text, original),
        )


def load(model: str | Path = "fft", threads: int | None = None) -> Tagger:
    """Load a shipped model by name, or any artefact by its folder.

    Args:
        model: ``fft``, ``uec``, ``ics``, or the path of an artefact's folder.
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
    folders = (path for path in PRETRAINED.iterdir() if path.is_dir() and path.name != SHARED)
    return tuple(sorted(path.name for path in folders))


def _questions(given: Sequence[str | None] | str | None, comments: int) -> list[str | None]:
    if given is None or isinstance(given, str):
        given = [given] * comments
    if len(given) != comments:
        raise QuestionMismatchError(f"{len(given)} questions were given for {comments} comments")
    return [" ".join(question.split()) if question else None for question in given]
