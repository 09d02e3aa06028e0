"""Bringing a survey: from a file, over choices and a dry run, to its responses in the store."""

from service.bringing.columns import NUMBERED, characteristics_of, columns_by_question
from service.bringing.drafts import (
    begin,
    begin_check,
    begin_import,
    cancel,
    choose,
    forget_survey,
    get,
    inspection_of,
    mine,
    refuse_taken,
    sweep,
)
from service.bringing.folder import DraftFolder
from service.bringing.inspection import MOST_VALUES, ColumnSeen, Inspection
from service.bringing.runner import Runner

__all__ = [
    "MOST_VALUES",
    "NUMBERED",
    "ColumnSeen",
    "DraftFolder",
    "Inspection",
    "Runner",
    "begin",
    "begin_check",
    "begin_import",
    "cancel",
    "characteristics_of",
    "choose",
    "columns_by_question",
    "forget_survey",
    "get",
    "inspection_of",
    "mine",
    "refuse_taken",
    "sweep",
]
