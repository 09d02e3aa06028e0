"""Surveys whose comments people coded: responses with groups, and codes in a table beside them.

A survey is named by its definition, in the form of the example surveys: `NAME.yaml` says what the
columns of the responses hold; `ID.csv` beside it has the responses, and `ID_codes.csv` a row for
each comment: the respondent, under the same heading as there, `question`, `themes` and, where
known, `polarity` and `language`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evaluation.groupings import GroupBy
from labelled_data import (
    CodebookError,
    DataError,
    ExampleSurvey,
    LabelError,
    LabelledComment,
    normalise,
)
from labelled_data.labelled_tables import polarity_in, theme_ids_in
from labelled_data.strict_yaml import read_model
from labelled_data.tables import open_table
from labelled_data.tables.values import as_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from labelled_data import Codebook
    from labelled_data.example_surveys import SurveyColumns

CODED = ("question", "themes")

_Row = dict[str, str]
_Codes = dict[tuple[str, str], tuple[int, _Row]]


@dataclass(frozen=True, slots=True)
class CodedSurvey:
    """A survey whose comments people coded.

    Attributes:
        columns: What the columns of the responses hold.
        responses: Path of the responses.
        codes: Path of the codes.
    """

    columns: SurveyColumns
    responses: Path
    codes: Path

    def comments(self, codebook: Codebook) -> list[LabelledComment]:
        """Give the comments that have codes; `source_row` is the row of their response.

        Raises:
            TableError: A table cannot be read, or lacks a column.
            LabelError: A theme is not in the codebook, a polarity is none, or two rows of codes are
                of one comment; the message names the row.
        """
        codes = self._codes()
        wanted = (self.columns.person, *(text.column for text in self.columns.text))
        return [
            self._comment(number, row[text.column], text.question, codes[key], codebook)
            for number, row in _rows(self.responses, wanted)
            for text in self.columns.text
            if (key := (row[self.columns.person], text.question)) in codes
            if normalise(row[text.column])
        ]

    def parted_by(self, characteristic: str) -> GroupBy:
        """Say what parts people into groups of a characteristic.

        Raises:
            DataError: The survey has no such characteristic.
        """
        columns = self.columns.characteristics
        if characteristic not in columns:
            known = ", ".join(columns)
            raise DataError(f"{self.responses}: there is no {characteristic!r}, but {known}")
        column = columns[characteristic]
        broad = column.compared == "broad_groups"
        return GroupBy(characteristic, column.column, column.resolved_scheme(), broad)

    def _codes(self) -> _Codes:
        codes: _Codes = {}
        for number, row in _rows(self.codes, (self.columns.person, *CODED)):
            key = (row[self.columns.person], row["question"])
            if key in codes:
                raise LabelError(f"{self.codes} row {number} codes what row {codes[key][0]} does")
            codes[key] = number, row
        return codes

    def _comment(
        self, number: int, text: str, question: str, code: tuple[int, _Row], codebook: Codebook
    ) -> LabelledComment:
        place, row = f"{self.codes} row {code[0]}", code[1]
        try:
            themes = codebook.in_order(theme_ids_in(row["themes"]))
        except CodebookError as error:
            raise LabelError(f"{place}, column 'themes': {error}") from error
        return LabelledComment(
            id=f"{number} {question}",
            text=text,
            question=question,
            themes=themes,
            sentiment=None,
            source_row=number,
            polarity=polarity_in(row.get("polarity", ""), themes, f"{place}, column 'polarity'"),
            language=row.get("language") or "en",
        )


def open_survey(path: Path) -> CodedSurvey:
    """Read the definition of a survey.

    Raises:
        DataError: The file cannot be read, or does not define a survey.
    """
    survey = read_model(path, ExampleSurvey, "a survey", DataError)
    responses = path.with_name(f"{survey.id}.csv")
    return CodedSurvey(survey.columns, responses, path.with_name(f"{survey.id}_codes.csv"))


def _rows(path: Path, wanted: tuple[str, ...]) -> Iterator[tuple[int, _Row]]:
    table = open_table(path)
    for column in wanted:
        table.require(column)
    for batch in table.batches():
        yield from enumerate(as_text(batch.frame).iter_rows(named=True), batch.first_row)
