from .baselines import Baseline, NgramBaseline, PeerBaseline
from .benchmark import Benchmark, Difference, SystemFigures, SystemScores, compare
from .calibration import Calibration, ReliabilityBin
from .comparison import (
    Change,
    ComparedModel,
    Comparison,
    OverallChange,
    PolarityChange,
    ThemeChange,
)
from .confusions import ThemeConfusion
from .cost_curves import CostCurve, CostCurves, CostPoint, cost_curve
from .coverage import STATUSES, StatusShare
from .crosswalked import Crosswalked, CrosswalkedTheme
from .errors import (
    DifferentCodebooksError,
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
from .evidence import EvidenceFigures
from .fairness import Fairness, read_fairness
from .group_figures import GroupFigures, GroupTheme
from .groupings import Group, Grouping
from .groups import evaluate_by
from .measures import supported
from .metrics import Averages, EffortFigures, Evaluation, Overall, ThemeFigures, evaluate
from .polarity import PolarityFigures, ThemePolarity
from .predictions import Predictions
from .reports import render_comparison, render_crosswalked, render_html, render_markdown
from .taggers import CommentTagger, evaluate_tagger, predictions_of, restricted, themes_with

__all__ = [
    "STATUSES",
    "Averages",
    "Baseline",
    "Benchmark",
    "Calibration",
    "Change",
    "CommentTagger",
    "ComparedModel",
    "Comparison",
    "CostCurve",
    "CostCurves",
    "CostPoint",
    "Crosswalked",
    "CrosswalkedTheme",
    "Difference",
    "DifferentCodebooksError",
    "EffortFigures",
    "Estimate",
    "Evaluation",
    "EvaluationError",
    "EvaluationSettings",
    "EvidenceFigures",
    "Fairness",
    "Group",
    "GroupFigures",
    "GroupTheme",
    "Grouping",
    "InvalidPredictionsError",
    "NgramBaseline",
    "NotFittedError",
    "NothingToLearnError",
    "NothingToMeasureError",
    "Overall",
    "OverallChange",
    "PeerBaseline",
    "PolarityChange",
    "PolarityFigures",
    "Predictions",
    "ReliabilityBin",
    "StatusShare",
    "SystemFigures",
    "SystemScores",
    "ThemeChange",
    "ThemeConfusion",
    "ThemeFigures",
    "ThemePolarity",
    "UnknownStatusError",
    "UnknownSystemError",
    "UnwritableReportError",
    "compare",
    "cost_curve",
    "evaluate",
    "evaluate_by",
    "evaluate_tagger",
    "predictions_of",
    "read_fairness",
    "render_comparison",
    "render_crosswalked",
    "render_html",
    "render_markdown",
    "restricted",
    "supported",
    "themes_with",
]
