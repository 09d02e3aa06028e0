"""Responses: adding them, each once however often it is sent."""

from __future__ import annotations

import json
from hashlib import blake2b
from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from service.records import Added, ResponseRow
from service.store.column_types import storable
from service.store.reading_changes import touch
from service.store.statements import parts
from service.store.surveys import survey_key
from service.store.tables import comment, profile, response

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection

    from service.records import Survey

_DIGEST_BYTES = 16


def add(conn: Connection, survey: Survey, rows: Sequence[ResponseRow]) -> Added:
    """Adds the responses that are new; one that is there already stays as it is.

    Two who add to one survey take turns.

    Args:
        conn: In a transaction that writes.
        survey: Where they belong.
        rows: Any number; a response id may stand in them more than once.

    Raises:
        NotFoundError: If the survey is gone, or going.
    """
    pk = survey_key(conn, survey.id, lock=True).pk
    digests = [content_digest(row) for row in rows]
    ids = [storable(row.response_id) for row in rows]
    held = _held(conn, pk, ids)
    fresh: list[int] = []
    conflicts: list[int] = []
    for place, (response_id, digest) in enumerate(zip(ids, digests, strict=True)):
        if response_id not in held:
            held[response_id] = digest
            fresh.append(place)
        elif held[response_id] != digest:
            conflicts.append(place)
    if fresh:
        _insert(conn, pk, [rows[place] for place in fresh], [digests[place] for place in fresh])
    duplicates = len(rows) - len(fresh) - len(conflicts)
    return Added(accepted=len(fresh), duplicates=duplicates, conflicts=tuple(conflicts))


def digests(conn: Connection, survey_id: str, ids: Sequence[str]) -> dict[str, bytes]:
    """Gives the digests of those responses that a survey has, by id.

    Raises:
        NotFoundError: If there is no such survey.
    """
    return _held(conn, survey_key(conn, survey_id).pk, [storable(each) for each in ids])


def content_digest(row: ResponseRow) -> bytes:
    """Gives a digest of all that a response holds; the order of its groups does not matter."""
    given_on = None if row.given_on is None else row.given_on.isoformat()
    about = (row.response_id, row.person, given_on, row.site, row.weight)
    return _digest(*about, row.answers, sorted(row.groups))


def _digest(*content: object) -> bytes:
    told = json.dumps(content, separators=(",", ":"))
    return blake2b(told.encode(), digest_size=_DIGEST_BYTES).digest()


def _held(conn: Connection, survey: int, ids: Iterable[str]) -> dict[str, bytes]:
    """Gives the digests of those responses that are there."""
    return {
        row.response_id: row.digest
        for some in parts(sorted(set(ids)))
        for row in conn.execute(
            select(response.c.response_id, response.c.digest).where(
                response.c.survey == survey, response.c.response_id.in_(some)
            )
        )
    }


def _insert(
    conn: Connection, survey: int, rows: Sequence[ResponseRow], digests: Sequence[bytes]
) -> None:
    profiles = _profiles(conn, survey, rows)
    made = conn.execute(
        insert(response).returning(response.c.pk, sort_by_parameter_order=True),
        [
            {
                "survey": survey,
                "response_id": row.response_id,
                "digest": digest,
                "person": row.person,
                "given_on": row.given_on,
                "site": row.site,
                "weight": row.weight,
                "profile": profiles[row.groups],
            }
            for row, digest in zip(rows, digests, strict=True)
        ],
    )
    pks = made.scalars().all()
    answers = [
        {"survey": survey, "response": pk, "question": question, "text": text}
        for pk, row in zip(pks, rows, strict=True)
        for question, text in row.answers
    ]
    if answers:
        conn.execute(insert(comment), answers)
    touch(conn, ((survey, pk) for pk in pks))


def _profiles(
    conn: Connection, survey: int, rows: Sequence[ResponseRow]
) -> dict[tuple[tuple[str, str], ...], int]:
    """Gives the number of each combination of groups, which new ones get here."""
    digests = {row.groups: b"" for row in rows}
    for groups in digests:
        digests[groups] = _digest(sorted(groups))
    known = _known_profiles(conn, survey, digests.values())
    missing = {digest: groups for groups, digest in digests.items() if digest not in known}
    if missing:
        conn.execute(
            insert(profile),
            [
                {"survey": survey, "digest": digest, "groups": dict(groups)}
                for digest, groups in missing.items()
            ],
        )
        known |= _known_profiles(conn, survey, missing)
    return {groups: known[digest] for groups, digest in digests.items()}


def _known_profiles(conn: Connection, survey: int, digests: Iterable[bytes]) -> dict[bytes, int]:
    return {
        row.digest: row.pk
        for some in parts(sorted(set(digests)))
        for row in conn.execute(
            select(profile.c.digest, profile.c.pk).where(
                profile.c.survey == survey, profile.c.digest.in_(some)
            )
        )
    }
