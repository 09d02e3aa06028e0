from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from labelled_data import Span
from models.ngrams import NgramModel
from models.plain_reading import PlainReading, plain_readings

Floats = npt.NDArray[np.float32]

WAITING, PARKING = 0, 1
COLUMNS = ("wait", "parking", "good", "bad")
"""Two themes, praise and blame, each told by a word."""


class Words(NgramModel):
    """Log-odds of 3 for a column whose word stands in a text, -3 for the others."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str | None]] = []

    def logits(self, texts: Sequence[str], questions: Sequence[str | None]) -> Floats:
        self.asked += zip(texts, questions, strict=True)
        rows = [[3.0 if word in text else -3.0 for word in COLUMNS] for text in texts]
        return np.array(rows, dtype=np.float32)


def readings(
    *texts: str, needed: Sequence[bool] | None = None
) -> tuple[list[PlainReading], list[tuple[str, str | None]]]:
    """What is read, and the sentences the n-grams were asked about."""
    words = Words()
    whole = Words().logits(texts, [None] * len(texts))
    asked = ["Why?"] * len(texts)
    found = plain_readings(words, texts, asked, whole, needed or [True] * len(texts))
    return found, words.asked


def test_the_only_sentence_of_a_comment_is_its_evidence_and_is_not_read_again() -> None:
    (reading,), asked = readings("A bad wait.")
    for theme in (WAITING, PARKING):
        assert reading.said(theme, 0.5) == (-3, 3, (Span(0, 11),))
    assert asked == []


def test_a_theme_is_told_by_the_sentence_it_stands_in_and_so_is_its_polarity() -> None:
    text = "A bad wait. The parking was good."
    (reading,), _ = readings(text)
    waiting, parking = reading.said(WAITING, 0.5), reading.said(PARKING, 0.5)
    assert [span.of(text) for span in waiting.evidence] == ["A bad wait."]
    assert [span.of(text) for span in parking.evidence] == ["The parking was good."]
    assert (waiting.praise, waiting.blame) == (-3, 3)
    assert (parking.praise, parking.blame) == (3, -3)


def test_praise_and_blame_in_different_sentences_on_a_theme_are_both_heard() -> None:
    text = "A bad wait. Fine weather! Then a good wait."
    (reading,), _ = readings(text)
    said = reading.said(WAITING, 0.5)
    assert [span.of(text) for span in said.evidence] == ["A bad wait.", "Then a good wait."]
    assert (said.praise, said.blame) == (3, 3)


def test_each_comment_has_its_own_sentences_read_with_its_question() -> None:
    texts = "A bad wait. Bye.", "A wait.", "One. Two. No good parking."
    found, asked = readings(*texts)
    parts = "A bad wait.", "Bye.", "One.", "Two.", "No good parking."
    assert asked == [(part, "Why?") for part in parts]
    assert [len(reading.sentences) for reading in found] == [2, 1, 3]
    assert found[2].said(PARKING, 0.5) == (3, -3, (Span(10, 26),))


def test_nothing_is_read_of_comments_that_nobody_asks_about() -> None:
    _, asked = readings("One. Two.", "A wait. Bye.", needed=[False, True])
    assert [text for text, _ in asked] == ["A wait.", "Bye."]


def test_no_comments_have_no_readings() -> None:
    assert readings() == ([], [])
