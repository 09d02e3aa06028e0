import xml.etree.ElementTree as ElementTree

import numpy as np

from evaluation import Evaluation, Predictions, evaluate
from evaluation.charts import cost_chart, reliability_chart, theme_chart
from tests.evaluation.conftest import THEMES
from tests.evaluation.strategies import QUICK

NAMES = {theme: theme.title() for theme in THEMES}


def texts(svg: str) -> str:
    return "\n".join(ElementTree.fromstring(svg).itertext())  # noqa: S314 - our own picture


def test_the_theme_chart_names_every_theme_that_has_an_f1(evaluation: Evaluation) -> None:
    chart = theme_chart(evaluation, NAMES)
    assert chart is not None
    assert all(name in texts(chart.svg) for name in ("Waiting", "Staff", "Food", "Parking"))
    assert "Never" not in texts(chart.svg)
    assert "F1 of 4 themes" in chart.description


def test_names_are_escaped_in_the_picture(evaluation: Evaluation) -> None:
    chart = theme_chart(evaluation, NAMES | {"food": "<script>alert('&')</script>"})
    assert chart is not None
    assert "<script" not in chart.svg
    assert "<script>alert('&')</script>" in texts(chart.svg)


def test_a_long_name_is_not_cut_short(evaluation: Evaluation) -> None:
    name = "Communication with patients about delays"
    chart = theme_chart(evaluation, NAMES | {"food": name})
    assert chart is not None
    assert name in texts(chart.svg)


def test_the_curves_say_what_they_show(evaluation: Evaluation) -> None:
    reliability, cost = reliability_chart(evaluation), cost_chart(evaluation)
    assert cost is not None
    assert "Share that are true" in texts(reliability.svg)
    assert f"{evaluation.calibration.expected_error:.3f}" in reliability.description
    assert "Share of comments to read" in texts(cost.svg)
    assert "to 100% in" in cost.description


def test_without_a_true_theme_there_is_nothing_to_draw() -> None:
    none = np.zeros((3, 1), dtype=bool)
    evaluation = evaluate(Predictions(none, np.zeros((3, 1)), none, ("a",)), QUICK)
    assert theme_chart(evaluation, {"a": "A"}) is None
    assert cost_chart(evaluation) is None
