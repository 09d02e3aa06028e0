"""What a comment costs by its length."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from evaluation.speed.comments import of_length
from evaluation.speed.results import LengthCost
from evaluation.speed.timing import by_turns
from models.predictions import Effort

if TYPE_CHECKING:
    from models import Tagger

LENGTHS = (5, 10, 20, 50, 100, 200, 500)
QUESTION = "What could we do better?"
WORDS = 10_000
"""About how many words are tagged at once of each length."""
FEWEST, MOST = 20, 500


def measure_length(tagger: Tagger, rounds: int) -> tuple[LengthCost, ...]:
    """Tag comments of several lengths with either effort, by turns; the best round counts."""
    made = {words: of_length(words, min(max(WORDS // words, FEWEST), MOST)) for words in LENGTHS}
    jobs = {
        f"{words} {effort}": partial(tagger.tag, texts, QUESTION, effort=effort)
        for words, texts in made.items()
        for effort in (Effort.FAST, Effort.ACCURATE)
    }
    tagger.tag(made[LENGTHS[0]], QUESTION)
    seconds = by_turns(jobs, rounds)
    return tuple(
        LengthCost(
            words=words,
            comments=len(texts),
            effort=effort,
            milliseconds=1_000 * min(seconds[f"{words} {effort}"]) / len(texts),
        )
        for words, texts in made.items()
        for effort in (Effort.FAST, Effort.ACCURATE)
    )
