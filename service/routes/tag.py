"""Tagging comments while the caller waits."""

from fastapi import APIRouter

from service.deps import BatcherDep, MayTag, ModelsDep, StateDep
from service.errors import (
    BusyError,
    FieldError,
    NotFoundError,
    TooLargeError,
    UnprocessableError,
)
from service.problem import KEYED, documented
from service.records import ArtefactStamp
from service.schemas.tags import TaggedComment, TagRequest, TagResponse
from service.tagging.models import LoadedModels

router = APIRouter(tags=["tagging"])


@router.post(
    "/v1/tag",
    summary="Tag comments",
    response_description="What is said of each comment",
    responses=documented(*KEYED, BusyError, TooLargeError, UnprocessableError),
)
async def tag(
    asked: TagRequest, held: StateDep, models: ModelsDep, batcher: BatcherDep, caller: MayTag
) -> TagResponse:
    """Tags up to 1,000 comments at once and stores nothing.

    The answer to a comment does not depend on the others that are sent with it. When too many
    comments wait, the answer is 503 with the seconds to wait in `Retry-After`.
    """
    stamp = _stamp(models, asked)
    held.limiter.count_comments(caller.name, len(asked.comments))
    predictions = await batcher.tag(
        asked.model,
        [comment.text for comment in asked.comments],
        [comment.question for comment in asked.comments],
        asked.operating_point,
    )
    themes = models.get(asked.model).codebook.theme_ids if asked.scores else None
    results = tuple(
        TaggedComment.of(comment, prediction, themes)
        for comment, prediction in zip(asked.comments, predictions, strict=True)
    )
    return TagResponse(model=stamp, results=results)


def _stamp(models: LoadedModels, asked: TagRequest) -> ArtefactStamp:
    try:
        stamp = models.stamp(asked.model)
    except NotFoundError as error:
        fault = FieldError(None, "model", str(error))
        raise UnprocessableError(str(error), (fault,)) from error
    return stamp.model_copy(update={"operating_point": asked.operating_point})
