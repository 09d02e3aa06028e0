import numpy as np
import pytest

from evaluation import (
    Benchmark,
    EvaluationSettings,
    InvalidPredictionsError,
    SystemScores,
    UnknownSystemError,
    compare,
    evaluate,
)
from tests.evaluation.conftest import THEMES, noisy_predictions

SETTINGS = EvaluationSettings(resamples=100, ranking_resamples=50)
GOOD, POOR = noisy_predictions(noise=0.15), noisy_predictions(noise=0.5)
SYSTEMS = {
    "ours": SystemScores(GOOD.scores, GOOD.predicted, 10.0, 2.0),
    "theirs": SystemScores(POOR.scores, POOR.predicted, None, None),
    "twin": SystemScores(POOR.scores, POOR.predicted, 1.0, 1.0),
}


@pytest.fixture(scope="module")
def benchmark() -> Benchmark:
    return compare(SYSTEMS, GOOD.truth, THEMES, peer="theirs", settings=SETTINGS)


def test_each_system_gets_the_figures_of_its_own_evaluation(benchmark: Benchmark) -> None:
    assert (GOOD.truth == POOR.truth).all()
    assert [each.system for each in benchmark.systems] == ["ours", "theirs", "twin"]
    for row, predictions in zip(benchmark.systems, (GOOD, POOR, POOR), strict=True):
        evaluation = evaluate(predictions, SETTINGS)
        assert row.micro_f1 == evaluation.overall.micro.f1
        assert row.macro_f1 == evaluation.overall.macro.f1
        assert row.mean_average_precision == evaluation.overall.mean_average_precision
        assert row.calibration_error == evaluation.calibration.expected_error


def test_speed_is_comments_per_second_where_it_was_measured(benchmark: Benchmark) -> None:
    ours, theirs, _ = benchmark.systems
    assert (ours.seconds_to_train, ours.comments_per_second) == (10.0, 100.0)
    assert (theirs.seconds_to_train, theirs.comments_per_second) == (None, None)


def test_a_better_system_differs_from_the_peer_beyond_chance(benchmark: Benchmark) -> None:
    ours = benchmark.differences[0]
    assert (ours.system, ours.peer) == ("ours", "theirs")
    assert ours.micro_f1.low is not None
    assert ours.micro_f1.low > 0


def test_equal_answers_do_not_differ_at_all(benchmark: Benchmark) -> None:
    twin = benchmark.differences[1]
    for each in (twin.micro_f1, twin.macro_f1, twin.weighted_f1, twin.mean_average_precision):
        assert (each.value, each.low, each.high) == (0, 0, 0)


def test_a_benchmark_survives_a_trip_through_json(benchmark: Benchmark) -> None:
    assert Benchmark.model_validate_json(benchmark.model_dump_json()) == benchmark


def test_without_a_peer_there_are_no_differences() -> None:
    assert compare(SYSTEMS, GOOD.truth, THEMES, settings=SETTINGS).differences == ()


def test_an_unknown_peer_is_refused() -> None:
    with pytest.raises(UnknownSystemError, match="nobody is not among the systems: ours"):
        compare(SYSTEMS, GOOD.truth, THEMES, peer="nobody")


def test_a_system_that_answered_other_comments_is_refused() -> None:
    short = SystemScores(GOOD.scores[:5], GOOD.predicted[:5], None, None)
    with pytest.raises(InvalidPredictionsError, match="scores has shape"):
        compare({"short": short}, GOOD.truth, THEMES, settings=SETTINGS)


def test_the_minimum_of_examples_holds_for_every_system() -> None:
    strict = SETTINGS.model_copy(update={"minimum_support": 1 + int(GOOD.support[1])})
    assert compare(SYSTEMS, GOOD.truth, THEMES, settings=strict).macro_themes == THEMES[:1]
    assert np.argmax(GOOD.support) == 0
