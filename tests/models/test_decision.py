import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from models import Decision, OperatingPoint, Polarity
from models.decision import PolarityRule

shares = st.floats(0.05, 0.95)
scores = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=20).map(
    np.array
)
log_odds = st.floats(-5, 5)


def _decision(
    balanced: tuple[float, ...] = (0.5, 0.4),
    recall: tuple[float, ...] = (0.2, 0.2),
    unsure_from: float = 0.5,
    encoder_weight: float = 0.5,
) -> Decision:
    return Decision(
        encoder_weight=encoder_weight,
        slopes=(1.0,) * len(balanced),
        intercepts=(0.0,) * len(balanced),
        thresholds={OperatingPoint.BALANCED: balanced, OperatingPoint.RECALL: recall},
        unsure_from=unsure_from,
    )


def test_scores_are_the_calibrated_blend() -> None:
    scores = _decision(encoder_weight=0.75).scores(np.array([[2.0, -2.0]]), np.array([[-2.0, 2.0]]))
    assert scores == pytest.approx(1 / (1 + np.exp([[-1.0, 1.0]])))


@given(scores, st.tuples(shares, shares), st.tuples(shares, shares))
def test_a_theme_is_given_exactly_when_its_score_reaches_its_threshold(
    scores: npt.NDArray[np.float64],
    balanced: tuple[float, float],
    recall: tuple[float, float],
) -> None:
    decision = _decision(balanced, recall)
    for point, thresholds in decision.thresholds.items():
        given = decision.given(scores, point)
        assert given.tolist() == [
            [score >= threshold for score, threshold in zip(row, thresholds, strict=True)]
            for row in scores.tolist()
        ]


def test_a_comment_that_nearly_had_a_theme_is_unsure() -> None:
    scores = np.array([[0.49, 0.0], [0.24, 0.0], [0.5, 0.0], [0.0, 0.2], [0.0, 0.19]])
    unsure = _decision().is_unsure(scores, OperatingPoint.BALANCED)
    assert unsure.tolist() == [True, False, False, True, False]


@given(scores, st.tuples(shares, shares), st.floats(0, 1))
def test_a_comment_with_a_theme_is_never_unsure_and_one_without_is_by_its_nearest_theme(
    scores: npt.NDArray[np.float64], balanced: tuple[float, float], unsure_from: float
) -> None:
    decision = _decision(balanced, unsure_from=unsure_from)
    given = decision.given(scores, OperatingPoint.BALANCED)
    unsure = decision.is_unsure(scores, OperatingPoint.BALANCED)
    nearest = (scores / np.array(balanced)).max(axis=1)
    assert unsure.tolist() == (~given.any(axis=1) & (nearest >= unsure_from)).tolist()


def test_settings_for_different_numbers_of_themes_are_refused() -> None:
    with pytest.raises(ValidationError, match="differ in their number of themes"):
        _decision(balanced=(0.5,))


def test_every_operating_point_needs_thresholds() -> None:
    with pytest.raises(ValidationError, match="every operating point"):
        Decision(
            encoder_weight=0.5,
            slopes=(1.0,),
            intercepts=(0.0,),
            thresholds={OperatingPoint.BALANCED: (0.5,)},
            unsure_from=0.5,
        )


@pytest.mark.parametrize(
    ("praise", "blame", "polarity"),
    [
        (2.0, -2.0, Polarity.POSITIVE),
        (-2.0, 2.0, Polarity.NEGATIVE),
        (2.0, 1.0, Polarity.MIXED),
        (-1.0, -2.0, Polarity.NEUTRAL),
        (0.0, 0.0, Polarity.MIXED),
    ],
)
def test_praise_and_blame_become_a_polarity(
    praise: float, blame: float, polarity: Polarity
) -> None:
    assert PolarityRule().polarity(praise, blame) == polarity


@given(log_odds, log_odds, log_odds, log_odds)
def test_mixed_is_where_both_are_high_and_neutral_where_both_are_low(
    praise: float, blame: float, mixed_from: float, neutral_below: float
) -> None:
    polarity = PolarityRule(mixed_from=mixed_from, neutral_below=neutral_below).polarity(
        praise, blame
    )
    if praise >= mixed_from and blame >= mixed_from:
        assert polarity == Polarity.MIXED
    elif praise < neutral_below and blame < neutral_below:
        assert polarity == Polarity.NEUTRAL
    else:
        assert polarity == (Polarity.POSITIVE if praise > blame else Polarity.NEGATIVE)


@given(log_odds, log_odds, log_odds, log_odds)
def test_turning_praise_and_blame_around_turns_the_polarity_around(
    praise: float, blame: float, mixed_from: float, neutral_below: float
) -> None:
    rule = PolarityRule(mixed_from=mixed_from, neutral_below=neutral_below)
    one, other = rule.polarity(praise, blame), rule.polarity(blame, praise)
    if praise != blame:
        assert (one.praises, one.blames) == (other.blames, other.praises)


def test_a_decision_survives_being_written_as_json() -> None:
    decision = _decision().model_copy(
        update={"polarity": PolarityRule(mixed_from=0.5, neutral_below=-1), "evidence_share": 0.3}
    )
    assert Decision.model_validate_json(decision.model_dump_json()) == decision


@pytest.mark.parametrize("share", [-0.1, 1.1])
def test_an_evidence_share_outside_0_to_1_is_refused(share: float) -> None:
    settings = _decision().model_dump() | {"evidence_share": share}
    with pytest.raises(ValidationError, match="evidence_share"):
        Decision.model_validate(settings)
