"""Who may do what: keys, made and revoked; their tokens are shown once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated

from fastapi import Path, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import ValidationError
from starlette.datastructures import FormData

from service.deps import StoreDep
from service.errors import UnprocessableError
from service.pages.key_words import SCOPES
from service.pages.route import SEE_OTHER, page_router
from service.pages.visitor import AdminVisitor, PageForm, Visitor
from service.rendering import page
from service.routes.keys import LARGEST
from service.schemas.keys import NewKey
from service.security import api_keys

router = page_router("/keys")

CREATED = 201
LASTS = timedelta(days=365)
"""How long a key is good, unless who makes it says otherwise."""
DAY = timedelta(days=1)
WRONG = {
    "name": "Enter what the key is for, in at most 100 characters.",
    "scopes": "Choose at least one thing that the key may do.",
    "expires": "Enter a day from today on, or leave it empty for a key that never expires.",
}

KeyNumber = Annotated[int, Path(ge=1, le=LARGEST)]


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody typed for a new key.

    Attributes:
        name: What it is for.
        scopes: What it may do.
        expires: The last day on which it is good, as the browser writes it; empty for no end.
    """

    name: str
    scopes: tuple[str, ...]
    expires: str

    @classmethod
    def of(cls, form: FormData) -> "Asked":
        """Read a form."""
        scopes = tuple(str(scope) for scope in form.getlist("scopes"))
        return cls(str(form.get("name", "")), scopes, str(form.get("expires", "")))


@router.get("")
def show_keys(store: StoreDep, visitor: AdminVisitor) -> HTMLResponse:
    """Show all keys, those that are over too."""
    found = reversed(api_keys.every(store))
    return page("pages/keys.html", visitor=visitor, keys=list(found))


@router.get("/new")
def ask_for_key(visitor: AdminVisitor) -> HTMLResponse:
    """Ask what a new key is for."""
    expires = (datetime.now(UTC).date() + LASTS).isoformat()
    return _form(visitor, Asked("", (), expires), {})


@router.post("")
def make_key(store: StoreDep, visitor: AdminVisitor, form: PageForm) -> Response:
    """Make a key, and show its token this once."""
    asked = Asked.of(form)
    try:
        new = NewKey.model_validate(
            {"name": asked.name, "scopes": asked.scopes, "expires": _end(asked.expires)}
        )
        key, token = api_keys.create(store, new.name, new.scopes, new.expires, visitor.name)
    except ValidationError as error:
        return _form(visitor, asked, _told(str(each["loc"][0]) for each in error.errors()))
    except UnprocessableError as error:
        return _form(visitor, asked, _told(each.column or "" for each in error.errors))
    made = page("pages/key_made.html", CREATED, visitor=visitor, key=key, token=str(token))
    made.headers["Cache-Control"] = "no-store"
    return made


@router.get("/{key}")
def show_key(key: KeyNumber, store: StoreDep, visitor: AdminVisitor) -> HTMLResponse:
    """Show a key, and ask whether it is to be revoked."""
    found = api_keys.get(store, key)
    return page("pages/key.html", visitor=visitor, key=found, words=SCOPES)


@router.post("/{key}/revoke")
def revoke_key(
    key: KeyNumber, store: StoreDep, visitor: AdminVisitor, form: PageForm
) -> RedirectResponse:
    """End a key, with the sessions that began with it."""
    api_keys.revoke(store, key, visitor.name)
    return RedirectResponse("/keys", SEE_OTHER)


def _form(visitor: Visitor, asked: Asked, errors: Mapping[str, str]) -> HTMLResponse:
    status = UnprocessableError.status if errors else 200
    return page(
        "pages/key_new.html", status, visitor=visitor, asked=asked, errors=errors, words=SCOPES
    )


def _end(last_day: str) -> datetime | str | None:
    """Give the end of the last day on which a key is good; what is no day as it is, to be told."""
    if not last_day:
        return None
    try:
        return datetime.combine(date.fromisoformat(last_day), time(), UTC) + DAY
    except (ValueError, OverflowError):
        return last_day


def _told(members: Iterable[str]) -> dict[str, str]:
    return {name: WRONG[name] for name in members}
