"""Guessing what the columns of an upload hold, from their headers and what stands in them."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from service.bringing.groups import LIKELY_OWN, guess_scheme
from service.draft_records import Role

if TYPE_CHECKING:
    from collections.abc import Callable

    from service.bringing.inspection import ColumnSeen, Inspection

_ID = re.compile(
    r"((response|respondent|record|case|survey|submission|return|unique|row|comment)s? ?)?"
    r"(id|ids|identifier|no|number|ref|reference|key|uuid)"
)
_PERSON = re.compile(r"\b(patient|person|participant|respondent|member|customer|user|client)\b")
_DATE = re.compile(r"\b(date|day|when|completed|submitted|received|time|timestamp|month)\b")
_SITE = re.compile(
    r"\b(site|hospital|trust|ward|location|clinic|department|practice|provider|service|place|ics)\b"
)
_WEIGHT = re.compile(r"\b(weight|weighting|wt)\b")
_COMMENT = re.compile(r"\?$|\b(comments?|feedback|free ?text|verbatim|anything else|why|tell us)\b")
_QUESTION = re.compile(r"\bquestions?\b")
MOST_QUESTIONS = 30
HALF = 0.5
NEARLY_ALL = 0.9
FEW = 0.02
"""Share of ids that may stand twice, as where rows were pasted again."""
TALKATIVE = 25
"""Mean characters from which on a column is taken for comments, whatever its header."""
BRIEF = 8
LONGEST_NAME = 200


def guess_roles(inspection: Inspection) -> dict[str, Role]:
    """Guess what each column holds; of most roles there is one column at most."""
    roles: dict[str, Role] = {}
    for role, fits in _SINGLE:
        if role not in roles.values():
            free = (column for column in inspection.columns if column.name not in roles)
            roles |= {column.name: role for column in islice(filter(fits, free), 1)}
    for column in inspection.columns:
        roles.setdefault(column.name, _other(column))
    if sum(role == Role.COMMENTS for role in roles.values()) != 1:
        return _in_order(inspection, _without_question(roles))
    return _in_order(inspection, roles)


def guess_question(header: str) -> str:
    """Guess what comments answer, from their header: `what_was_good` asks "What was good"."""
    words = header.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def _words(column: ColumnSeen) -> str:
    return re.sub(r"[_\-.\s]+", " ", column.name.casefold()).strip()


def _is_id(column: ColumnSeen) -> bool:
    unique = column.filled > 0 and column.repeats <= FEW * column.filled
    return unique and _ID.fullmatch(_words(column)) is not None


def _is_person(column: ColumnSeen) -> bool:
    named = _PERSON.search(_words(column)) is not None
    return named and 0 < column.longest <= LONGEST_NAME and column.mean < TALKATIVE


def _is_date(column: ColumnSeen) -> bool:
    return _dates(column) >= NEARLY_ALL


def _is_named_date(column: ColumnSeen) -> bool:
    return _dates(column) >= HALF and _DATE.search(_words(column)) is not None


def _dates(column: ColumnSeen) -> float:
    """Give the share of the filled cells that are dates."""
    return max(column.iso_dates, column.day_first) / max(1, column.filled)


def _is_site(column: ColumnSeen) -> bool:
    named = _SITE.search(_words(column)) is not None
    return named and column.values is not None and column.longest <= LONGEST_NAME


def _is_weight(column: ColumnSeen) -> bool:
    return _WEIGHT.search(_words(column)) is not None and column.weights == column.filled > 0


def _is_question(column: ColumnSeen) -> bool:
    few = 0 < len(column.filled_values) <= MOST_QUESTIONS
    return few and _QUESTION.search(_words(column)) is not None


def _holds_comments(column: ColumnSeen) -> bool:
    named = _COMMENT.search(_words(column)) is not None
    return column.mean >= TALKATIVE or (named and column.mean >= BRIEF)


def _other(column: ColumnSeen) -> Role:
    if guess_scheme(column) is not None:
        return Role.GROUP
    if _holds_comments(column):
        return Role.COMMENTS
    few = 1 < len(column.filled_values) <= LIKELY_OWN
    return Role.GROUP if few and column.weights != column.filled else Role.UNUSED


def _without_question(roles: dict[str, Role]) -> dict[str, Role]:
    return {name: Role.UNUSED if role == Role.QUESTION else role for name, role in roles.items()}


def _in_order(inspection: Inspection, roles: dict[str, Role]) -> dict[str, Role]:
    return {name: roles[name] for name in inspection.names}


_SINGLE: tuple[tuple[Role, Callable[[ColumnSeen], bool]], ...] = (
    (Role.RESPONSE_ID, _is_id),
    (Role.PERSON, _is_person),
    (Role.DATE, _is_named_date),
    (Role.DATE, _is_date),
    (Role.WEIGHT, _is_weight),
    (Role.QUESTION, _is_question),
    (Role.SITE, _is_site),
)
