"""Keys and the audit, as the calls on them take and give them."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from service.security.principals import Scope
from service.security.tokens import KeyToken
from service.store.keys import StoredKey

NEW_KEY: dict[str, Any] = {
    "name": "dashboard",
    "scopes": ["surveys:read"],
    "expires": "2027-01-01T00:00:00Z",
}
KEY: dict[str, Any] = NEW_KEY | {
    "id": 3,
    "created": "2025-11-03T09:12:45Z",
    "revoked": None,
    "used": None,
}
MADE: dict[str, Any] = KEY | {"token": "sayso_3_…"}
ENTRY: dict[str, Any] = {
    "id": 12,
    "at": "2025-11-03T09:12:45Z",
    "actor": "key 3",
    "action": "comments.read",
    "survey": "ae-2025",
    "detail": {"comments": 50},
}

KeyName = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$"
    ),
]


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("it is beyond the end of the calendar") from None


class NewKey(BaseModel):
    """A key that is to be made.

    Attributes:
        name: What it is for, as the list of keys shows it.
        scopes: What it may do; `admin` may do everything.
        expires: When it stops working; null for never.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", json_schema_extra={"examples": [NEW_KEY]}
    )

    name: KeyName
    scopes: Annotated[frozenset[Scope], Field(min_length=1)]
    expires: Annotated[AwareDatetime, AfterValidator(_in_utc)] | None = None


class Key(BaseModel):
    """A key, but for its secret, which nobody can read again.

    Attributes:
        id: Its number.
        name: What it is for.
        scopes: What it may do.
        created: When it was made.
        expires: When it stops working; null for never.
        revoked: When it was revoked; null if it was not.
        used: When it was last used, to about half a minute; null for never.
    """

    model_config = ConfigDict(frozen=True)

    id: int
    name: str
    scopes: tuple[str, ...]
    created: datetime
    expires: datetime | None
    revoked: datetime | None
    used: datetime | None

    @classmethod
    def of(cls, key: StoredKey) -> Self:
        """Describe a key."""
        return cls(**_told(key))


class NewKeyToken(Key):
    """A key that was just made, with the token to send, which is shown this once.

    Attributes:
        token: What to send as `Authorization: Bearer …`.
    """

    model_config = ConfigDict(frozen=True, json_schema_extra={"examples": [MADE]})

    token: str

    @classmethod
    def made(cls, key: StoredKey, token: KeyToken) -> Self:
        """Describe a key with its token."""
        return cls(**_told(key), token=str(token))


class KeyList(BaseModel):
    """All keys, good or not, in the order in which they were made."""

    model_config = ConfigDict(frozen=True, json_schema_extra={"examples": [{"keys": [KEY]}]})

    keys: tuple[Key, ...]


class AuditEntry(BaseModel):
    """One thing that somebody did.

    Attributes:
        id: Its number; later ones have higher numbers.
        at: When.
        actor: Who, such as `key 3`.
        action: What, such as `survey.create`.
        survey: Id of the survey it was about, which may be gone; null if it was about none.
        detail: Counts and names; never what people wrote.
    """

    model_config = ConfigDict(frozen=True)

    id: int
    at: datetime
    actor: str
    action: str
    survey: str | None
    detail: dict[str, str | int]


class AuditPage(BaseModel):
    """Entries of the audit, the newest first; the next page comes after `next`."""

    model_config = ConfigDict(
        frozen=True, json_schema_extra={"examples": [{"entries": [ENTRY], "next": None}]}
    )

    entries: tuple[AuditEntry, ...]
    next: int | None


def _told(key: StoredKey) -> dict[str, Any]:
    """Give all of a key but the hash of its secret."""
    return {name: value for name, value in asdict(key).items() if name != "secret_hash"}
