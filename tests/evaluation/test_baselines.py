import warnings
from collections.abc import Callable

import numpy as np
import pytest

from evaluation import Baseline, NgramBaseline, NotFittedError, NothingToLearnError, PeerBaseline
from evaluation.baselines import letters_only

WAITING = [
    "I waited four hours to be seen",
    "The wait was far too long",
    "Waiting times need to be shorter",
    "We waited and waited in the corridor",
    "Long wait, no news while waiting",
    "A shorter wait would help",
]
STAFF = [
    "The nurses were kind and gentle",
    "Lovely staff, so caring",
    "A kind doctor listened to me",
    "Staff were friendly and caring",
    "The nurse was gentle with my son",
    "Such a caring and friendly team",
]
TEXTS = [*WAITING, *STAFF]
TRUTH = np.array([[i < len(WAITING), i >= len(WAITING), i == 3, False] for i in range(len(TEXTS))])
BOTH = pytest.mark.parametrize("make", [PeerBaseline, NgramBaseline])
Make = Callable[[], Baseline]


@BOTH
def test_a_baseline_learns_what_its_examples_show(make: Make) -> None:
    scores = make().fit(TEXTS, TRUTH).scores(["waited a long time", "kind caring nurses"])
    assert scores.shape == (2, 4)
    assert scores[0, 0] > scores[1, 0]
    assert scores[1, 1] > scores[0, 1]
    assert ((scores >= 0) & (scores <= 1)).all()


@BOTH
def test_a_theme_with_one_example_or_none_is_scored_at_its_share(make: Make) -> None:
    scores = make().fit(TEXTS, TRUTH).scores(["anything"])
    assert scores[0, 2:].tolist() == [1 / 12, 0]


@BOTH
def test_a_theme_with_two_examples_is_still_learned(make: Make) -> None:
    truth = np.arange(len(TEXTS))[:, None] < 2
    scores = make().fit(TEXTS, truth).scores(TEXTS)
    assert len(np.unique(scores)) > 1


@BOTH
def test_the_same_texts_give_the_same_scores(make: Make) -> None:
    one, other = (make().fit(TEXTS, TRUTH).scores(TEXTS) for _ in range(2))
    assert (one == other).all()


@BOTH
def test_no_texts_have_no_scores(make: Make) -> None:
    assert make().fit(TEXTS, TRUTH).scores([]).shape == (0, 4)


@BOTH
def test_a_baseline_that_has_not_learned_gives_no_scores(make: Make) -> None:
    with pytest.raises(NotFittedError):
        make().scores(["a comment"])


@BOTH
@pytest.mark.parametrize("texts", [["", "!"], []])
def test_texts_without_words_teach_nothing(make: Make, texts: list[str]) -> None:
    with pytest.raises(NothingToLearnError, match="word"):
        make().fit(texts, np.zeros((len(texts), 1), dtype=bool))


@BOTH
def test_texts_and_themes_must_be_as_many(make: Make) -> None:
    with pytest.raises(NothingToLearnError, match="1 texts for 12 rows"):
        make().fit(["one"], TRUTH)


def test_the_peer_reads_neither_digits_nor_punctuation() -> None:
    assert letters_only("Ward 12B: it's FINE!\nThanks_£5").split() == [
        "ward", "b", "its", "fine", "thanks",
    ]  # fmt: skip
    peer = PeerBaseline().fit(TEXTS, TRUTH)
    plain, noisy = peer.scores(["kind nurses", "KIND, nurses!! 42"])
    assert (plain == noisy).all()


def test_the_cuts_are_those_published() -> None:
    assert (PeerBaseline().cut, NgramBaseline().cut) == (0.3, 0.5)


def test_the_peers_early_stopping_warns_nobody() -> None:
    # themes at random are hard enough to reach the limit of iterations
    generator = np.random.default_rng(0)
    words = np.array([f"w{letter}" for letter in "abcdefghijklmnopqrst"])
    texts = [" ".join(generator.choice(words, 60)) for _ in range(400)]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        PeerBaseline().fit(texts, generator.random((400, 1)) < 0.5)
