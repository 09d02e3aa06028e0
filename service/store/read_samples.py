"""What people read of random samples, and where in a survey's readings each comment stands."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import or_, select

from labelled_data import Polarity
from service.store.artefacts import artefact_keys
from service.store.samples import samples
from service.store.tables import comment, review, review_item, review_sample

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

    from service.records import Survey
    from service.store.samples import Sample


class Cell(NamedTuple):
    """Where an answer stands: the number of its response, and the place of its question.

    As responses of a survey are added one batch after the other, and the answers of each in the
    order of its questions, cells are in the order of the numbers of comments too.
    """

    response: int
    question: int


class DrawnAnswer(NamedTuple):
    """An answer of a sample.

    Attributes:
        cell: Where it stands.
        probability: The chance it had to be drawn.
        read: Whether somebody read it for this sample.
    """

    cell: Cell
    probability: float
    read: bool


class PersonsReading(NamedTuple):
    """What one person says of an answer: themes, and how each is spoken of where they said."""

    themes: tuple[str, ...]
    polarity: dict[str, Polarity]


@dataclass(frozen=True, slots=True)
class RandomSample:
    """A random sample.

    Attributes:
        sample: How it was drawn.
        last: The last answer that it could have drawn; all that could be read before it could be
            drawn too.
        answers: In the order in which they are read.
    """

    sample: Sample
    last: Cell
    answers: tuple[DrawnAnswer, ...]


@dataclass(frozen=True, slots=True)
class ReadSamples:
    """The random samples of a survey, and what people said of them.

    Attributes:
        samples: In the order in which they were drawn.
        read: What each of its readers says of an answer, for each that somebody read.
    """

    samples: tuple[RandomSample, ...]
    read: Mapping[Cell, Sequence[PersonsReading]]


def read_samples(conn: Connection, survey: Survey) -> ReadSamples:
    """Gives the random samples of a survey, and what people said of their comments.

    What was said by another version of the codebook than the survey's present one is left out, as
    is what was said of a comment outside any random sample. Of somebody who read a comment twice,
    what they said last counts.

    Args:
        conn: In a transaction.
        survey: The survey.

    Raises:
        NotFoundError: If the survey is gone.
    """
    drawn = [each for each in samples(conn, survey) if each.kind == "random" and each.last]
    ids = [each.id for each in drawn]
    cells = _cells(conn, ids)
    read, said = _said(conn, survey, ids)
    items: defaultdict[int, list[DrawnAnswer]] = defaultdict(list)
    rows = conn.execute(
        select(review_item)
        .where(review_item.c.sample.in_(ids))
        .order_by(review_item.c.sample, review_item.c.place)
    )
    for row in rows:
        is_read = (row.sample, row.comment) in read
        items[row.sample].append(DrawnAnswer(cells[row.comment], row.probability, is_read))
    return ReadSamples(
        tuple(RandomSample(each, cells[each.last or 0], tuple(items[each.id])) for each in drawn),
        {cells[pk]: tuple(by.values()) for pk, by in said.items()},
    )


def _cells(conn: Connection, ids: Sequence[int]) -> dict[int, Cell]:
    """Gives where the comments stand that samples hold or end with."""
    items = select(review_item.c.comment).where(review_item.c.sample.in_(ids))
    ends = select(review_sample.c.last).where(review_sample.c.pk.in_(ids))
    rows = conn.execute(
        select(comment.c.pk, comment.c.response, comment.c.question).where(
            or_(comment.c.pk.in_(items), comment.c.pk.in_(ends))
        )
    )
    return {row.pk: Cell(row.response, row.question) for row in rows}


def _said(
    conn: Connection, survey: Survey, ids: Sequence[int]
) -> tuple[set[tuple[int, int]], dict[int, dict[str, PersonsReading]]]:
    """Gives the samples and comments that were read, and by comment and reader what is said."""
    now = survey.artefact
    same = [
        pk
        for stamp, pk in artefact_keys(conn).items()
        if (stamp.codebook, stamp.codebook_version) == (now.codebook, now.codebook_version)
    ]
    wanted = select(review).where(review.c.sample.in_(ids), review.c.artefact.in_(same))
    read: set[tuple[int, int]] = set()
    said: defaultdict[int, dict[str, PersonsReading]] = defaultdict(dict)
    for row in conn.execute(wanted.order_by(review.c.pk)):
        polarity = {theme: Polarity(told) for theme, told in row.polarity.items()}
        read.add((row.sample, row.comment))
        said[row.comment][row.reviewer] = PersonsReading(tuple(row.themes), polarity)
    return read, said
