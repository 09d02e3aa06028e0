"""Who may call, and what was done."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, status

from service import audited
from service.deps import Admin, StoreDep
from service.errors import NotFoundError, TooLargeError, UnprocessableError
from service.problem import KEYED, documented
from service.schemas.keys import AuditEntry, AuditPage, Key, KeyList, NewKey, NewKeyToken
from service.security import api_keys

LARGEST = 2**63 - 1

router = APIRouter(prefix="/v1", tags=["keys"], responses=documented(*KEYED))


@router.post(
    "/keys",
    status_code=status.HTTP_201_CREATED,
    summary="Make a key",
    response_description="The key, with its token",
    responses=documented(TooLargeError, UnprocessableError),
)
def create_key(new: NewKey, store: StoreDep, caller: Admin) -> NewKeyToken:
    """Makes a key. Its token is shown this once; only a hash of it is kept."""
    key, token = api_keys.create(store, new.name, new.scopes, new.expires, caller.name)
    return NewKeyToken.made(key, token)


@router.get("/keys", summary="List keys", response_description="The keys")
def list_keys(store: StoreDep, caller: Admin) -> KeyList:
    """Lists all keys, those that have expired or were revoked too."""
    return KeyList(keys=tuple(Key.of(key) for key in api_keys.every(store)))


@router.delete(
    "/keys/{key}",
    status_code=status.HTTP_204_NO_CONTENT,
    summary="Revoke a key",
    response_description="It is revoked",
    responses=documented(NotFoundError, UnprocessableError),
)
def revoke_key(
    key: Annotated[int, Path(description="The key's number.", ge=1, le=LARGEST, examples=[3])],
    store: StoreDep,
    caller: Admin,
) -> None:
    """Ends a key at once. It stays in the list, as the audit names it."""
    api_keys.revoke(store, key, caller.name)


@router.get(
    "/audit",
    summary="Read the audit",
    response_description="Entries",
    responses=documented(UnprocessableError),
)
def read_audit(
    store: StoreDep,
    caller: Admin,
    after: Annotated[
        int | None, Query(description="`next` of the page before.", ge=1, le=LARGEST)
    ] = None,
    limit: Annotated[int, Query(description="Most entries.", ge=1, le=1_000)] = 100,
) -> AuditPage:
    """Tells who read or changed what, the newest first; never a word of what people wrote."""
    entries, following = audited.page_of(store, limit, after)
    told = tuple(AuditEntry.model_validate(entry, from_attributes=True) for entry in entries)
    return AuditPage(entries=told, next=following)
