from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from evaluation import Evaluation, Predictions, evaluate
from tests.evaluation.strategies import QUICK, predictions


def rearranged(each: Predictions, rows: Sequence[int], columns: Sequence[int]) -> Predictions:
    grid = np.ix_(rows, columns)
    themes = tuple(each.themes[i] for i in columns)
    return Predictions(each.truth[grid], each.scores[grid], each.predicted[grid], themes)


def figures(part: Any) -> Any:  # noqa: ANN401
    """Everything but the intervals, which depend on which comments are drawn."""
    if isinstance(part, dict):
        return {k: figures(v) for k, v in part.items() if k not in {"low", "high", "settings"}}
    return [figures(each) for each in part] if isinstance(part, list | tuple) else part


def almost_equal(one: Any, other: Any) -> bool:  # noqa: ANN401
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(almost_equal(one[k], other[k]) for k in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(almost_equal, one, other))
    return bool(one == (pytest.approx(other) if isinstance(other, float) else other))


@given(predictions(), st.data())
@settings(deadline=None, max_examples=25)
def test_the_order_of_comments_does_not_matter(each: Predictions, data: st.DataObject) -> None:
    rows = data.draw(st.permutations(range(len(each))))
    shuffled = rearranged(each, rows, range(len(each.themes)))
    one, other = (figures(evaluate(each_, QUICK).model_dump()) for each_ in (each, shuffled))
    assert almost_equal(one, other)


@given(predictions(), st.data())
@settings(deadline=None, max_examples=25)
def test_permuting_themes_permutes_their_figures(each: Predictions, data: st.DataObject) -> None:
    columns = data.draw(st.permutations(range(len(each.themes))))
    one = evaluate(each, QUICK)
    other = evaluate(rearranged(each, range(len(each)), columns), QUICK)
    assert other.by_theme == tuple(one.by_theme[i] for i in columns)
    assert other.cost == one.cost
    assert almost_equal(one.overall.model_dump(), other.overall.model_dump())


@given(predictions())
@settings(deadline=None, max_examples=25)
def test_an_evaluation_survives_a_trip_through_json(each: Predictions) -> None:
    evaluation = evaluate(each, QUICK)
    assert Evaluation.model_validate_json(evaluation.model_dump_json()) == evaluation


def test_statuses_and_groups_survive_a_trip_through_json(evaluation: Evaluation) -> None:
    assert evaluation.statuses
    groups = [each.group for each in evaluation.by_group["sex"]]
    assert groups == ["female", "male", "not_stated"]
    assert Evaluation.model_validate_json(evaluation.model_dump_json()) == evaluation


def test_an_undefined_figure_is_null_in_json(evaluation: Evaluation) -> None:
    never = evaluation.model_dump(mode="json")["by_theme"][-1]
    assert never["theme"] == "never"
    assert never["recall"] == never["f1"] == {"value": None, "low": None, "high": None}


def test_an_evaluation_cannot_be_changed(evaluation: Evaluation) -> None:
    with pytest.raises(ValidationError, match="frozen"):
        evaluation.comments = 3  # type: ignore[misc]


def test_an_evaluation_names_the_themes_behind_its_macro_averages(
    predictions: Predictions,
) -> None:
    assert evaluate(predictions, QUICK).macro_themes == predictions.themes[:-1]
    strict = QUICK.model_copy(update={"minimum_support": int(predictions.support[1])})
    assert evaluate(predictions, strict).macro_themes == predictions.themes[:2]


def test_an_evaluation_names_the_themes_never_given() -> None:
    truth = np.array([[True, True, False], [True, False, False]])
    predicted = np.array([[True, False, False], [True, False, False]])
    each = Predictions(truth, np.zeros((2, 3)), predicted, ("found", "missed", "absent"))
    assert evaluate(each, QUICK).never_predicted == ("missed",)


def test_a_system_without_statuses_has_no_coverage(predictions: Predictions) -> None:
    bare = rearranged(predictions, range(len(predictions)), range(len(predictions.themes)))
    assert evaluate(bare, QUICK).statuses == ()


def test_a_perfect_tagger_is_perfect_throughout() -> None:
    truth = np.array([[True, False], [False, True], [True, True]])
    evaluation = evaluate(Predictions(truth, truth.astype(float), truth, ("a", "b")), QUICK)
    overall = evaluation.overall
    values = [each.f1.value for each in (overall.micro, overall.macro, overall.weighted)]
    assert [*values, overall.exact_match.value, overall.mean_average_precision.value] == [1.0] * 5
    assert evaluation.calibration.expected_error == evaluation.calibration.brier == 0
