from __future__ import annotations

import pytest

import models
from labelled_data import Polarity


@pytest.mark.parametrize(
    ("polarity", "praises", "blames"),
    [
        (Polarity.POSITIVE, True, False),
        (Polarity.NEGATIVE, False, True),
        (Polarity.MIXED, True, True),
        (Polarity.NEUTRAL, False, False),
    ],
)
def test_mixed_is_both_praise_and_blame_and_neutral_is_neither(
    polarity: Polarity, praises: bool, blames: bool
) -> None:
    assert (polarity.praises, polarity.blames) == (praises, blames)


def test_praise_and_blame_together_tell_which_polarity_it_is() -> None:
    assert len({(polarity.praises, polarity.blames) for polarity in Polarity}) == len(Polarity)


def test_polarities_are_written_as_plain_words() -> None:
    assert [f"{polarity}" for polarity in Polarity] == ["positive", "negative", "mixed", "neutral"]


def test_what_people_label_and_what_the_tagger_says_are_the_same_four() -> None:
    assert models.Polarity is Polarity
