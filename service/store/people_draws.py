"""Drawing samples of people, with all that each of them wrote."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from sqlalchemy import func, select

from service.store.draws import nothing_to_draw, settled
from service.store.samples import Sample, keep, sample
from service.store.statements import parts
from service.store.strata import Answered, DrawnStratum, Partition, groups_of
from service.store.surveys import survey_key
from service.store.tables import comment, profile, response

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Sequence

    from sqlalchemy import ColumnElement, Connection

    from service.records import Survey
    from service.store.strata import Stratum
    from service.store.surveys import SurveyKey


class _Person(NamedTuple):
    """Somebody who may be drawn."""

    responses: tuple[int, ...]
    """Those that hold a readable comment."""
    stratum: int


def draw_people(
    conn: Connection, survey: Survey, strata: Sequence[Stratum], seed: int, *, blind: bool
) -> Sample:
    """Draws people who wrote a readable comment, and takes all the readable comments of each.

    Of each stratum as many are drawn as it says, each of its people equally likely, without
    replacement (Cochran 1977, Sampling Techniques, chapter 5); a comment is as likely as whoever
    wrote it (single-stage cluster sampling, chapter 9A there). People come in an order by chance,
    whatever their stratum, so that those who are read first are a random sample too. As in `draw`,
    comments from the first that still waits to be tagged on are left out.

    Args:
        conn: In a transaction that writes.
        survey: Whose people; a response that does not say whose it is, is somebody else's.
        strata: Each person is in the first they fall in; who is in none is never drawn.
        seed: Of the draw, and of its order; 0 or more.
        blind: Whether readers are not to see what the model says.

    Raises:
        NotFoundError: If the survey is gone.
        ConflictError: If there is nobody to draw.
    """
    key = survey_key(conn, survey.id, lock=True)
    could_be = settled(conn, key)
    partition = Partition(survey.columns, [stratum.groups for stratum in strata])
    frame = list(_placed(_people(conn, key), _answered(conn, could_be), partition))
    drawn, told = _of_strata(frame, strata, np.random.default_rng(seed))
    if not drawn:
        raise nothing_to_draw(survey)
    values = {
        "artefact": key.artefact,
        "kind": "random",
        "unit": "people",
        "size": len(drawn),
        "frame": sum(stratum.frame for stratum in told),
        "last": conn.execute(select(func.max(comment.c.pk)).where(*could_be)).scalar_one(),
        "strata": [stratum.as_json() for stratum in told],
        "seed": seed,
        "blind": blind,
    }
    chances = [stratum.probability for stratum in told]
    items = _comments_of(conn, could_be, drawn, chances)
    return sample(conn, survey, keep(conn, key.pk, values, items))


def _answered(conn: Connection, could_be: Sequence[ColumnElement[bool]]) -> set[int]:
    return set(conn.execute(select(comment.c.response).where(*could_be).distinct()).scalars())


def _people(conn: Connection, key: SurveyKey) -> Iterable[list[Answered]]:
    """Gives the responses of each person, in the order of everybody's first."""
    profiles = select(profile.c.pk, profile.c.groups).where(profile.c.survey == key.pk)
    groups = {row.pk: row.groups for row in conn.execute(profiles)}
    held = response.c
    rows = conn.execute(
        select(held.pk, held.person, held.given_on, held.profile)
        .where(held.survey == key.pk)
        .order_by(held.pk)
    )
    theirs: defaultdict[str | int, list[Answered]] = defaultdict(list)
    for row in rows:
        person = row.pk if row.person is None else row.person
        theirs[person].append(Answered(row.pk, row.given_on, groups[row.profile]))
    return theirs.values()


def _placed(
    people: Iterable[Sequence[Answered]], readable: Container[int], partition: Partition
) -> Iterator[_Person]:
    for answers in people:
        responses = tuple(one.response for one in answers if one.response in readable)
        stratum = partition.place(groups_of(answers)) if responses else None
        if stratum is not None:
            yield _Person(responses, stratum)


def _of_strata(
    frame: Sequence[_Person], strata: Sequence[Stratum], generator: np.random.Generator
) -> tuple[list[_Person], list[DrawnStratum]]:
    drawn: list[_Person] = []
    told = []
    for place, stratum in enumerate(strata):
        members = [person for person in frame if person.stratum == place]
        picked = generator.permutation(len(members))[: stratum.size]
        drawn += [members[at] for at in picked]
        told.append(DrawnStratum(groups=dict(stratum.groups), size=len(picked), frame=len(members)))
    return [drawn[at] for at in generator.permutation(len(drawn))], told


def _comments_of(
    conn: Connection,
    could_be: Sequence[ColumnElement[bool]],
    drawn: Sequence[_Person],
    chances: Sequence[float | None],
) -> list[tuple[int, float | None]]:
    """Gives the comments of people, one person's after another's, each with its chance."""
    written: defaultdict[int, list[int]] = defaultdict(list)
    for some in parts([pk for person in drawn for pk in person.responses]):
        theirs = select(comment.c.response, comment.c.pk).where(
            *could_be, comment.c.response.in_(some)
        )
        for row in conn.execute(theirs.order_by(comment.c.pk)):
            written[row.response].append(row.pk)
    return [
        (pk, chances[person.stratum])
        for person in drawn
        for of in person.responses
        for pk in written[of]
    ]
