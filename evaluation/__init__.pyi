from .baselines import Baseline, NgramBaseline, PeerBaseline
from .benchmark import Benchmark, Difference, SystemFigures, SystemScores, compare
from .calibration import Calibration, ReliabilityBin
from .cost_curves import CostCurve, CostCurves, CostPoint, cost_curve
from .coverage import STATUSES, StatusShare
from .errors import (
    EvaluationError,
    InvalidPredictionsError,
    NotFittedError,
    NothingToLearnError,
    NothingToMeasureError,
    UnknownStatusError,
    UnknownSystemError,
    UnwritableReportError,
)
from .estimates import Estimate, EvaluationSettings
from .groups import GroupFigures, evaluate_by
from .measures import supported
from .metrics import Averages, Evaluation, Overall, ThemeFigures, evaluate
from .predictions import Predictions
from .reports import render_html, render_markdown
from .taggers import predictions_of, restricted, themes_with

__all__ = [
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
    "NothingToMeasureError",
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
