"""Keys, which an admin makes and revokes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from service.client.calls import place

if TYPE_CHECKING:
    from collections.abc import Iterable

    from service.client.calls import Calls


class _Result(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Key(_Result):
    """A key, but for its secret.

    Attributes:
        id: Its number.
        name: What it is for.
        scopes: What it may do.
        created: When it was made.
        expires: When it stops working.
        revoked: When it was revoked.
        used: When it was last used.
    """

    id: int
    name: str
    scopes: tuple[str, ...]
    created: datetime
    expires: datetime | None = None
    revoked: datetime | None = None
    used: datetime | None = None


class MadeKey(Key):
    """A key that was just made, with what to send as `Client`'s key; it is told only now."""

    token: str = Field(repr=False)


class KeyList(_Result):
    """All keys."""

    keys: tuple[Key, ...]


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
