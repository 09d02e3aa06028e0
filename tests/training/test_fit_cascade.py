import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit

from models import Decision, OperatingPoint
from models.cascade import NOBODY, Stage
from models.predictions import Effort
from training.fit_cascade import Seen, Told, learn_cascade
from training.recipe import CascadePart, LossPart

Floats = npt.NDArray[np.float64]

COMMENTS, THEMES = 400, 2
SHORT = 60
"""Characters below which a comment is short."""
NOTHING = LossPart(micro_f1=0, macro_f1=0, polarity=0)
LITTLE = LossPart(micro_f1=0.01, macro_f1=0.02, polarity=0.02)
SOME = LossPart(micro_f1=0.05, macro_f1=0.1, polarity=0.1)
PART = CascadePart(accurate=LITTLE, fast=SOME)
DECISION = Decision(
    encoder_weight=0.5,
    slopes=(1.0,) * THEMES,
    intercepts=(0.0,) * THEMES,
    thresholds=dict.fromkeys(OperatingPoint, (0.5,) * THEMES),
    unsure_from=0.5,
)
seeds = st.integers(0, 999)
shares = st.sampled_from([0.0, 0.02, 0.1, 0.3, 1.0])


def comments(seed: int) -> Told:
    """Comments with praise or blame of each of their themes, about half of them short."""
    random = np.random.default_rng(seed)
    labels = random.random((COMMENTS, THEMES)) < 0.4
    praise = (random.random((COMMENTS, THEMES)) < 0.5).astype(np.float64)
    polarity = np.where(labels[..., None], np.stack([praise, 1 - praise], axis=2), np.nan)
    return Told(labels, polarity, random.uniform(5, 2 * SHORT, COMMENTS))


def a_reader(told: Told, seed: int, wrong_if_short: float, wrong_if_long: float) -> Seen:
    """A reader that gets some share of the themes wrong, and of what is said of them."""
    random = np.random.default_rng(1000 + seed)
    share = np.where(told.characters < SHORT, wrong_if_short, wrong_if_long)[:, None]
    wrong, unheard = random.random((2, *told.labels.shape)) < share
    scores = expit(np.where(told.labels ^ wrong, 1, -1) * random.uniform(0.1, 3, wrong.shape))
    said = logit(np.clip(np.nan_to_num(told.polarity), 0.1, 0.9))
    sides = np.where(unheard[..., None], -1, 1) * said
    return Seen(DECISION, scores, sides, sides.max(axis=1))


def answered(stage: Stage, reader: Seen, told: Told, effort: Effort) -> npt.NDArray[np.bool_]:
    return stage.answers(reader.scores, reader.sides, told.characters, effort)


def test_a_reader_that_is_good_at_short_comments_learns_to_answer_these() -> None:
    told = comments(0)
    readers = a_reader(told, 0, 0, 0.5), a_reader(told, 1, 1, 1), a_reader(told, 2, 0, 0)
    cascade = learn_cascade(*readers, told, PART)
    short = told.characters < SHORT
    accurate, fast = (answered(cascade.ngrams, readers[0], told, effort) for effort in Effort)
    assert accurate[short].mean() > 0.6
    assert accurate[~short].mean() < 0.1
    assert fast[accurate].all()
    assert cascade.stated[Effort.FAST].quick == 0
    assert cascade.comments == COMMENTS


def test_the_quick_encoder_answers_what_it_is_as_good_at_and_the_ngrams_are_not() -> None:
    told = comments(0)
    readers = a_reader(told, 0, 1, 1), a_reader(told, 1, 0, 0.5), a_reader(told, 2, 0, 0)
    cascade = learn_cascade(*readers, told, PART)
    short = told.characters < SHORT
    by_quick = answered(cascade.quick, readers[1], told, Effort.ACCURATE)
    assert by_quick[short].mean() > 0.6
    assert by_quick[~short].mean() < 0.1
    assert not answered(cascade.ngrams, readers[0], told, Effort.FAST).any()


@settings(max_examples=8)
@given(seed=seeds, wrong=st.tuples(*[st.tuples(shares, shares)] * 3), alone=st.booleans())
def test_no_more_is_lost_than_may_be(
    seed: int, wrong: tuple[tuple[float, float], ...], alone: bool
) -> None:
    told = comments(seed)
    ngrams, quick, encoder = (
        a_reader(told, seed + place, *each) for place, each in enumerate(wrong)
    )
    cascade = learn_cascade(ngrams, quick, encoder, told, PART, alone=alone)
    half = 0.5 if alone else 1
    for effort, most, share in ((Effort.ACCURATE, LITTLE, half), (Effort.FAST, SOME, 1)):
        stated = cascade.stated[effort]
        assert stated.micro_f1 <= share * most.micro_f1
        assert stated.macro_f1 <= share * most.macro_f1
        assert stated.polarity <= share * most.polarity
        assert stated.ngrams + stated.quick <= 1 + 1e-9


@settings(max_examples=4)
@given(seeds)
def test_readers_that_are_always_worse_answer_nothing_where_nothing_may_be_lost(seed: int) -> None:
    told = comments(seed)
    readers = a_reader(told, 0, 1, 1), a_reader(told, 1, 1, 1), a_reader(told, 2, 0, 0)
    cascade = learn_cascade(*readers, told, CascadePart(accurate=NOTHING, fast=NOTHING))
    for effort in Effort:
        assert cascade.stated[effort].ngrams == cascade.stated[effort].quick == 0
        assert not answered(cascade.ngrams, readers[0], told, effort).any()
        assert not answered(cascade.quick, readers[1], told, effort).any()


def test_readers_that_are_as_good_answer_everything_for_nothing() -> None:
    told = comments(0)
    same = a_reader(told, 0, 0.1, 0.1)
    cascade = learn_cascade(same, same, same, told, CascadePart(accurate=NOTHING, fast=NOTHING))
    assert answered(cascade.quick, same, told, Effort.ACCURATE).all()
    assert cascade.mean
    assert cascade.stated[Effort.ACCURATE].ngrams == 1


def test_where_the_encoder_is_alone_fast_leaves_to_the_ngrams_what_accurate_does() -> None:
    told = comments(0)
    readers = a_reader(told, 0, 0, 0.5), a_reader(told, 1, 0, 0.1), a_reader(told, 2, 0, 0)
    ngrams = learn_cascade(*readers, told, PART, alone=True).ngrams
    assert ngrams.sure_from[Effort.FAST] == ngrams.sure_from[Effort.ACCURATE] < 1


def test_where_it_may_be_lost_the_quick_encoder_answers_all_that_the_ngrams_are_not_sure_of() -> (
    None
):
    told = comments(0)
    readers = a_reader(told, 0, 0.5, 0.5), a_reader(told, 1, 0.5, 0.5), a_reader(told, 2, 0, 0)
    anything = LossPart(micro_f1=1, macro_f1=1, polarity=1)
    cascade = learn_cascade(*readers, told, CascadePart(accurate=NOTHING, fast=anything))
    stated = cascade.stated[Effort.FAST]
    assert stated.ngrams < 0.5
    assert stated.ngrams + stated.quick == pytest.approx(1)
    assert answered(cascade.quick, readers[1], told, Effort.FAST).all()


def test_the_quick_encoder_has_no_say_in_accurate_where_the_encoder_is_the_last_reader_alone() -> (
    None
):
    told = comments(0)
    readers = a_reader(told, 0, 0.5, 0.5), a_reader(told, 1, 0, 0), a_reader(told, 2, 0, 0)
    cascade = learn_cascade(*readers, told, PART, alone=True)
    assert cascade.quick.sure_from[Effort.ACCURATE] == NOBODY
    assert cascade.stated[Effort.ACCURATE].quick == 0
    assert cascade.stated[Effort.FAST].quick > 0.5
    assert not cascade.mean


@pytest.mark.parametrize("mistakes", [0, 1, 2, 3])
def test_a_cheap_reader_that_makes_hardly_any_mistake_answers_nearly_everything(
    mistakes: int,
) -> None:
    told = comments(0)
    best = a_reader(told, 0, 0, 0)
    scores = best.scores.copy()
    scores[:mistakes] = 1 - scores[:mistakes]
    cheap = Seen(DECISION, scores, best.polarity, best.sides)
    cascade = learn_cascade(cheap, cheap, best, told, PART)
    assert cascade.stated[Effort.FAST].ngrams > 0.9
