"""The call that reads stored comments."""

from typing import Annotated

from fastapi import APIRouter, Query

from service import comments
from service.deps import CommentReader, ModelsDep, StoreDep
from service.errors import NotFoundError, UnprocessableError
from service.problem import KEYED, documented
from service.schemas.comments import CommentFilter, Comments
from service.schemas.surveys import SurveyPath

router = APIRouter(prefix="/v1/surveys", tags=["comments"], responses=documented(*KEYED))


@router.get(
    "/{survey}/comments",
    summary="Read comments",
    response_description="A page of comments",
    responses=documented(NotFoundError, UnprocessableError),
)
def read_comments(
    survey: SurveyPath,
    wanted: Annotated[CommentFilter, Query()],
    store: StoreDep,
    models: ModelsDep,
    caller: CommentReader,
) -> Comments:
    """Read the comments of which all that is asked for is true, a page at a time.

    The audit notes who read how many, and by what they were picked, but never the words.
    """
    found, page = comments.search(store, models, survey, wanted, caller.name)
    return Comments.of(page, found)
