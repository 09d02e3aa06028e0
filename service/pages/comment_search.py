"""The form that comments are searched by, and what stands behind them, in plain words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from service.counts.characteristics import MISSING_NODES
from service.counts.stored import survey_characteristics
from service.pages.comment_words import POLARITIES, STATUSES
from service.rendering import day

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labelled_data import Codebook
    from service.counts.readings import Characteristic
    from service.pages.asked import Pairs
    from service.records import Survey
    from service.schemas.comments import CommentFilter
    from service.tagging import LoadedModels

FIELDS = ("theme", "polarity", "status", "question", "group", "site", "from", "to", "after")
WORDS = "q"
"""The words that are searched for: in forms alone, never in an address."""

Option = tuple[str, str]
OptionGroup = tuple[str, tuple[Option, ...]]


@dataclass(frozen=True, slots=True)
class Choices:
    """What comments can be picked by.

    Attributes:
        themes: Ids and names; empty while the model is not loaded here.
        polarities: Values and words.
        statuses: Values and words.
        questions: Columns and questions.
        characteristics: Of each its name, and what picks its groups.
        has_days: Whether responses tell when they were given.
        has_sites: Whether they tell where they are about, and that is no characteristic.
    """

    themes: tuple[Option, ...]
    polarities: tuple[Option, ...]
    statuses: tuple[Option, ...]
    questions: tuple[Option, ...]
    characteristics: tuple[OptionGroup, ...]
    has_days: bool
    has_sites: bool


def codebook_of(survey: Survey, models: LoadedModels) -> Codebook | None:
    """Give the codebook of a survey, where its model is loaded."""
    return models.get(survey.model).codebook if survey.model in models.ids else None


def theme_names(survey: Survey, models: LoadedModels) -> dict[str, str]:
    """Give the plain names of a survey's themes by id; none while its model is not loaded."""
    codebook = codebook_of(survey, models)
    return {theme.id: theme.name for theme in codebook.themes} if codebook else {}


def characteristics_of(survey: Survey) -> tuple[Characteristic, ...]:
    """Give a survey's characteristics, with the names that tables have for them."""
    return survey_characteristics(survey.columns)


def choices(survey: Survey, models: LoadedModels) -> Choices:
    """Give what a survey's comments can be picked by."""
    codebook, columns = codebook_of(survey, models), survey.columns
    grouped = {group.column for group in columns.characteristics.values()}
    return Choices(
        themes=tuple((theme.id, theme.name) for theme in codebook.themes) if codebook else (),
        polarities=tuple((value.value, _capital(words)) for value, words in POLARITIES.items()),
        statuses=tuple((value.value, words) for value, words in STATUSES.items()),
        questions=tuple((text.column, text.question) for text in survey.columns.text),
        characteristics=tuple(
            (each.name, tuple(_groups(each))) for each in characteristics_of(survey)
        ),
        has_days=columns.date is not None,
        has_sites=columns.site is not None and columns.site not in grouped,
    )


def behind(survey: Survey, wanted: CommentFilter, names: dict[str, str]) -> str:
    """Say which comments are shown, in one sentence.

    Args:
        survey: Whose comments.
        wanted: What they are picked by; nothing in it is unknown.
        names: Plain names of themes.
    """
    said = list(_said(survey, wanted, names))
    return f"Comments {', '.join(said)}." if said else "All comments of the survey."


def figure_of(survey: Survey, wanted: CommentFilter) -> str | None:
    """Give the address of the figures that the comments are behind; None for all comments."""
    of_survey = f"/surveys/{survey.id}"
    groups = [each.partition(":")[0] for each in wanted.group]
    if len(groups) == 1:
        theme = f"/{wanted.theme}" if wanted.theme else ""
        return f"{of_survey}/groups/{groups[0]}{theme}"
    return f"{of_survey}/themes" if wanted.theme else None


def address(survey: Survey, pairs: Pairs) -> str:
    """Give the address of comments that are picked by anything but words."""
    query = urlencode([pair for pair in pairs if pair[0] != WORDS])
    return f"/surveys/{survey.id}/comments" + (f"?{query}" if query else "")


def _groups(characteristic: Characteristic) -> Iterator[Option]:
    nodes = {node.id: node for node in (*characteristic.broad_nodes, *characteristic.nodes)}
    compared = (
        characteristic.broad_nodes
        if characteristic.compared == "broad_groups"
        else characteristic.nodes
    )
    # those that tables tell apart first, then the rest, then why there is no group
    order = dict.fromkeys([*(node.id for node in compared), *nodes])
    missing = [node.id for node in MISSING_NODES]
    for node in (*(each for each in order if each not in missing), *missing):
        yield f"{characteristic.id}:{node}", nodes[node].name


def _said(survey: Survey, wanted: CommentFilter, names: dict[str, str]) -> Iterator[str]:
    if wanted.theme:
        yield f"with the theme {names.get(wanted.theme, wanted.theme)}"
    if wanted.polarity:
        of = "it" if wanted.theme else "a theme"
        yield f"that speak of {of} with {POLARITIES[wanted.polarity]}"
    if wanted.group:
        yield f"from people in {' and '.join(_group_names(survey, wanted))}"
    if wanted.question:
        asked = survey.columns.text[survey.columns.questions.index(wanted.question)].question
        yield f"to the question “{asked}”"
    if wanted.site:
        yield f"about {wanted.site}"
    if wanted.since:
        yield f"from {day(wanted.since)} on"
    if wanted.until:
        yield f"up to {day(wanted.until)}"
    if wanted.status:
        yield f"of which the model says “{STATUSES[wanted.status]}”"
    if wanted.q:
        yield f"with the words “{wanted.q}”"


def _group_names(survey: Survey, wanted: CommentFilter) -> Iterator[str]:
    options = {
        value: f"the group {name} ({characteristic.name})"
        for characteristic in characteristics_of(survey)
        for value, name in _groups(characteristic)
    }
    return (options.get(group, group) for group in wanted.group)


def _capital(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}"
