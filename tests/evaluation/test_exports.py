import evaluation


def test_the_public_surface_changes_only_on_purpose() -> None:
    assert evaluation.__all__ == [
        "STATUSES",
        "Averages",
        "Baseline",
        "Benchmark",
        "Calibration",
        "CostCurve",
        "CostCurves",
        "CostPoint",
        "Difference",
        "Estimate",
        "Evaluation",
        "EvaluationError",
        "EvaluationSettings",
        "GroupFigures",
        "InvalidPredictionsError",
        "NgramBaseline",
        "NotFittedError",
        "NothingToLearnError",
        "Overall",
        "PeerBaseline",
        "Predictions",
        "ReliabilityBin",
        "StatusShare",
        "SystemFigures",
        "SystemScores",
        "ThemeFigures",
        "UnknownStatusError",
        "UnknownSystemError",
        "compare",
        "cost_curve",
        "evaluate",
        "evaluate_by",
        "render_html",
        "render_markdown",
        "supported",
    ]


def test_everything_named_public_exists() -> None:
    assert all(hasattr(evaluation, name) for name in evaluation.__all__)
