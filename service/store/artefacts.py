"""Artefacts: the models that comments are, or were, tagged by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from service.records import ArtefactStamp
from service.store.statements import insert_new
from service.store.tables import artefact

if TYPE_CHECKING:
    from sqlalchemy import Connection


def artefact_keys(conn: Connection) -> dict[ArtefactStamp, int]:
    """Gives the number in the store of every artefact that it knows; there are few."""
    rows = conn.execute(select(artefact)).mappings()
    return {
        ArtefactStamp.model_validate({k: v for k, v in row.items() if k != "pk"}): row["pk"]
        for row in rows
    }


def artefact_key(conn: Connection, stamp: ArtefactStamp) -> int:
    """Gives an artefact's number in the store, which it gets here if it has none."""
    insert_new(conn, artefact, stamp.model_dump())
    return artefact_keys(conn)[stamp]
