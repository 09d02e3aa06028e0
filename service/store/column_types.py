"""Column types that mean the same on SQLite and PostgreSQL."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, BigInteger, DateTime, Integer, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator

if TYPE_CHECKING:
    from sqlalchemy import Dialect

_UNSTORABLE = "\ufffd"
_SURROGATE = re.compile("[\ud800-\udfff]")

# SQLite numbers rows only of an INTEGER key.
BigKey = BigInteger().with_variant(Integer(), "sqlite")
# PostgreSQL's plain JSON takes any escaped character, which JSONB does not.
Json: JSON = JSON(none_as_null=True)
SearchableJson = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


class Words(TypeDecorator[str]):
    """Text from outside: what a database cannot hold becomes U+FFFD, one for one.

    These are NUL, which PostgreSQL refuses, and lone surrogates, which are not UTF-8.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:  # noqa: ANN401 - as declared
        """Replaces what cannot be stored."""
        return value if value is None else storable(str(value))


class Moment(TypeDecorator[datetime]):
    """A point in time, in UTC wherever it is kept."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:  # noqa: ANN401 - as declared
        """Turns it to UTC; one without a time zone is a mistake."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:  # noqa: ANN401 - as declared
        """Gives it in UTC; SQLite has lost the time zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def storable(text: str) -> str:
    """Replaces the characters that no database holds, so that places in the text stay.

    Args:
        text: Any text.

    Returns:
        Text of the same length.
    """
    if "\0" in text:
        text = text.replace("\0", _UNSTORABLE)
    return text if text.isascii() else _SURROGATE.sub(_UNSTORABLE, text)
