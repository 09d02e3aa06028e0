"""Secrets: how they are made, written and known again.

A secret is 256 random bits. Nobody can guess or search that many, so that one SHA-256 of it may be
stored without the salt and the slow hashing that passwords need.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from hashlib import sha256

BYTES = 32
_TOKEN = re.compile(r"sayso_([1-9][0-9]{0,17})_([A-Za-z0-9_-]{43})")


def new_secret() -> str:
    """Make a secret: 43 characters that may stand in a URL."""
    return secrets.token_urlsafe(BYTES)


def digest(secret: str) -> bytes:
    """Give what is stored of a secret."""
    return sha256(secret.encode()).digest()


@dataclass(frozen=True, slots=True)
class KeyToken:
    """An API key as it is sent: ``sayso_<key id>_<secret>``.

    Attributes:
        key_id: Which key it is.
        secret: What only its holder knows.
    """

    key_id: int
    secret: str = field(repr=False)

    @classmethod
    def parse(cls, token: str) -> KeyToken | None:
        """Read a token; ``None`` where it cannot be one."""
        parts = _TOKEN.fullmatch(token)
        return cls(int(parts[1]), parts[2]) if parts else None

    def __str__(self) -> str:
        return f"sayso_{self.key_id}_{self.secret}"
