import numpy as np

from labelled_data import distinct
from models.ngrams import NgramModel
from tests.training.drawn_comments import comment
from training.fit_ngrams import fit_ngrams
from training.recipe import NgramPart

THEMES = ("waiting", "kindness")
SAID = [
    comment(f"{text} {place}", theme)
    for place in ("here", "there", "upstairs")
    for text, theme in (("we waited", "waiting"), ("a kind nurse", "kindness"))
]
WRITTEN = [
    comment(f"{text} {place}", theme)
    for place in ("here", "there", "upstairs")
    for text, theme in (("a queue we waited in", "waiting"), ("a smile so kind", "kindness"))
]
DATA = distinct([*SAID, *WRITTEN], THEMES)
SAMPLE = np.arange(len(DATA)) < len(SAID)


def words_of(model: NgramModel) -> set[str]:
    return set(model.features.vocabularies["words"])


def test_ngrams_are_those_of_the_sample() -> None:
    whole, sampled = (fit_ngrams(DATA, NgramPart(), 0, which) for which in (None, SAMPLE))
    assert {"queue", "smile", "waited", "kind"} <= words_of(whole)
    assert words_of(sampled) == words_of(fit_ngrams(distinct(SAID, THEMES), NgramPart(), 0))


def test_what_they_say_is_learnt_from_all_comments() -> None:
    """Written comments turn a word round that the sample has on one side alone."""
    turned = [comment(f"kind of slow, {word}", "waiting") for word in ("a", "b", "c", "d", "e")]
    data = distinct([*SAID, *turned], THEMES)
    sample = np.arange(len(data)) < len(SAID)
    alone = fit_ngrams(distinct(SAID, THEMES), NgramPart(), 0)
    both = fit_ngrams(data, NgramPart(), 0, sample)
    asked = (["kind"], [None])
    assert (both.logits(*asked) > alone.logits(*asked))[0, THEMES.index("waiting")]
