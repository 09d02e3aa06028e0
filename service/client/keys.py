"""Keys, which an admin makes and revokes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.client.calls import place
from service.client.results import Key, KeyList, MadeKey

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from service.client.calls import Calls


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of the service; only for those with the scope ``admin``."""

    _calls: Calls

    def make(self, name: str, scopes: Iterable[str], expires: datetime | None = None) -> MadeKey:
        """Make a key.

        Args:
            name: What it is for.
            scopes: What it may do.
            expires: When it stops working, with its time zone; None for never.
        """
        until = None if expires is None else expires.isoformat()
        body = {"name": name, "scopes": sorted(scopes), "expires": until}
        # sent twice it would make two, of which nobody knows one
        return self._calls.ask(MadeKey, "POST", place("keys"), body=body, repeatable=False)

    def every(self) -> tuple[Key, ...]:
        """List them, also those that were revoked."""
        return self._calls.ask(KeyList, "GET", place("keys")).keys

    def revoke(self, key: int) -> None:
        """Make a key stop working."""
        self._calls.ask(type(None), "DELETE", place("keys", key))
