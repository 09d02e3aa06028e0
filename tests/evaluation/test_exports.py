import evaluation


def test_the_public_surface_changes_only_on_purpose() -> None:
    assert sorted(evaluation.__all__) == [
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
        "NothingToMeasureError",
        "Overall",
        "PeerBaseline",
        "Predictions",
        "ReliabilityBin",
        "STATUSES",
        "StatusShare",
        "SystemFigures",
        "SystemScores",
        "ThemeFigures",
        "UnknownStatusError",
        "UnknownSystemError",
        "UnwritableReportError",
        "compare",
        "cost_curve",
        "evaluate",
        "evaluate_by",
        "predictions_of",
        "render_html",
        "render_markdown",
        "restricted",
        "supported",
        "themes_with",
    ]


def test_everything_named_public_exists() -> None:
    assert all(hasattr(evaluation, name) for name in evaluation.__all__)
