"""Responses made from those of the shipped example survey, as many as a benchmark needs."""

from __future__ import annotations

import csv
import random
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from labelled_data import example_survey, numbered_sentences
from labelled_data.tables import open_table
from service.records import NewSurvey, ResponseColumns

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

Row = dict[str, str]

RESPONSE_ID = "response_id"
REPEATED_EVERY = 100
"""One row in so many is the one before it again."""
SPOILT_EVERY = 100
"""One row in so many has a date that is none."""
_REPEATED, _SPOILT = 50, 75


@dataclass(frozen=True, slots=True)
class Expected:
    """What the service should say of a file.

    Attributes:
        accepted: New responses.
        duplicate: Rows that were there before.
        rejected: Rows that cannot be read.
    """

    accepted: int
    duplicate: int
    rejected: int

    @property
    def received(self) -> int:
        """All rows."""
        return self.accepted + self.duplicate + self.rejected


class GeneratedSurvey:
    """A survey of any size; the response of a number is always the same.

    Its comments are sentences of the example survey's comments put together anew, as many in each
    as there are in a comment of the example, and its groups are drawn from the example's.

    Args:
        seed: Makes another survey of the same kind.
    """

    def __init__(self, seed: int = 0) -> None:
        self._seed = seed
        self._example = example_survey("uec")

    @property
    def questions(self) -> tuple[str, ...]:
        """Headers of the columns of comments."""
        return tuple(text.column for text in self._example.columns.text)

    def new(self, survey_id: str, model: str) -> NewSurvey:
        """Describe the survey to the service."""
        columns = self._example.columns
        return NewSurvey(
            id=survey_id,
            name="A generated survey",
            model=model,
            columns=ResponseColumns(
                response_id=RESPONSE_ID,
                person=None,
                date=columns.date,
                site=columns.site,
                text=columns.text,
                characteristics=columns.characteristics,
            ),
        )

    def response(self, number: int) -> Row:
        """Give the response of a number, by column."""
        luck = random.Random(f"{self._seed} {number}")  # noqa: S311 - nothing secret
        row = {column: luck.choice(values) for column, values in self._values.items()}
        row |= {question: self._comment(question, luck) for question in self.questions}
        return {RESPONSE_ID: f"generated-{self._seed}-{number:07d}", **row}

    def responses(self, first: int, count: int) -> list[Row]:
        """Give the responses of some numbers."""
        return [self.response(number) for number in range(first, first + count)]

    def comments(self, count: int) -> list[tuple[str, str]]:
        """Give comments, none twice, each with its question."""
        found: dict[tuple[str, str], None] = {}
        number = 0
        while len(found) < count:
            row = self.response(number)
            found |= {
                (row[question], question): None for question in self.questions if row[question]
            }
            number += 1
        return list(found)[:count]

    def rows(self, count: int) -> Iterator[Row]:
        """Give rows of a file of which some are there twice and some cannot be read."""
        for number in range(count):
            if number % REPEATED_EVERY == _REPEATED:
                yield self.response(number - 1)
            elif number % SPOILT_EVERY == _SPOILT:
                yield {**self.response(number), self._example.columns.date: "last Tuesday"}
            else:
                yield self.response(number)

    def expected(self, count: int) -> Expected:
        """Tell what the service should say of so many `rows`."""
        duplicate = len(range(_REPEATED, count, REPEATED_EVERY))
        rejected = len(range(_SPOILT, count, SPOILT_EVERY))
        return Expected(count - duplicate - rejected, duplicate, rejected)

    def _comment(self, question: str, luck: random.Random) -> str:
        length = luck.choice(self._lengths[question])
        return " ".join(luck.choices(self._sentences[question], k=length))

    @cached_property
    def _table(self) -> dict[str, list[str]]:
        frames = [batch.frame for batch in open_table(self._example.responses).batches(10_000)]
        return {
            column: [value or "" for frame in frames for value in frame[column].to_list()]
            for column in frames[0].columns
        }

    @cached_property
    def _values(self) -> dict[str, list[str]]:
        left_out = {RESPONSE_ID, *self.questions}
        return {column: values for column, values in self._table.items() if column not in left_out}

    @cached_property
    def _lengths(self) -> dict[str, list[int]]:
        return {
            question: [len(numbered_sentences(text)) for text in self._table[question]]
            for question in self.questions
        }

    @cached_property
    def _sentences(self) -> dict[str, list[str]]:
        return {
            question: [
                span.of(text) for text in self._table[question] for span in numbered_sentences(text)
            ]
            for question in self.questions
        }


def write_csv(path: Path, rows: Iterable[Row]) -> None:
    """Write rows as a CSV file with the columns of the first."""
    rows = iter(rows)
    first = next(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(first))
        writer.writeheader()
        writer.writerow(first)
        writer.writerows(rows)
