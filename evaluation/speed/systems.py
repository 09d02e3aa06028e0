"""Systems that tag the same comments, and how fast each of them is."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from evaluation.baselines import PeerBaseline
from evaluation.labelled import PEER
from evaluation.measures import measure, supported
from evaluation.predictions import Predictions
from evaluation.speed.results import SystemSpeed, SystemSpeeds
from evaluation.speed.timing import by_turns
from models.predictions import Effort, OperatingPoint
from models.reading import joined_reading
from models.tagging_processes import TaggingProcesses, usual_processes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from evaluation.predictions import Flags
    from evaluation.speed.comments import SpeedData
    from evaluation.speed.given import StatesOf
    from models import Prediction, Tagger
    from models.reading import Reading

ACCURATE, FAST = "Sayso accurate", "Sayso fast"
ONE = ", one process"
"""What is said of these where they do not share the comments out among processes."""
TOKENISED = "int8 encoder and its tokens"
WARM_UP = 64
"""Comments that each system tags before time is taken."""


@dataclass(frozen=True, slots=True)
class System:
    """Something that tags the test comments.

    Attributes:
        name: What it is.
        work: What time is taken of: tags some of the comments.
        given: Makes (comments, measured themes) decisions of what the work gave, untimed.
    """

    name: str
    work: Callable[[slice], Any]
    given: Callable[[Any], Flags]


@dataclass(frozen=True)
class ArtefactSystems:
    """The systems that can be made of an artefact's parts.

    Attributes:
        tagger: The artefact.
        data: The comments.
    """

    tagger: Tagger
    data: SpeedData
    _texts: list[str] = field(init=False, repr=False)
    _questions: list[str | None] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_texts", list(self.data.test.texts))
        object.__setattr__(self, "_questions", list(self.data.test.questions))

    def peer(self) -> System:
        """Train the peer's quick model on the training part."""
        peer = PeerBaseline().fit(self.data.train.texts, self.data.train.labels)
        return System(
            PEER,
            work=lambda rows: peer.scores(self._texts[rows]),
            given=lambda scores: scores >= peer.cut,
        )

    def ngrams(self) -> System | None:
        """Give the n-grams alone, where the artefact lets them decide anything alone."""
        cascade, ngrams = self.tagger.manifest.cascade, self.tagger.ngrams
        if cascade is None:
            return None
        decision = cascade.ngrams.decision
        themes = len(decision.slopes)

        def work(rows: slice) -> Flags:
            logits = ngrams.logits(self._texts[rows], self._questions[rows])[:, :themes]
            return decision.given(decision.scores(logits, logits), OperatingPoint.BALANCED)

        return System("n-grams alone", work, given=lambda given: given[:, self.data.columns])

    def sayso(self, name: str, effort: Effort) -> System:
        """Give the tagger as everyone uses it, in one process."""

        def work(rows: slice) -> list[Prediction]:
            return self.tagger.tag(self._texts[rows], self._questions[rows], effort=effort)

        return System(name + ONE, work, self._given)

    def processes(self, name: str, processes: TaggingProcesses) -> System:
        """Give taggers in several processes, as ``sayso tag`` uses them for a long file."""

        def work(rows: slice) -> list[Prediction]:
            return processes.tag(self._texts[rows], self._questions[rows])

        return System(name, work, self._given)

    def _given(self, answers: list[Prediction]) -> Flags:
        found = [set(answer.themes) for answer in answers]
        return np.array([[theme in each for theme in self.data.themes] for each in found])

    def encoders(self, float32: StatesOf) -> list[System]:
        """Give the encoder alone, with and without making its windows, and in torch's float32."""
        encoder, comments = self.tagger.encoder, self.tagger.comments
        made = comments.windows_of(self._texts, self._questions)
        head = self.tagger.head

        def tokenised(rows: slice) -> list[Reading]:
            windows = comments.windows_of(self._texts[rows], self._questions[rows])
            return encoder.read(self._texts[rows], windows)

        def in_float32(rows: slice) -> list[Reading]:
            states = iter(float32([window for windows in made[rows] for window in windows]))
            return [
                joined_reading(text, windows, [head.read(next(states)) for _ in windows])
                for text, windows in zip(self._texts[rows], made[rows], strict=True)
            ]

        return [
            System(
                "int8 encoder",
                lambda rows: encoder.read(self._texts[rows], made[rows]),
                self._blended,
            ),
            System(TOKENISED, tokenised, self._blended),
            System("float32 encoder (torch)", in_float32, self._blended),
        ]

    def _blended(self, readings: Sequence[Reading]) -> Flags:
        """Decide as the last reader does, with the n-grams' log-odds."""
        decision = self.tagger.manifest.decision
        plain = self.tagger.ngrams.logits(self._texts, self._questions)[:, : len(decision.slopes)]
        encoded = np.array([reading.logits for reading in readings])
        given = decision.given(decision.scores(encoded, plain), OperatingPoint.BALANCED)
        return given[:, self.data.columns]


def measure_systems(
    tagger: Tagger, data: SpeedData, float32: StatesOf, rounds: int
) -> SystemSpeeds:
    """Have all systems tag the test comments, by turns.

    Args:
        tagger: The artefact.
        data: The comments.
        float32: Its encoder in torch.
        rounds: How often.
    """
    made = ArtefactSystems(tagger, data)
    ngrams = made.ngrams()
    with ExitStack() as begun:
        fast, accurate = (
            begun.enter_context(
                TaggingProcesses(tagger.folder, usual_processes(), OperatingPoint.BALANCED, effort)
            )
            for effort in (Effort.FAST, Effort.ACCURATE)
        )
        systems = [
            made.peer(),
            *([ngrams] if ngrams else []),
            made.processes(FAST, fast),
            made.processes(ACCURATE, accurate),
            made.sayso(FAST, Effort.FAST),
            made.sayso(ACCURATE, Effort.ACCURATE),
            *made.encoders(float32),
        ]
        measured = _measured(systems, data, rounds)
    return SystemSpeeds(
        comments=len(data.test),
        rows=len(data.every),
        repeated_share=data.repeated_share,
        themes=len(data.themes),
        systems=measured,
    )


def _measured(systems: Sequence[System], data: SpeedData, rounds: int) -> tuple[SystemSpeed, ...]:
    comments = len(data.test)
    answers: dict[str, Any] = {}

    def job(system: System) -> Callable[[], None]:
        def work() -> None:
            answers[system.name] = system.work(slice(0, comments))

        return work

    for system in systems:
        system.work(slice(0, WARM_UP))
    seconds = by_turns({system.name: job(system) for system in systems}, rounds)
    f1 = {system.name: _f1(system.given(answers[system.name]), data) for system in systems}
    peer = min(seconds[systems[0].name])
    return tuple(
        SystemSpeed(
            system=system.name,
            seconds=seconds[system.name],
            comments_per_second=comments / min(seconds[system.name]),
            times_the_peer=peer / min(seconds[system.name]),
            micro_f1=f1[system.name][0],
            macro_f1=f1[system.name][1],
            micro_f1_lost=f1[ACCURATE][0] - f1[system.name][0],
            macro_f1_lost=f1[ACCURATE][1] - f1[system.name][1],
        )
        for system in systems
    )


def _f1(given: Flags, data: SpeedData) -> tuple[float, float]:
    """Measure decisions: micro-F1, and macro-F1 over the themes that a test comment has."""
    truth = data.test.labels
    predictions = Predictions(truth, given.astype(float), given, data.themes)
    measures = measure(predictions, supported(truth.sum(axis=0), 1))
    return float(measures.micro[2]), float(measures.macro[2])
