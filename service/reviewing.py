"""Having people read comments: drawing samples, taking in what they say, and handing it on."""

from __future__ import annotations

import secrets
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from labelled_data import LabelledComment, write_labelled
from service.errors import ConflictError, FieldError, UnprocessableError
from service.reading_agreement import ReadingAgreement, agreement_of
from service.store import audit, reviews, surveys

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from labelled_data import Polarity
    from models import Tagger
    from service.records import Survey
    from service.store import Store
    from service.store.reviews import Review, Sample, SampleItem, SampleKind
    from service.tagging import LoadedModels

SEEDS = 2**32


def draw(
    store: Store,
    models: LoadedModels,
    survey_id: str,
    kind: SampleKind,
    size: int,
    *,
    seed: int | None,
    blind: bool,
    actor: str,
) -> Sample:
    """Draw comments for people to read.

    Args:
        store: Where they are.
        models: Tell which scores are doubtful.
        survey_id: The survey they belong to.
        kind: "random", from which figures can be corrected, or "uncertain", which teaches most.
        size: How many.
        seed: Draws the same again; None for any.
        blind: Whether readers are not shown what the model says.
        actor: Who draws them, for the audit.

    Raises:
        NotFoundError: There is no survey of that id.
        ConflictError: It has no comment to draw, or the model that tags it is not loaded.
    """
    seed = secrets.randbelow(SEEDS) if seed is None else seed
    with store.write() as conn:
        survey = surveys.get(conn, survey_id)
        thresholds = _thresholds(models, survey) if kind == "uncertain" else ()
        drawn = reviews.draw(conn, survey, kind, size, seed, blind=blind, thresholds=thresholds)
        detail: dict[str, str | int] = {"sample": drawn.id, "kind": kind, "size": drawn.size}
        audit.record(conn, actor, "review.sample", survey_id, detail)
    return drawn


def samples(store: Store, survey_id: str) -> list[Sample]:
    """Give a survey's samples in the order in which they were drawn.

    Raises:
        NotFoundError: There is no survey of that id.
    """
    with store.read() as conn:
        return reviews.samples(conn, surveys.get(conn, survey_id))


def next_item(
    store: Store, survey_id: str, sample: int, reviewer: str
) -> tuple[Survey, SampleItem | None]:
    """Give the next comment of a sample that a reviewer has not read; None after the last.

    Raises:
        NotFoundError: There is no such survey or sample.
    """
    with store.read() as conn:
        survey = surveys.get(conn, survey_id)
        item = reviews.next_item(conn, survey, sample, reviewer)
    if item is not None:
        with store.write() as conn:
            detail = {"sample": sample, "comment": item.comment.id}
            audit.record(conn, reviewer, "review.read", survey_id, detail)
    return survey, item


def put(
    store: Store,
    models: LoadedModels,
    survey_id: str,
    comment: int,
    sample: int | None,
    reviewer: str,
    themes: Sequence[str],
    polarity: Mapping[str, Polarity],
) -> tuple[str, ...]:
    """Take what a reviewer says of a comment, in place of what they said of it before.

    Args:
        store: Where the comment is.
        models: Tell which themes there are.
        survey_id: The survey it belongs to.
        comment: Its number.
        sample: The sample it was read for, or None.
        reviewer: Who says so.
        themes: Ids of its themes, in any order.
        polarity: How each is spoken of, where they said.

    Returns:
        The themes, in codebook order.

    Raises:
        NotFoundError: There is no such survey or comment, or it is not in the sample.
        UnprocessableError: The codebook has no such theme, or a polarity is of another theme.
        ConflictError: The model that tags the survey, and so its codebook, is not loaded.
    """
    with store.write() as conn:
        survey = surveys.get(conn, survey_id)
        known = _tagger(models, survey).codebook.theme_ids
        _check(known, themes, polarity)
        given = tuple(theme for theme in known if theme in themes)
        reviews.put(conn, survey, comment, sample, reviewer, given, polarity)
        audit.record(conn, reviewer, "review.put", survey_id, {"comment": comment})
    return given


def agreement(store: Store, models: LoadedModels, survey_id: str) -> ReadingAgreement:
    """Measure how far people agree who read the same comments blind.

    Raises:
        NotFoundError: There is no survey of that id.
        ConflictError: The model that tags the survey, and so its codebook, is not loaded.
    """
    with store.read() as conn:
        survey = surveys.get(conn, survey_id)
        readings = reviews.pairs(conn, survey)
    return agreement_of(readings, _tagger(models, survey).codebook.theme_ids)


def export(store: Store, models: LoadedModels, survey_id: str, spool: Path, actor: str) -> bytes:
    """Give what people said as a table that training takes as corrections.

    Each reader of a comment has a row; of one who read it twice, what they said last.

    Args:
        store: Where it is.
        models: Tell the codebook.
        survey_id: The survey.
        spool: Folder for the file while it is written.
        actor: Who wants it, for the audit.

    Returns:
        A CSV file in the labelled form.

    Raises:
        NotFoundError: There is no survey of that id.
        ConflictError: The model that tags the survey, and so its codebook, is not loaded.
    """
    with store.read() as conn:
        survey = surveys.get(conn, survey_id)
        said = reviews.every(conn, survey)
    codebook = _tagger(models, survey).codebook
    rows = list(_labelled(survey, said, codebook.theme_ids))
    with store.write() as conn:
        audit.record(conn, actor, "review.export", survey_id, {"reviews": len(rows)})
    spool.mkdir(mode=0o700, parents=True, exist_ok=True)
    # a name that the sweep of the spool removes, should the process be killed meanwhile
    with TemporaryDirectory(dir=spool, prefix="upload-", suffix=".export") as folder:
        file = Path(folder) / "reviews.csv"
        write_labelled(file, rows, codebook)
        return file.read_bytes()


def _labelled(
    survey: Survey, said: Iterable[Review], known: Sequence[str]
) -> Iterable[LabelledComment]:
    last = {(review.comment, review.reviewer): review for review in said}
    for row, review in enumerate(last.values(), start=2):
        themes = tuple(theme for theme in known if theme in review.themes)
        yield LabelledComment(
            id=f"{survey.id}-{review.comment}-{row}",
            text=review.text,
            question=survey.columns.text[review.question].question,
            themes=themes,
            sentiment=None,
            source_row=row,
            polarity={
                theme: review.polarity[theme] for theme in themes if theme in review.polarity
            },
        )


def _tagger(models: LoadedModels, survey: Survey) -> Tagger:
    if survey.model not in models.ids:
        raise ConflictError(f"the model {survey.model!r} of the survey is not loaded here")
    return models.get(survey.model)


def _thresholds(models: LoadedModels, survey: Survey) -> tuple[float, ...]:
    tagger = _tagger(models, survey)
    if models.stamp(survey.model) != survey.artefact:
        raise ConflictError(f"the model {survey.model!r} is loaded here in another version")
    return tagger.manifest.decision.thresholds[survey.artefact.operating_point]


def _check(known: Sequence[str], themes: Sequence[str], polarity: Mapping[str, Polarity]) -> None:
    for theme in themes:
        if theme not in known:
            raise _wrong("themes", f"the codebook of the survey has no theme {theme!r}")
    for theme in polarity:
        if theme not in themes:
            raise _wrong("polarity", f"{theme!r} is not among the themes of the review")


def _wrong(member: str, message: str) -> UnprocessableError:
    return UnprocessableError(message, (FieldError(None, member, message),))
