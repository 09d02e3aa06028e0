"""When each key was last used: noted now and then, so that no request waits for it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import structlog

from service.errors import ServiceError
from service.observability.logs import describe
from service.store import keys

if TYPE_CHECKING:
    from service.store import Store

log = structlog.get_logger(__name__)

PAUSE = 30.0
"""Seconds between two notes."""


class KeyUses:
    """When keys were used since it was last noted.

    Args:
        store: Where it is noted.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._used: dict[int, datetime] = {}

    def used(self, key_id: int) -> None:
        """Say that a key was used just now."""
        self._used[key_id] = datetime.now(UTC)

    def note(self) -> None:
        """Note in the store what was used."""
        used, self._used = self._used, {}
        if not used:
            return
        try:
            with self._store.write() as conn:
                for key_id, when in used.items():
                    keys.touch(conn, key_id, when)
        except ServiceError as error:  # when a key was last used is not worth a failure
            log.warning("key_uses.not_noted", **describe(error))

    async def keep_noting(self) -> None:
        """Note it every now and then."""
        while True:
            await asyncio.sleep(PAUSE)
            await asyncio.to_thread(self.note)
