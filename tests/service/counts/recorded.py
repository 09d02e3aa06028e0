"""What may be recorded of a model's errors by equality group."""

from __future__ import annotations

from evaluation import Estimate, Fairness, GroupFigures, GroupTheme


def group_figures(
    group: str, recall: float = 0.71, *, worse: bool = False, themes: tuple[GroupTheme, ...] = ()
) -> GroupFigures:
    some = Estimate(value=0.8, low=0.7, high=0.9)
    return GroupFigures(
        group=group,
        name=group.capitalize(),
        missing=False,
        comments=200,
        true_themes=250,
        predicted_themes=230,
        recall=Estimate(value=recall, low=recall - 0.05, high=recall + 0.05),
        elsewhere=0.82,
        materially_worse=worse,
        read=some,
        precision=some,
        calibration_gap=some,
        calibration_error=None,
        by_theme=themes,
    )


def group_theme(theme: str, recall: float, *, worse: bool) -> GroupTheme:
    return GroupTheme(
        theme=theme,
        true_comments=40,
        recall=Estimate(value=recall, low=recall - 0.1, high=recall + 0.1),
        elsewhere=0.8,
        materially_worse=worse,
    )


def a_record(*figures: GroupFigures) -> Fairness:
    groups = figures or (group_figures("female"),)
    return Fairness(
        measured_on={"survey.csv": "0" * 64}, about="Invented.", by_group={"sex": groups}
    )
