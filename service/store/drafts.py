"""Drafts: what was chosen of surveys that are being brought, and how far they have come."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select, update

from service.draft_records import Choices, Draft, Outcome, Stage
from service.errors import NotFoundError
from service.store.tables import draft

if TYPE_CHECKING:
    from typing import Any

    from sqlalchemy import Connection, Row


def add(conn: Connection, draft_id: str, owner: str, survey: str | None, choices: Choices) -> None:
    """Adds a draft, in which a file was sent and nothing else chosen."""
    values = {
        "id": draft_id,
        "owner": owner,
        "survey": survey,
        "stage": Stage.CHOOSING,
        "revision": 0,
        "choices": choices.model_dump(mode="json"),
        "changed": datetime.now(UTC),
    }
    conn.execute(insert(draft).values(values))


def get(conn: Connection, draft_id: str) -> Draft:
    """Gives a draft.

    Raises:
        NotFoundError: If there is none with this id.
    """
    row = conn.execute(select(draft).where(draft.c.id == draft_id)).one_or_none()
    if row is None:
        raise NotFoundError("this survey is not being brought any more; bring its file again")
    return _draft(row)


def every(conn: Connection) -> list[Draft]:
    """Gives all drafts, those that changed last first."""
    return [_draft(row) for row in conn.execute(select(draft).order_by(draft.c.changed.desc()))]


def choose(conn: Connection, draft_id: str, choices: Choices) -> None:
    """Keeps what was chosen; what was found out before about other choices goes."""
    _update(
        conn,
        draft_id,
        choices=choices.model_dump(mode="json"),
        stage=Stage.CHOOSING,
        outcome=None,
        revision=draft.c.revision + 1,
    )


def move(conn: Connection, draft_id: str, stage: Stage, outcome: Outcome, **more: str) -> None:
    """Has a draft begin another stage; ``survey`` may be set with it."""
    told = outcome.model_dump(mode="json")
    _update(conn, draft_id, stage=stage, outcome=told, **more)


def report(
    conn: Connection,
    found: Draft,
    stage: Stage,
    outcome: Outcome,
    choices: Choices | None = None,
) -> bool:
    """Keeps what has become of the rows of a draft, unless it changed since it was read.

    Args:
        conn: In a transaction that writes.
        found: The draft as its rows were looked at.
        stage: The stage it is in from now on.
        outcome: What has become of them.
        choices: What is kept of its choices from now on; all of them when None.

    Returns:
        Whether it was kept; not if other choices were made meanwhile, or the draft is gone.
    """
    kept = {} if choices is None else {"choices": choices.model_dump(mode="json")}
    changed = conn.execute(
        update(draft)
        .where(
            draft.c.id == found.id,
            draft.c.stage == found.stage,
            draft.c.revision == found.revision,
        )
        .values(
            stage=stage,
            outcome=outcome.model_dump(mode="json"),
            changed=datetime.now(UTC),
            **kept,
        )
    )
    return changed.rowcount == 1


def remove(conn: Connection, draft_id: str) -> None:
    """Deletes a draft, if it is there."""
    conn.execute(delete(draft).where(draft.c.id == draft_id))


def _update(conn: Connection, draft_id: str, **values: Any) -> None:  # noqa: ANN401 - columns
    conn.execute(
        update(draft).where(draft.c.id == draft_id).values(changed=datetime.now(UTC), **values)
    )


def _draft(row: Row[*tuple[Any, ...]]) -> Draft:
    return Draft(
        id=row.id,
        owner=row.owner,
        survey=row.survey,
        stage=Stage(row.stage),
        revision=row.revision,
        choices=Choices.model_validate(row.choices),
        outcome=None if row.outcome is None else Outcome.model_validate(row.outcome),
        changed=row.changed,
    )
