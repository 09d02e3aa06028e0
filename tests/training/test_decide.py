from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from scipy.special import expit
from sklearn.metrics import f1_score

from models import OperatingPoint
from models.decision import PolarityRule
from models.predictions import Polarity
from training.decide import (
    POLARITY_CUTS,
    OutOfFold,
    balanced_thresholds,
    best_blend,
    calibrate,
    decide,
    polarity_rule,
    recall_thresholds,
    spread_as,
    unsure_from,
)
from training.recipe import DecisionPart

Floats = npt.NDArray[np.floating]
probabilities = npst.arrays(
    np.float64, npst.array_shapes(min_dims=2, max_dims=2, max_side=25), elements=st.floats(0.01, 1)
)


def _simulated(n: int = 4000, seed: int = 0) -> OutOfFold:
    rng = np.random.default_rng(seed)
    truth, tones = rng.normal(-1, 2, (n, 3)), rng.normal(0, 2, (n, 3, 2))
    targets = (rng.random(truth.shape) < expit(truth)).astype(float)
    return OutOfFold(
        encoder=truth * 2 + rng.normal(0, 0.5, truth.shape),
        ngrams=rng.normal(0, 3, truth.shape),
        targets=targets,
        polarity=tones,
        polarity_targets=np.where(targets[..., None] > 0, tones > 0.5, np.nan),
    )


def test_the_blend_trusts_the_model_that_knows() -> None:
    scored = _simulated()
    assert best_blend(scored) > 0.8
    assert best_blend(replace(scored, encoder=scored.ngrams, ngrams=scored.encoder)) < 0.2


def test_the_blend_weighs_two_models_by_what_each_adds() -> None:
    """Noise of twice the variance on the one: it is worth half the weight of the other."""
    rng = np.random.default_rng(0)
    truth = rng.normal(-1, 2, (20_000, 1))
    targets = (rng.random(truth.shape) < expit(truth)).astype(float)
    noise = rng.normal(0, 1, truth.shape), rng.normal(0, 2**0.5, truth.shape)
    nothing = np.full((*truth.shape, 2), np.nan)
    both = OutOfFold(truth + noise[0], truth + noise[1], targets, nothing, nothing)
    assert best_blend(both) == pytest.approx(2 / 3, abs=0.051)


def test_calibrated_scores_are_the_shares_observed() -> None:
    scored = _simulated()
    slopes, intercepts = calibrate(scored.encoder, scored.targets, shrinkage=10)
    scores = expit(slopes * scored.encoder + intercepts)
    assert scores.mean(axis=0) == pytest.approx(scored.targets.mean(axis=0), abs=0.01)
    assert slopes == pytest.approx(0.5, abs=0.1)


def test_strong_shrinkage_gives_all_themes_the_common_calibration() -> None:
    scored = _simulated()
    slopes, intercepts = calibrate(scored.encoder, scored.targets, shrinkage=1e9)
    assert np.ptp(slopes) < 1e-3
    assert np.ptp(intercepts) < 1e-3


def test_a_theme_without_examples_is_calibrated_all_the_same() -> None:
    scored = _simulated(300)
    scored.targets[:, 0] = 0
    slopes, intercepts = calibrate(scored.encoder, scored.targets, shrinkage=30)
    assert np.isfinite(slopes).all()
    assert np.isfinite(intercepts).all()


@given(scores=probabilities, weight=st.floats(1, 5))
def test_more_weight_on_recall_never_raises_a_threshold(scores: np.ndarray, weight: float) -> None:
    assert (recall_thresholds(scores, weight) <= recall_thresholds(scores, 1) + 1e-12).all()


@given(scores=probabilities)
def test_a_recall_threshold_has_the_highest_expected_f2(scores: np.ndarray) -> None:
    thresholds = recall_thresholds(scores, 2)

    def expected(cuts: Floats) -> Floats:
        given = scores >= cuts
        right = np.where(given, scores, 0).sum(axis=0)
        value: Floats = 5 * right / (given.sum(axis=0) + 4 * scores.sum(axis=0))
        return value

    inside = (thresholds > 0.01) & (thresholds < 0.95)
    for row in scores:
        assert (expected(thresholds) >= expected(row) - 1e-9)[inside].all()


def _expected(scores: Floats, given: npt.NDArray[np.bool_]) -> tuple[float, Floats]:
    """Micro-F1, and each theme's F1, to be expected of what is given."""
    right, counted = np.where(given, scores, 0).sum(axis=0), given.sum(axis=0) + scores.sum(axis=0)
    return float(2 * right.sum() / counted.sum()), 2 * right / counted


@given(scores=probabilities, share=st.floats(0.05, 1), data=st.data())
def test_no_other_threshold_of_any_theme_promises_more(
    scores: np.ndarray, share: float, data: st.DataObject
) -> None:
    known = np.array(
        data.draw(st.lists(st.booleans(), min_size=scores.shape[1], max_size=scores.shape[1]))
    )

    def promised(given: npt.NDArray[np.bool_]) -> float:
        micro, each = _expected(scores, given)
        return share * micro + (1 - share) * float(each[known].mean() if known.any() else 0)

    thresholds = balanced_thresholds(scores, known, share)
    given = scores >= thresholds
    for theme in np.flatnonzero((thresholds > 0.01) & (thresholds < 0.95)):
        for cut in (*scores[:, theme], 2.0):
            other = given.copy()
            other[:, theme] = scores[:, theme] >= cut
            assert promised(given) >= promised(other) - 1e-9


@given(seed=st.integers(0, 99), share=st.floats(0.05, 1))
def test_a_threshold_lies_between_half_of_micro_f1_and_half_of_the_themes_own(
    seed: int, share: float
) -> None:
    rng = np.random.default_rng(seed)
    scores = rng.beta(rng.uniform(0.05, 1, 6), rng.uniform(0.5, 3, 6), (2000, 6))
    thresholds = balanced_thresholds(scores, np.ones(6, dtype=bool), share)
    micro, each = _expected(scores, scores >= thresholds)
    assert (thresholds >= np.minimum(each, micro) / 2 - 0.01).all()
    assert (thresholds <= np.maximum(each, micro) / 2 + 0.01).all()


@given(scores=probabilities)
def test_themes_whose_own_f1_is_chance_are_given_by_one_threshold(scores: np.ndarray) -> None:
    thresholds = balanced_thresholds(scores, np.zeros(scores.shape[1], dtype=bool), 0.5)
    inside = (thresholds > 0.01) & (thresholds < 0.95)
    given = (scores >= thresholds)[:, inside]
    lowest = scores[:, inside].min(where=given, initial=1)
    assert lowest >= scores[:, inside].max(where=~given, initial=0) - 1e-9


def test_rare_and_common_themes_get_their_own_balance() -> None:
    """A theme told at random, one of ten of it rightly: given for its own sake, not for all."""
    common, rare = np.tile([0.9, 0.02], 500), np.full(1000, 0.1)
    scores = np.stack([common, rare], axis=1)
    both = np.array([True, True])
    assert (
        balanced_thresholds(scores, both, 0.05)[1] <= 0.1 < balanced_thresholds(scores, both, 1)[1]
    )


def test_more_weight_on_micro_f1_brings_more_of_it_in_what_is_decided() -> None:
    scored, other = _simulated(seed=1), _simulated(seed=2)
    labels = other.targets >= 0.5
    found = []
    for share in (0.05, 1):
        decision = decide(scored, DecisionPart(micro_share=share))
        given = decision.given(
            decision.scores(other.encoder, other.ngrams), OperatingPoint.BALANCED
        )
        found.append(f1_score(labels.ravel(), given.ravel()))
    assert found[0] <= found[1] + 0.002


@given(
    nearness=npst.arrays(np.float64, st.tuples(st.integers(1, 30), st.just(3)),
                         elements=st.floats(0, 2)),
    seed=st.integers(0, 99),
    share=st.floats(0, 1),
)  # fmt: skip
def test_no_more_comments_with_a_theme_than_allowed_are_called_no_theme(
    nearness: np.ndarray, seed: int, share: float
) -> None:
    labels = np.random.default_rng(seed).random(nearness.shape) < 0.3
    limit = unsure_from(nearness, labels, share)
    best = nearness.max(axis=1)
    called = best < min(limit, 1)
    missed = np.asarray(labels.any(axis=1))[called]
    assert 0 <= limit <= 1
    assert missed.sum() <= share * len(missed) + 1e-9


def test_the_recall_point_is_never_stricter_than_the_balanced_one() -> None:
    decision = decide(_simulated(500), DecisionPart(recall_weight=1))
    recall = decision.thresholds[OperatingPoint.RECALL]
    balanced = decision.thresholds[OperatingPoint.BALANCED]
    assert all(low <= high for low, high in zip(recall, balanced, strict=True))


cuts = st.sampled_from(POLARITY_CUTS)
tones = npst.arrays(
    np.float64, st.tuples(st.integers(1, 25), st.just(2)), elements=st.floats(-3, 3, width=16)
)
NOBODY = [np.nan, np.nan]


def _told(rule: PolarityRule, logits: Floats) -> list[Polarity]:
    return [rule.polarity(praise, blame) for praise, blame in logits.tolist()]


def _said(polarities: list[Polarity]) -> Floats:
    return np.array([(each.praises, each.blames) for each in polarities], dtype=float)


def _right(rule: PolarityRule, logits: Floats, said: Floats) -> float:
    """Share of tags for which a rule tells what people said."""
    return float((_said(_told(rule, logits)) == (said >= 0.5)).all(axis=1).mean())


@given(signs=npst.arrays(np.bool_, st.tuples(st.integers(1, 25), st.just(2))), seed=st.integers(0))
def test_the_polarity_of_perfectly_separated_logits_is_always_told_rightly(
    signs: npt.NDArray[np.bool_], seed: int
) -> None:
    sizes = np.random.default_rng(seed).uniform(0.01, 5, signs.shape)
    logits = np.where(signs, sizes, -sizes)
    assert _right(polarity_rule(logits, signs.astype(float)), logits, signs.astype(float)) == 1


@given(logits=tones, mixed_from=cuts, neutral_below=cuts)
def test_a_rule_that_people_follow_is_found_wherever_its_cuts_lie(
    logits: Floats, mixed_from: float, neutral_below: float
) -> None:
    people = PolarityRule(mixed_from=mixed_from, neutral_below=neutral_below)
    said = _said(_told(people, logits))
    assert _right(polarity_rule(logits, said), logits, said) == 1


@settings(max_examples=25)
@given(logits=tones, seed=st.integers(0, 99))
def test_no_other_rule_tells_more_polarities_rightly(logits: Floats, seed: int) -> None:
    said = np.random.default_rng(seed).choice([0, 0.5, 1], logits.shape)
    found = _right(polarity_rule(logits, said), logits, said)
    for mixed_from in POLARITY_CUTS:
        for neutral_below in POLARITY_CUTS:
            other = PolarityRule(mixed_from=mixed_from, neutral_below=neutral_below)
            assert found >= _right(other, logits, said)


@given(logits=tones, seed=st.integers(0, 99))
def test_tags_whose_polarity_nobody_told_do_not_change_the_rule(logits: Floats, seed: int) -> None:
    rng = np.random.default_rng(seed)
    said = rng.choice([0.0, 1.0], logits.shape)
    untold = rng.normal(0, 3, (5, 2))
    more = np.concatenate([logits, untold]), np.concatenate([said, [NOBODY] * 5])
    assert polarity_rule(*more) == polarity_rule(logits, said)


@pytest.mark.parametrize("tags", [0, 3])
def test_the_rule_is_the_plain_one_where_nobody_told_any_polarity(tags: int) -> None:
    assert polarity_rule(np.ones((tags, 2)), np.full((tags, 2), np.nan)) == PolarityRule()


def test_the_decision_learns_polarity_from_the_tags_that_people_gave() -> None:
    scored = _simulated(400)
    given_tags = scored.targets >= 0.5
    expected = polarity_rule(scored.polarity[given_tags], scored.polarity_targets[given_tags])
    assert decide(scored, DecisionPart()).polarity == expected
    assert expected.mixed_from == expected.neutral_below == 0.5


def test_the_decision_passes_on_how_much_evidence_is_shown() -> None:
    assert decide(_simulated(100), DecisionPart(evidence_share=0.3)).evidence_share == 0.3


@given(
    st.integers(0, 40).flatmap(
        lambda n: st.tuples(*[npst.arrays(np.float64, n, elements=st.floats(-9, 9))] * 2)
    )
)
def test_scores_that_are_spread_as_others_keep_their_order_and_take_their_values(
    both: tuple[Floats, Floats],
) -> None:
    scores, others = both
    spread = spread_as(scores, others)
    assert np.sort(spread).tolist() == np.sort(others).tolist()
    assert (np.diff(spread[np.argsort(scores, kind="stable")]) >= 0).all()


def test_cuts_learnt_on_a_stand_in_fit_the_model_once_it_is_spread_alike() -> None:
    """A stand-in whose log-odds are half as far from nought, as those of a mean of many are."""
    scored = _simulated()
    timid = replace(scored, encoder=scored.encoder / 2 - 1, ngrams=scored.encoder)
    spread = spread_as(timid.encoder.ravel(), scored.encoder.ravel()).reshape(timid.encoder.shape)
    plain = decide(replace(scored, ngrams=scored.encoder), DecisionPart())
    alike = decide(replace(timid, encoder=spread), DecisionPart())
    balanced = OperatingPoint.BALANCED
    assert alike.thresholds[balanced] == pytest.approx(plain.thresholds[balanced], abs=1e-6)
    assert alike.slopes == pytest.approx(plain.slopes, abs=1e-6)
