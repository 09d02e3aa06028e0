import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pydantic import ValidationError

from models import Decision, OperatingPoint
from models.cascade import FEATURES, NOBODY, Gate, Stage, doubts
from models.predictions import Effort

Floats = npt.NDArray[np.float64]

COMMENTS, THEMES = 6, 3
DECISION = Decision(
    encoder_weight=0.5,
    slopes=(1.0,) * THEMES,
    intercepts=(0.0,) * THEMES,
    thresholds=dict.fromkeys(OperatingPoint, (0.5,) * THEMES),
    unsure_from=0.5,
)
few = settings(max_examples=25)
shares = st.floats(0, 1)
weights = st.tuples(*[st.floats(-20, 20)] * FEATURES)
gates = st.builds(Gate, weights=weights, intercept=st.floats(-20, 20))
readings = st.tuples(
    arrays(np.float64, (COMMENTS, THEMES), elements=shares),
    arrays(np.float64, (COMMENTS, 2), elements=st.floats(-30, 30)),
    arrays(np.int64, COMMENTS, elements=st.integers(0, 10_000)),
)


def a_stage(gate: Gate, accurate: float, fast: float) -> Stage:
    sure_from = {Effort.ACCURATE: accurate, Effort.FAST: fast}
    return Stage(decision=DECISION, gate=gate, sure_from=sure_from)


def described(
    scores: list[float], sides: tuple[float, float] = (0, 0), characters: int = 0
) -> list[float]:
    thresholds = np.full(len(scores), 0.5)
    rows = doubts(np.array([scores]), thresholds, np.array([sides]), np.array([characters]))
    return list(rows[0].tolist())


def test_a_reading_is_described_by_the_wrong_decisions_to_be_expected_of_it() -> None:
    likely, worst, given_, none, long, _ = described([0.9, 0.2], characters=99)
    assert likely == pytest.approx(np.log(0.1 + 0.2), abs=1e-4)
    assert worst == pytest.approx(0.2)
    assert (given_, none) == (1, 0)
    assert long == pytest.approx(np.log(100))


def test_a_reading_without_a_theme_is_told_from_one_with() -> None:
    assert [described(scores)[2:4] for scores in ([0.1, 0.4], [0.5, 0.6])] == [[0, 1], [2, 0]]


@pytest.mark.parametrize(
    ("sides", "one_sided"),
    [((3, -0.5), 3.5), ((-0.5, 3), 3.5), ((2, 1), 0), ((2, 2), -2), ((-2, -2), 0), ((9, -9), 4)],
)
def test_praise_or_blame_alone_is_one_sided_and_both_together_are_not(
    sides: tuple[float, float], one_sided: float
) -> None:
    assert described([0.5], sides)[-1] == pytest.approx(one_sided)


@few
@given(readings, arrays(np.float64, THEMES, elements=shares))
def test_the_surest_scores_and_thresholds_are_described_by_numbers_too(
    reading: tuple[Floats, Floats, Floats], thresholds: Floats
) -> None:
    scores, sides, characters = reading
    found = doubts(scores, thresholds, sides, characters)
    assert found.shape == (COMMENTS, FEATURES)
    assert np.isfinite(found).all()


@few
@given(gates, readings)
def test_a_reader_that_is_passed_over_answers_nothing_and_one_always_sure_everything(
    gate: Gate, reading: tuple[Floats, Floats, Floats]
) -> None:
    stage = a_stage(gate, accurate=NOBODY, fast=0)
    assert not stage.answers(*reading, Effort.ACCURATE).any()
    assert stage.answers(*reading, Effort.FAST).all()


@few
@given(gates, readings, shares, shares)
def test_who_need_be_less_sure_answers_all_that_it_answered_and_more(
    gate: Gate, reading: tuple[Floats, Floats, Floats], one: float, other: float
) -> None:
    stage = a_stage(gate, accurate=max(one, other), fast=min(one, other))
    accurate, fast = (stage.answers(*reading, effort) for effort in Effort)
    assert fast[accurate].all()


def test_how_sure_a_reader_must_be_is_needed_for_every_effort() -> None:
    stage = a_stage(Gate(weights=(0.0,) * FEATURES, intercept=0), 0.9, 0.5).model_dump()
    with pytest.raises(ValidationError, match="to be given for every effort"):
        Stage.model_validate(stage | {"sure_from": {"accurate": 0.9}})


@pytest.mark.parametrize("number", [FEATURES - 1, FEATURES + 1])
def test_a_gate_weighs_each_doubt_once(number: int) -> None:
    with pytest.raises(ValidationError, match="weights"):
        Gate(weights=(0.0,) * number, intercept=0)


def test_a_stage_survives_being_written_as_json() -> None:
    stage = a_stage(Gate(weights=(0.5,) * FEATURES, intercept=-1), NOBODY, 0.25)
    assert Stage.model_validate_json(stage.model_dump_json()) == stage
