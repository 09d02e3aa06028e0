"""Having people read comments: taking in what they say, and handing it on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from labelled_data import LabelledComment, write_labelled
from service.errors import FieldError, UnprocessableError
from service.reading_agreement import ReadingAgreement, agreement_of
from service.store import audit, own_reviews, reviews, surveys
from service.survey_models import tagger_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from labelled_data import Polarity
    from service.records import Survey
    from service.store import Store
    from service.store.own_reviews import OwnReview
    from service.store.reviews import Review, Sample, SampleItem
    from service.tagging import LoadedModels


@dataclass(frozen=True, slots=True)
class OwnProgress:
    """How far a sample has come, and one reader with it.

    Attributes:
        sample: The sample.
        read: How many of its comments they have read.
        last: Number of the comment of which they spoke last, or last before another; None where
            there is none.
    """

    sample: Sample
    read: int
    last: int | None


def next_item(
    store: Store, survey_id: str, sample: int, reviewer: str, after: int | None = None
) -> tuple[Survey, SampleItem | None]:
    """Give the next comment of a sample that a reviewer has not read; None after the last.

    Args:
        store: Where it is.
        survey_id: The survey.
        sample: Number of the sample.
        reviewer: Who reads.
        after: A place whose comment, with those before it, they leave for the end.

    Raises:
        NotFoundError: There is no such survey or sample.
    """
    with store.read() as conn:
        survey = surveys.get(conn, survey_id)
        item = reviews.next_item(conn, survey, sample, reviewer, after)
    if item is not None:
        _note_reading(store, survey_id, item, reviewer)
    return survey, item


def item_again(
    store: Store, survey_id: str, sample: int, comment: int, reviewer: str
) -> tuple[Survey, SampleItem, OwnReview | None]:
    """Give a comment of a sample with what a reviewer said of it, so that they can change that.

    Raises:
        NotFoundError: There is no such survey, or no sample of it with this comment.
    """
    with store.read() as conn:
        survey = surveys.get(conn, survey_id)
        item = own_reviews.item(conn, survey, sample, comment, reviewer)
        said = own_reviews.said(conn, sample, comment, reviewer)
    _note_reading(store, survey_id, item, reviewer)
    return survey, item, said


def own_progress(
    store: Store, survey_id: str, sample: int, reviewer: str, before: int | None = None
) -> OwnProgress:
    """Tell how far a sample has come, and a reviewer with it.

    Args:
        store: Where it is.
        survey_id: The survey.
        sample: Number of the sample.
        reviewer: Who reads.
        before: A comment they read, if the one before that is wanted as the last.

    Raises:
        NotFoundError: There is no such survey or sample.
    """
    with store.read() as conn:
        survey = surveys.get(conn, survey_id)
        drawn = reviews.sample(conn, survey, sample)
        read = own_reviews.times_read(conn, survey, reviewer).get(sample, 0)
        return OwnProgress(drawn, read, own_reviews.last_read(conn, sample, reviewer, before))


def times_read(store: Store, survey_id: str, reviewer: str) -> dict[int, int]:
    """Tell how many comments of each sample a reviewer has read; samples of none are left out.

    Raises:
        NotFoundError: There is no survey of that id.
    """
    with store.read() as conn:
        return own_reviews.times_read(conn, surveys.get(conn, survey_id), reviewer)


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
        known = tagger_of(models, survey).codebook.theme_ids
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
    return agreement_of(readings, tagger_of(models, survey).codebook.theme_ids)


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
    codebook = tagger_of(models, survey).codebook
    rows = list(_labelled(survey, said, codebook.theme_ids))
    with store.write() as conn:
        audit.record(conn, actor, "review.export", survey_id, {"reviews": len(rows)})
    spool.mkdir(mode=0o700, parents=True, exist_ok=True)
    # a name that the sweep of the spool removes, should the process be killed meanwhile
    with TemporaryDirectory(dir=spool, prefix="upload-", suffix=".export") as folder:
        file = Path(folder) / "reviews.csv"
        write_labelled(file, rows, codebook)
        return file.read_bytes()


def _note_reading(store: Store, survey_id: str, item: SampleItem, reviewer: str) -> None:
    with store.write() as conn:
        detail = {"sample": item.sample, "comment": item.comment.id}
        audit.record(conn, reviewer, "review.read", survey_id, detail)


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


def _check(known: Sequence[str], themes: Sequence[str], polarity: Mapping[str, Polarity]) -> None:
    for theme in themes:
        if theme not in known:
            raise _wrong("themes", f"the codebook of the survey has no theme {theme!r}")
    for theme in polarity:
        if theme not in themes:
            raise _wrong("polarity", f"{theme!r} is not among the themes of the review")


def _wrong(member: str, message: str) -> UnprocessableError:
    return UnprocessableError(message, (FieldError(None, member, message),))
