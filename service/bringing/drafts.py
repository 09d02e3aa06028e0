"""Beginning, finding, going on with and ending drafts."""

from __future__ import annotations

import secrets
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, BinaryIO

from service import surveys
from service.bringing.columns import new_survey
from service.bringing.folder import DraftFolder, forgotten
from service.bringing.inspection import Inspection, inspect
from service.bringing.jobs import limits_of
from service.draft_records import Choices, Draft, Outcome, Stage
from service.errors import ConflictError, NotFoundError, UnprocessableError
from service.security.principals import Scope
from service.store import drafts

if TYPE_CHECKING:
    from service.security.principals import Principal
    from service.settings import Settings
    from service.store import Store

LASTS = timedelta(days=1)
"""How long a draft is kept that nobody goes on with."""
JUST_BEGUN = 3600.0
"""Seconds after which a folder that the store does not know of is left over."""
_ID_BYTES = 16
_ZIP = b"PK\x03\x04"


def begin(
    store: Store,
    settings: Settings,
    stream: BinaryIO,
    name: str,
    owner: str,
    survey: str | None = None,
) -> str:
    """Keep a file that was sent, and look at what it holds.

    Args:
        store: Where the draft goes.
        settings: Where files are kept, and how large they may be.
        stream: The file.
        name: Its name.
        owner: Who brings it.
        survey: The survey it adds to; None for a new one.

    Returns:
        The draft's id.

    Raises:
        UnprocessableError: It is no table that can be read, or has no rows.
        TooLargeError: It is larger than the limits.
    """
    sweep(store, settings, datetime.now(UTC))
    draft_id = secrets.token_urlsafe(_ID_BYTES)
    folder = DraftFolder(settings.spool, draft_id)
    try:
        folder.receive(stream, settings.unpacked_bytes)
        choices = Choices(file=name, format="xlsx" if _is_workbook(folder) else "csv")
        found = _looked_at(folder, choices, settings)
        with folder.create_text(folder.inspection) as file:
            file.write(found.model_dump_json())
        with store.write() as conn:
            drafts.add(conn, draft_id, owner, survey, choices)
    except BaseException:
        folder.erase()
        raise
    return draft_id


def _looked_at(folder: DraftFolder, choices: Choices, settings: Settings) -> Inspection:
    found = inspect(folder.upload, choices.format, limits_of(settings))
    if not found.rows:
        raise UnprocessableError("the file has no rows below its header")
    return found


def get(store: Store, draft_id: str, who: Principal) -> Draft:
    """Give a draft to who brings it, or to an administrator.

    Raises:
        NotFoundError: There is none of that id, for them.
    """
    with store.read() as conn:
        draft = drafts.get(conn, draft_id)
    if draft.owner != who.name and not who.may(Scope.ADMIN):
        raise NotFoundError("this survey is not being brought by you")
    return draft


def mine(store: Store, who: Principal) -> list[Draft]:
    """Give the drafts that somebody may go on with; those of everybody to an administrator."""
    with store.read() as conn:
        found = drafts.every(conn)
    may_all = who.may(Scope.ADMIN)
    return [
        draft
        for draft in found
        if (may_all or draft.owner == who.name) and draft.stage != Stage.IMPORTED
    ]


def inspection_of(settings: Settings, draft: Draft) -> Inspection:
    """Give what a draft's file holds.

    Raises:
        NotFoundError: The file is not here any more.
    """
    folder = DraftFolder(settings.spool, draft.id)
    try:
        return Inspection.model_validate_json(folder.inspection.read_bytes())
    except FileNotFoundError as error:
        raise NotFoundError("the file is not here any more; bring it again") from error


def choose(store: Store, draft: Draft, choices: Choices) -> None:
    """Keep what was chosen.

    Raises:
        ConflictError: It is being imported already.
    """
    refuse_importing(draft)
    with store.write() as conn:
        drafts.choose(conn, draft.id, choices)


def begin_check(store: Store, draft: Draft, actor: str) -> None:
    """Have a draft's rows checked; what runs them has to be told.

    Raises:
        ConflictError: It is being imported already.
    """
    refuse_importing(draft)
    with store.write() as conn:
        drafts.move(conn, draft.id, Stage.CHECKING, Outcome(actor=actor))


def begin_import(store: Store, settings: Settings, draft: Draft, actor: str) -> None:
    """Have a draft's rows imported, or gone on with; what runs them has to be told.

    Raises:
        ConflictError: Its rows are not checked as they are now, or there is a survey of its id.
        NotFoundError: Its file is not here any more, or the survey it adds to.
    """
    found = inspection_of(settings, draft)
    outcome = draft.outcome
    if outcome is None or draft.stage not in (Stage.CHECKED, Stage.IMPORTING):
        raise ConflictError("the rows have to be checked before they are imported")
    if draft.stage == Stage.CHECKED and outcome.problem is not None:
        raise ConflictError("the rows cannot be imported as they are; see what is wrong")
    survey = draft.survey
    if draft.stage == Stage.CHECKED and survey is None:
        survey = new_survey(draft.choices, found).id
        refuse_taken(store, survey)
    begun = Outcome(rows=found.rows, actor=actor)
    with store.write() as conn:
        drafts.move(conn, draft.id, Stage.IMPORTING, begun, survey=str(survey))


def refuse_taken(store: Store, survey_id: str) -> None:
    """Make sure that there is no survey of an id.

    Raises:
        ConflictError: There is one.
    """
    with suppress(NotFoundError):
        surveys.get(store, survey_id)
        raise ConflictError(f"there is a survey {survey_id!r} already")


def cancel(store: Store, settings: Settings, draft: Draft) -> None:
    """Erase a draft with its file.

    Raises:
        ConflictError: It is being imported.
    """
    if draft.stage == Stage.IMPORTING:
        raise ConflictError("it is being imported; erase the survey once that is done")
    with store.write() as conn:
        drafts.remove(conn, draft.id)
    DraftFolder(settings.spool, draft.id).erase()


def forget_survey(store: Store, settings: Settings, survey_id: str) -> None:
    """Erase the drafts of a survey that is erased."""
    with store.write() as conn:
        gone = [draft for draft in drafts.every(conn) if draft.survey == survey_id]
        for draft in gone:
            drafts.remove(conn, draft.id)
    for draft in gone:
        DraftFolder(settings.spool, draft.id).erase()


def sweep(store: Store, settings: Settings, now: datetime) -> None:
    """Erase drafts that nobody has gone on with for a day, and folders that were left over."""
    with store.write() as conn:
        found = drafts.every(conn)
        old = [draft for draft in found if now - draft.changed > LASTS]
        for draft in old:
            drafts.remove(conn, draft.id)
    for draft in old:
        DraftFolder(settings.spool, draft.id).erase()
    for folder in forgotten(settings.spool, {draft.id for draft in found}, JUST_BEGUN):
        folder.erase()


def refuse_importing(draft: Draft) -> None:
    """Make sure that a draft can still be changed.

    Raises:
        ConflictError: It is being imported, or has been.
    """
    if draft.stage in (Stage.IMPORTING, Stage.IMPORTED):
        raise ConflictError("it is being imported already")


def _is_workbook(folder: DraftFolder) -> bool:
    with folder.upload.open("rb") as file:
        return file.read(len(_ZIP)) == _ZIP
