"""Reading the file of one draft to its end: for a dry run, or to import it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from service import intake, surveys
from service.bringing.checking import check, nothing_yet, responses_of
from service.bringing.columns import NUMBERED, columns_by_question, new_survey
from service.bringing.inspection import Inspection
from service.bringing.reshaping import Shape, reshape
from service.bringing.tally import Tally
from service.draft_records import Choices, Outcome, Role, Stage
from service.errors import ConflictError, NotFoundError
from service.store import drafts
from service.uploads import UploadLimits

if TYPE_CHECKING:
    from pathlib import Path
    from threading import Event

    from service.bringing.folder import DraftFolder
    from service.draft_records import Draft
    from service.intake import Intake
    from service.records import ResponseColumns, Survey
    from service.settings import Settings
    from service.store import Store
    from service.tagging import LoadedModels
    from service.uploads import UploadFormat

TELL_EVERY = 0.5
"""Seconds between two notes in the store of how far it has come."""


class StoppedError(Exception):
    """The service stops, or other choices were made meanwhile."""


class Job:
    """What is to be done with one draft.

    Args:
        store: Where drafts and surveys are.
        models: What can tag surveys.
        settings: How the service is run.
        draft: The draft, in the stage that is to be gone through.
        folder: Where its file is.
        stop: Is set when the service stops.
    """

    def __init__(
        self,
        store: Store,
        models: LoadedModels,
        settings: Settings,
        draft: Draft,
        folder: DraftFolder,
        stop: Event,
    ) -> None:
        self._store = store
        self._models = models
        self._limits = limits_of(settings)
        self._draft = draft
        self._folder = folder
        self._stop = stop
        self._told = 0.0
        self._outcome = draft.outcome or Outcome()

    def run(self) -> None:
        """Do it.

        Raises:
            StoppedError: It was broken off, and is to be begun again.
            ServiceError: It cannot be done.
        """
        inspection = Inspection.model_validate_json(self._folder.inspection.read_bytes())
        with self._folder.create_text(self._folder.errors) as file:
            tally = Tally(file, inspection.rows, self._outcome.actor)
            if self._draft.stage == Stage.CHECKING:
                self._check(inspection, tally)
            else:
                self._import(inspection, tally)

    def give_up(self, problem: str) -> None:
        """Set down why it cannot be done."""
        importing = self._draft.stage == Stage.IMPORTING
        stage = Stage.IMPORTING if importing else Stage.CHECKED
        outcome = self._outcome.model_copy(update={"problem": problem})
        with self._store.write() as conn:
            drafts.report(conn, self._draft, stage, outcome)

    def _check(self, inspection: Inspection, tally: Tally) -> None:
        survey = self._survey_there()
        columns = survey.columns if survey else new_survey(self._draft.choices, inspection).columns
        path, kind = self._rows(inspection, columns, anew=True)
        held = responses_of(self._store, survey.id) if survey else nothing_yet
        for part in check(path, columns, kind, self._limits, held):
            self._count(tally, part)
        self._finish(Stage.CHECKED, tally.outcome)

    def _import(self, inspection: Inspection, tally: Tally) -> None:
        survey = self._survey_for(inspection)
        path, kind = self._rows(inspection, survey.columns, anew=False)
        actor = self._outcome.actor
        intake.upload(
            self._store,
            survey.id,
            path,
            kind,
            self._limits,
            actor,
            lambda part: self._count(tally, part),
        )
        made = self._draft.choices
        kept = Choices(file=made.file, format=made.format, id=made.id, name=made.name)
        self._finish(Stage.IMPORTED, tally.outcome, kept)
        self._folder.erase_file()

    def _survey_there(self) -> Survey | None:
        """Give the survey that rows are added to, or that an import has made before it ended."""
        if self._draft.survey is None:
            return None
        try:
            return surveys.get(self._store, self._draft.survey)
        except NotFoundError:
            if self._draft.adds:
                raise
            return None

    def _survey_for(self, inspection: Inspection) -> Survey:
        """Give the survey that rows go to, which is made unless it was before this was begun again.

        Raises:
            ConflictError: There is another survey of its id.
        """
        found = self._survey_there()
        if self._draft.adds and found is not None:
            return found
        new = new_survey(self._draft.choices, inspection)
        if found is None:
            return surveys.create(self._store, self._models, new, self._outcome.actor)
        if found.columns != new.columns:
            raise ConflictError(f"there is a survey {new.id!r} already")
        return found

    def _rows(
        self, inspection: Inspection, columns: ResponseColumns, *, anew: bool
    ) -> tuple[Path, UploadFormat]:
        """Give the rows as the survey needs them; a workbook is slow to read, and turned to CSV."""
        shape = shape_for(self._draft, inspection, columns)
        reshaped = self._folder.reshaped
        if anew:
            reshaped.unlink(missing_ok=True)
        if not shape.changes and self._draft.choices.format == "csv":
            return self._folder.upload, "csv"
        if not reshaped.exists():
            with self._folder.create_text(reshaped) as file:
                reshape(self._folder.upload, self._draft.choices.format, shape, self._limits, file)
        return reshaped, "csv"

    def _count(self, tally: Tally, part: Intake) -> None:
        """Count some rows, and let who looks on know.

        Raises:
            StoppedError: The service stops, or what is wanted has changed.
        """
        tally.add(part)
        self._outcome = tally.outcome
        if self._stop.is_set():
            raise StoppedError
        if time.monotonic() - self._told > TELL_EVERY:
            self._told = time.monotonic()
            self._finish(self._draft.stage, tally.outcome)

    def _finish(self, stage: Stage, outcome: Outcome, choices: Choices | None = None) -> None:
        with self._store.write() as conn:
            kept = drafts.report(conn, self._draft, stage, outcome, choices)
        if not kept:
            raise StoppedError


def shape_for(draft: Draft, inspection: Inspection, columns: ResponseColumns) -> Shape:
    """Tell how the rows of a file have to be changed for a survey."""
    names = {column.name: column for column in inspection.columns}
    dated = names.get(columns.date or "")
    by_question = columns_by_question(draft.choices, inspection)
    return Shape(
        numbered=columns.response_id == NUMBERED and NUMBERED not in names,
        day_first=dated.name if dated and dated.day_first else None,
        question=draft.choices.column_that_holds(Role.QUESTION),
        text=draft.choices.column_that_holds(Role.COMMENTS) if by_question else None,
        by_question=by_question or None,
        stripped=inspection.unstripped,
    )


def limits_of(settings: Settings) -> UploadLimits:
    """Give how much of an upload is taken."""
    return UploadLimits(rows=settings.rows, cell=settings.cell, unpacked=settings.unpacked_bytes)
