"""The tagger: comments in, themes with scores out."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from tokenizers import Tokenizer

from labelled_data import repair
from models.artefact import (
    EMBEDDINGS,
    GRAPH,
    QUICK_GRAPH,
    QUICK_HEAD,
    QUICK_SENTIMENT,
    SENTIMENT,
    SHARED,
    TOKENIZER,
    Manifest,
    artefact_file,
    read_manifest,
)
from models.encoder import Encoder
from models.encoding import CommentEncoder, EncodingLimits
from models.errors import DamagedArtefactError, QuestionMismatchError, UnknownModelError
from models.evidence import spans_in_original
from models.language import LanguageCheck
from models.ngrams import NgramModel
from models.predictions import Effort, OperatingPoint, Prediction, Status, Tag
from models.readers import NeuralReader, Readers
from models.sentiment import SentimentHead
from models.theme_head import ThemeHead

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

    from labelled_data import Codebook
    from models.readers import Answer

    Comment = tuple[str, str | None]
    Floats = npt.NDArray[np.float32]

PRETRAINED = Path(__file__).parent / "pretrained"
PIECE = 512
"""Comments that are made ready at once, while those before them are read."""
# A letter, a digit or a pictograph; "..." and "-" say nothing.
_SOMETHING = re.compile(r"[^\W_]|[\u2600-\u27bf\U0001f000-\U0001faff]")


class Tagger:
    """Tags comments with the themes of its codebook.

    Args:
        folder: An artefact's folder.
        threads: Encoder runs at a time; by default one for each core.

    Attributes:
        folder: Where it was loaded from.

    Raises:
        ArtefactError: The folder is damaged, foreign, or of another format version.
    """

    def __init__(self, folder: Path, threads: int | None = None) -> None:
        self.manifest: Manifest = read_manifest(folder)
        self.head = ThemeHead.load(folder)
        self.limits = EncodingLimits(self.manifest.question_tokens, self.manifest.window_tokens)
        self.folder = folder
        self._themes = self.codebook.theme_ids
        self.comments = CommentEncoder(self._tokenizer(), self.limits)
        quick = self.manifest.cascade is not None
        self._readers = Readers(
            decision=self.manifest.decision,
            ngrams=NgramModel.load(folder),
            comments=self.comments,
            encoder=self._reader(GRAPH, self.head, SENTIMENT, threads),
            quick=self._quick_reader(threads) if quick else None,
            cascade=self.manifest.cascade,
        )
        self._language = LanguageCheck()

    def _reader(
        self, graph: str, head: ThemeHead, sentiment: str, threads: int | None
    ) -> NeuralReader:
        encoder = Encoder(
            graph=self.file(graph),
            embeddings=self.file(EMBEDDINGS),
            head=head,
            sha256=(self.manifest.files[graph], self.manifest.files[EMBEDDINGS]),
            threads=threads,
        )
        tells = sentiment in self.manifest.files
        return NeuralReader(encoder, SentimentHead.load(self.folder, sentiment) if tells else None)

    def _quick_reader(self, threads: int | None) -> NeuralReader:
        head = ThemeHead.load(self.folder, QUICK_HEAD)
        return self._reader(QUICK_GRAPH, head, QUICK_SENTIMENT, threads)

    def _tokenizer(self) -> Tokenizer:
        path = self.file(TOKENIZER)
        try:
            return Tokenizer.from_file(str(path))
        except Exception as error:  # tokenizers raises bare Exception
            raise DamagedArtefactError(f"{path}: not a tokenizer that can be read") from error

    @property
    def codebook(self) -> Codebook:
        """The codebook whose themes it gives."""
        return self.manifest.codebook

    def file(self, name: str) -> Path:
        """Give the path of one of the artefact's files, its own or a shared one."""
        return artefact_file(self.folder, name)

    @property
    def encoder(self) -> Encoder:
        """The encoder alone."""
        return self._readers.encoder.encoder

    @property
    def ngrams(self) -> NgramModel:
        """The n-gram model; see ``Readers`` for its columns."""
        return self._readers.ngrams

    def states(
        self, texts: Sequence[str], questions: Sequence[str | None], *, quick: bool = False
    ) -> list[Floats]:
        """Encode comments: for each, (tokens, h) states of all its windows.

        Args:
            texts: The comments.
            questions: What each one answers.
            quick: Take the quick encoder, where the artefact has one.
        """
        reader = self._readers.quick if quick else None
        encoder = reader.encoder if reader else self.encoder
        return encoder.states(self.comments.windows_of(texts, questions))

    def tag(
        self,
        texts: Sequence[str],
        questions: Sequence[str | None] | str | None = None,
        operating_point: OperatingPoint | str = OperatingPoint.BALANCED,
        effort: Effort | str = Effort.ACCURATE,
    ) -> list[Prediction]:
        """Tag comments; the answer to a comment does not depend on the others.

        It is quickest with a thousand or more at once: those of one length are read together, and
        a comment that stands several times is read once.

        Args:
            texts: The comments, as written.
            questions: The survey question each one answers: one for all, one each, or none.
            operating_point: Which thresholds to use.
            effort: How sure a cheaper reader must be to answer in the encoder's place. An artefact
                without cheaper readers gives the same answers to either.

        Returns:
            One prediction a comment, in order.

        Raises:
            QuestionMismatchError: Questions were given, but not one for each comment.
        """
        point, effort = OperatingPoint(operating_point), Effort(effort)
        comments = list(zip(texts, _questions(questions, len(texts)), strict=True))
        answers = self._answers(list(dict.fromkeys(comments)), point, effort)
        return [answers[comment] for comment in comments]

    def _answers(
        self, comments: list[Comment], point: OperatingPoint, effort: Effort
    ) -> dict[Comment, Prediction]:
        """Tag distinct comments: while some are read, the next are made ready."""
        answers = {comment: Prediction(Status.EMPTY) for comment in comments}
        readable: list[tuple[Comment, str]] = []
        with self._readers.at_work(point, effort) as at_work:
            for start in range(0, len(comments), PIECE):
                piece = self._readable(comments[start : start + PIECE], answers)
                at_work.add([text for _, text in piece], [comment[1] for comment, _ in piece])
                readable += piece
            for number, answer in at_work.answers():
                comment, text = readable[number]
                answers[comment] = self._prediction(comment[0], text, answer)
        return answers

    def _readable(
        self, comments: list[Comment], answers: dict[Comment, Prediction]
    ) -> list[tuple[Comment, str]]:
        """Give the comments that can be read with their mended text, and answer the others."""
        mended = [(comment, repair(comment[0])) for comment in comments]
        written = [(comment, text) for comment, text in mended if _SOMETHING.search(text)]
        english = self._language.are_english([text for _, text in written])
        for row in np.flatnonzero(~english).tolist():
            answers[written[row][0]] = Prediction(Status.NOT_ENGLISH)
        return [written[row] for row in np.flatnonzero(english).tolist()]

    def _prediction(self, original: str, text: str, answer: Answer) -> Prediction:
        without = Status.UNSURE if answer.unsure else Status.NO_THEME
        return Prediction(
            status=Status.TAGGED if answer.given else without,
            tags=tuple(self._tags(original, text, answer)),
            scores=tuple(answer.scores),
            sentiment=answer.sentiment,
        )

    def _tags(self, original: str, text: str, answer: Answer) -> Iterator[Tag]:
        rule, share = answer.decision.polarity, answer.decision.evidence_share
        for place in answer.given:
            said = answer.reading.said(place, share)
            yield Tag(
                theme=self._themes[place],
                score=answer.scores[place],
                polarity=rule.polarity(said.praise, said.blame),
                evidence=spans_in_original(said.evidence, text, original),
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
    return Tagger(folder_of(model), threads)


def folder_of(model: str | Path) -> Path:
    """Give the folder of a shipped model, or of any artefact; see ``load``.

    Raises:
        UnknownModelError: No model of that name is shipped, and no folder of that path exists.
    """
    if isinstance(model, str) and model in shipped_models():
        return PRETRAINED / model
    if Path(model).is_dir():
        return Path(model)
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
