"""The example surveys with the codes their writers gave: as plain records, and as counts see them.

Each of the two is read from the files without the other.
"""

from __future__ import annotations

import csv
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Literal

import numpy as np

from labelled_data import Polarity, shipped_codebook
from labelled_data.example_surveys import GroupColumn, SurveyColumns, example_survey
from service.counts.readings import Characteristic, Node, Reading, Readings
from tests.service.counts.brute_force import UNREADABLE
from tests.service.counts.generated import MISSING

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from tests.service.counts.brute_force import Answer, Record

SurveyId = Literal["uec", "ics"]
Rows = list[dict[str, str]]


@cache
def example_records(survey_id: SurveyId) -> list[Record]:
    """Read an example survey as plain records; answers in other languages are unreadable."""
    survey = example_survey(survey_id)
    columns = survey.columns
    schemes = {name: each.resolved_scheme() for name, each in columns.characteristics.items()}
    answers: dict[str, dict[str, Answer]] = {}
    for code in _rows(survey.codes):
        said = answers.setdefault(code["response_id"], {})
        said[code["question"]] = _themes(code) if code["language"] == "en" else UNREADABLE
    return [
        {
            "person": row[columns.person],
            "day": date.fromisoformat(row[columns.date]),
            "site": row[columns.site] or None,
            "weight": 1.0,
            "groups": {
                name: str(schemes[name].group_of(row[each.column]))
                for name, each in columns.characteristics.items()
            },
            "answers": answers.get(row["response_id"], {}),
        }
        for row in _rows(survey.responses)
    ]


@cache
def example_readings(survey_id: SurveyId) -> Readings:
    """Read an example survey as counts see it."""
    survey = example_survey(survey_id)
    columns, rows = survey.columns, _rows(survey.responses)
    codebook = shipped_codebook(survey.codebook)
    characteristics = tuple(
        _characteristic(name, each) for name, each in columns.characteristics.items()
    )
    texts = [text.column for text in columns.text]
    codes = {(code["response_id"], code["question"]): code for code in _rows(survey.codes)}
    asked = [[codes.get((row["response_id"], text)) for text in texts] for row in rows]
    return Readings(
        themes=codebook.theme_ids,
        theme_names=tuple(theme.name for theme in codebook.themes),
        characteristics=characteristics,
        questions=tuple(Node(text.column, text.question) for text in columns.text),
        sites=(),
        site_characteristic=_site_characteristic(columns),
        number=np.arange(len(rows)),
        person=np.unique([row[columns.person] for row in rows], return_inverse=True)[1],
        groups=_groups(columns, characteristics, rows),
        day=np.array([date.fromisoformat(row[columns.date]).toordinal() for row in rows], "i4"),
        site=np.full(len(rows), -1, np.int32),
        weight=None,
        status=np.array([[_status(code) for code in codes] for codes in asked], np.uint8),
        tagged=_bits(codebook.theme_ids, asked, frozenset(Polarity)),
        praised=_bits(codebook.theme_ids, asked, {each for each in Polarity if each.praises}),
        blamed=_bits(codebook.theme_ids, asked, {each for each in Polarity if each.blames}),
    )


def _rows(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _themes(code: dict[str, str]) -> Answer:
    spoken = dict(each.split("=") for each in code["polarity"].split(";") if each)
    return {
        theme: (spoken[theme] in ("positive", "mixed"), spoken[theme] in ("negative", "mixed"))
        for theme in code["themes"].split(";")
        if theme
    }


def _characteristic(name: str, column: GroupColumn) -> Characteristic:
    scheme = column.resolved_scheme()
    nodes = (*(Node(group.id, group.name) for group in scheme.groups), *MISSING)
    parents = {group.id: group.parent or group.id for group in scheme.groups}
    names = {each.id: each.name for each in scheme.groups}
    names |= {each.id: each.name for each in scheme.broad_groups}
    broad = list(dict.fromkeys([*parents.values(), *(node.id for node in MISSING)]))
    return Characteristic(
        name,
        scheme.name,
        nodes,
        tuple(broad.index(parents.get(node.id, node.id)) for node in nodes),
        (*(Node(each, names[each]) for each in broad[: -len(MISSING)]), *MISSING),
        column.compared,
        column.column,
    )


def _site_characteristic(columns: SurveyColumns) -> str:
    found = (n for n, each in columns.characteristics.items() if each.column == columns.site)
    return next(found)


def _groups(
    columns: SurveyColumns, characteristics: tuple[Characteristic, ...], rows: Rows
) -> NDArray[np.int16]:
    groups = np.zeros((len(rows), len(characteristics)), np.int16)
    for place, each in enumerate(characteristics):
        column = columns.characteristics[each.id]
        scheme, ids = column.resolved_scheme(), [node.id for node in each.nodes]
        groups[:, place] = [ids.index(str(scheme.group_of(row[column.column]))) for row in rows]
    return groups


def _status(code: dict[str, str] | None) -> Reading:
    if code is None:
        return Reading.NONE
    return Reading.READABLE if code["language"] == "en" else Reading.UNREADABLE


def _bits(
    themes: tuple[str, ...],
    asked: list[list[dict[str, str] | None]],
    spoken: frozenset[Polarity] | set[Polarity],
) -> NDArray[np.uint64]:
    bits = np.zeros((len(asked), len(asked[0])), np.uint64)
    for row, codes in enumerate(asked):
        for column, code in enumerate(codes):
            for each in code["polarity"].split(";") if code else ():
                if each and Polarity(each.partition("=")[2]) in spoken:
                    theme = themes.index(each.partition("=")[0])
                    bits[row, column] |= np.uint64(1 << theme)
    return bits
