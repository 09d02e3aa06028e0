"""Who is asking, and what they may do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from service.errors import ForbiddenError


class Scope(StrEnum):
    """What a key may do; ``admin`` may do everything."""

    TAG = "tag"
    SURVEYS_READ = "surveys:read"
    SURVEYS_WRITE = "surveys:write"
    COMMENTS_READ = "comments:read"
    REVIEW = "review"
    COUNTS_EXACT = "counts:exact"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is asking.

    Attributes:
        name: What the audit and the log call them, such as ``key 3``; tells nothing secret.
        scopes: What they may do.
        key: Number of the key they gave, or signed in by; None for a browser that followed a link.
    """

    name: str
    scopes: frozenset[str]
    key: int | None = None

    def may(self, scope: str) -> bool:
        """Tell whether a scope is theirs."""
        return scope in self.scopes or Scope.ADMIN in self.scopes

    def check(self, scope: str) -> None:
        """Stop who may not.

        Raises:
            ForbiddenError: The scope is not theirs.
        """
        if not self.may(scope):
            raise ForbiddenError(f"this needs a key with the scope {str(scope)!r}")
