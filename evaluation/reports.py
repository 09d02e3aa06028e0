"""Evaluations for people to read. The numbers themselves are `Evaluation.model_dump_json()`."""

from __future__ import annotations

from functools import cache
from html import escape
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from evaluation.charts import cost_chart, reliability_chart, theme_chart
from evaluation.group_figures import MATERIAL_DIFFERENCE, MINIMUM_SUPPORT
from evaluation.polarity import POLARITIES
from evaluation.sentiment import SCALE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evaluation.comparison import Comparison
    from evaluation.crosswalked import Crosswalked
    from evaluation.estimates import Estimate
    from evaluation.group_figures import GroupFigures, GroupTheme, RecallCompared
    from evaluation.metrics import Evaluation

UNDEFINED = "not defined"
READING_RECALL = 0.8  # the recall whose reading cost is shown for each theme


def render_markdown(evaluation: Evaluation) -> str:
    """Render an evaluation as Markdown tables, themes by id."""
    return environment().get_template("report.md").render(_figures(evaluation))


def render_comparison(comparison: Comparison) -> str:
    """Render what one model gains and loses against another as Markdown, themes by id."""
    names = {
        "micro_f1": "Micro-F1",
        "macro_f1": "Macro-F1",
        "mean_average_precision": "Mean average precision",
        "precision": "Micro precision",
        "recall": "Micro recall",
    }
    overall = {name: getattr(comparison.overall, figure) for figure, name in names.items()}
    template = environment().get_template("comparison.md")
    return template.render(comparison=comparison, overall=overall)


def render_crosswalked(crosswalked: Crosswalked) -> str:
    """Render figures that were measured through a crosswalk as Markdown, themes by id."""
    return environment().get_template("crosswalked.md").render(crosswalked=crosswalked)


def render_html(evaluation: Evaluation, codebook_names: Mapping[str, str]) -> str:
    """Render an evaluation as one self-contained page without script, fit to print.

    Args:
        evaluation: The numbers.
        codebook_names: Name of each theme id; a theme without one is shown by its id.
    """
    names = _distinct_names(evaluation, codebook_names)
    charts = {
        "theme_chart": theme_chart(evaluation, names),
        "reliability_chart": reliability_chart(evaluation),
        "cost_chart": cost_chart(evaluation),
    }
    template = environment().get_template("report.html")
    return template.render(_figures(evaluation), names=names, **charts)


@cache
def environment() -> Environment:
    """Give what renders this layer's templates, with their ways of writing figures."""
    made = Environment(
        loader=PackageLoader("evaluation"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "number": _number,
        "percent": _percent,
        "estimate": _estimate,
        "difference": _difference,
        "verdict": _verdict,
        "cell": _markdown_cell,
    }
    return made


def _figures(evaluation: Evaluation) -> dict[str, Any]:
    """What both templates show."""
    overall = evaluation.overall
    averages = {"Micro": overall.micro, "Macro": overall.macro, "Weighted": overall.weighted}
    reading = {
        theme: curve.reading_cost(READING_RECALL)
        for theme, curve in evaluation.cost.by_theme.items()
    }
    return {
        "evaluation": evaluation,
        "averages": averages,
        "reading_costs": reading,
        "reading_recall": READING_RECALL,
        "minimum_support": MINIMUM_SUPPORT,
        "material_difference": MATERIAL_DIFFERENCE,
        "group_themes": {name: _by_theme(each) for name, each in evaluation.by_group.items()},
        "polarity_headings": ["The person said", *(f"Tagger: {each}" for each in POLARITIES)],
        "sentiment_headings": ["The person said", *(f"Tagger: {each}" for each in SCALE)],
    }


def _by_theme(groups: Sequence[GroupFigures]) -> dict[str, dict[str, GroupTheme]]:
    """Figures of each theme that was compared, by group."""
    told = [(each.theme, group.group, each) for group in groups for each in group.by_theme]
    themes: dict[str, dict[str, GroupTheme]] = {theme: {} for theme, _, _ in told}
    for theme, group, figures in told:
        themes[theme][group] = figures
    return themes


def _distinct_names(evaluation: Evaluation, names: Mapping[str, str]) -> dict[str, str]:
    """Name each theme, adding the id to names that several themes share."""
    measured = [each.theme for each in evaluation.by_theme]
    compared = (
        each.theme
        for groups in evaluation.by_group.values()
        for group in groups
        for each in group.by_theme
    )
    chosen = {theme: names.get(theme, theme) for theme in (*measured, *compared)}
    counted = list(chosen.values())
    return {
        theme: name if counted.count(name) == 1 else f"{name} ({theme})"
        for theme, name in chosen.items()
    }


def _number(value: float | None, places: int = 2) -> str:
    return UNDEFINED if value is None else f"{value:.{places}f}"


def _percent(value: float | None, places: int = 1) -> str:
    return UNDEFINED if value is None else f"{value:.{places}%}"


def _estimate(estimate: Estimate) -> str:
    if estimate.low is None:
        return _number(estimate.value)
    return f"{_number(estimate.value)} ({_number(estimate.low)} to {_number(estimate.high)})"


def _difference(estimate: Estimate) -> str:
    """Signed, with a third place: a good model gains little at a time."""
    if estimate.value is None:
        return UNDEFINED
    if estimate.low is None:
        return f"{estimate.value:+.3f}"
    return f"{estimate.value:+.3f} ({estimate.low:+.3f} to {estimate.high:+.3f})"


def _verdict(figures: RecallCompared) -> str:
    if figures.elsewhere is None:
        return "not compared"
    return "materially worse" if figures.materially_worse else "no"


def _markdown_cell(text: str) -> str:
    """Keep a text from ending its cell or starting markup."""
    return " ".join(escape(text, quote=False).replace("\\", "\\\\").replace("|", "\\|").split())
