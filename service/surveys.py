"""Making, reading and erasing surveys, and choosing what tags them."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from service.errors import ConflictError, FieldError, NotFoundError, UnprocessableError
from service.pxtextmining import is_job
from service.store import audit, surveys

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from service.records import ArtefactStamp, NewSurvey, Progress, Survey
    from service.store import Store
    from service.tagging import LoadedModels


def create(store: Store, models: LoadedModels, new: NewSurvey, actor: str) -> Survey:
    """Make a survey.

    Args:
        store: Where it goes.
        models: What can tag it.
        new: The survey.
        actor: Who makes it, for the audit.

    Raises:
        UnprocessableError: No model of that id is loaded.
        ConflictError: There is a survey of that id.
    """
    stamp = _stamp(models, new.model)
    with store.write() as conn:
        made = surveys.create(conn, new, stamp)
        audit.record(conn, actor, "survey.create", made.id, {"model": stamp.id})
    return made


def every(store: Store) -> list[Survey]:
    """Give all surveys in the order in which they were made, but for pxtextmining's jobs."""
    with store.read() as conn:
        return [survey for survey in surveys.every(conn) if not is_job(survey)]


def get(store: Store, survey_id: str) -> Survey:
    """Give a survey.

    Raises:
        NotFoundError: There is none of that id.
    """
    with store.read() as conn:
        return surveys.get(conn, survey_id)


def with_progress(store: Store, survey_id: str) -> tuple[Survey, Progress]:
    """Give a survey, and how far it has come, as of one moment.

    Raises:
        NotFoundError: There is none of that id.
    """
    with store.read() as conn:
        return surveys.get(conn, survey_id), surveys.progress(conn, survey_id)


def use_model(store: Store, models: LoadedModels, survey_id: str, model: str, actor: str) -> Survey:
    """Have a survey tagged by a model, in the version that is loaded; again, if it was by another.

    Args:
        store: Where the survey is.
        models: What can tag it.
        survey_id: Its id.
        model: The model's id.
        actor: Who wants it, for the audit.

    Raises:
        NotFoundError: There is no survey of that id.
        UnprocessableError: No model of that id is loaded.
        ConflictError: The model gives themes of another codebook, which would make figures and
            reviews of the survey meaningless.
    """
    with store.write() as conn:
        survey = surveys.get(conn, survey_id)
        stamp = _stamp(models, model)
        if stamp.codebook != survey.artefact.codebook:
            raise ConflictError(
                f"the survey {survey_id!r} has the codebook {survey.artefact.codebook!r}, and the"
                f" model {model!r} gives themes of {stamp.codebook!r}; make another survey for it"
            )
        return _tag_by(conn, survey, stamp, actor)


def follow_models(store: Store, models: LoadedModels, actor: str) -> list[Survey]:
    """Have surveys tagged again whose model is loaded in another version than they were tagged by.

    Args:
        store: Where the surveys are.
        models: What is loaded.
        actor: Who wants it, for the audit.

    Returns:
        The surveys that will be tagged again.
    """
    followed = []
    with store.write() as conn:
        for survey in surveys.every(conn):
            if _is_behind(survey, models):
                with suppress(NotFoundError):  # it was erased meanwhile
                    followed.append(_tag_by(conn, survey, models.stamp(survey.model), actor))
    return followed


def erase(store: Store, survey_id: str, actor: str) -> None:
    """Erase every trace of a survey, but for the audit's note that it was there.

    Args:
        store: Where the survey is.
        survey_id: Its id.
        actor: Who wants it, for the audit.

    Raises:
        NotFoundError: There is none of that id.
        BusyError: It is gone, but traces stay on the disk while others read.
    """
    with store.write() as conn:  # first, so that nothing is erased without a note of who did it
        surveys.get(conn, survey_id)
        audit.record(conn, actor, "survey.erase", survey_id, {})
    surveys.erase(store, survey_id)


def _tag_by(conn: Connection, survey: Survey, stamp: ArtefactStamp, actor: str) -> Survey:
    surveys.use_artefact(conn, survey.id, stamp)
    detail: dict[str, str | int] = {"model": stamp.id, "version": stamp.version}
    audit.record(conn, actor, "survey.model", survey.id, detail)
    return surveys.get(conn, survey.id)


def _stamp(models: LoadedModels, model: str) -> ArtefactStamp:
    try:
        return models.stamp(model)
    except NotFoundError as error:
        fault = FieldError(None, "model", str(error))
        raise UnprocessableError(str(error), (fault,)) from error


def _is_behind(survey: Survey, models: LoadedModels) -> bool:
    if survey.model not in models.ids:
        return False
    stamp = models.stamp(survey.model)
    same_codebook = stamp.codebook == survey.artefact.codebook
    return same_codebook and stamp != survey.artefact
