"""Who looks at a page, and whether what their browser sends was made by a page of ours."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Cookie, Depends, Request
from starlette.datastructures import FormData

from service.deps import StateDep
from service.errors import ForbiddenError, UnauthorisedError
from service.security import sessions
from service.security.principals import Principal, Scope

SessionCookie = Annotated[str | None, Cookie(alias=sessions.COOKIE)]


@dataclass(frozen=True, slots=True)
class Visitor:
    """A person whose browser is signed in.

    Attributes:
        principal: Who they are to the audit, and what they may do.
        csrf: What each form that changes something has to send along, as ``csrf``.
    """

    principal: Principal
    csrf: str = field(repr=False)

    @property
    def name(self) -> str:
        """What the audit calls them."""
        return self.principal.name

    def may(self, scope: str) -> bool:
        """Tell whether a scope is theirs, to show only what they can use."""
        return self.principal.may(Scope(scope))


def visitor(request: Request, held: StateDep, cookie: SessionCookie = None) -> Visitor:
    """Tell who looks at a page, and count the request against what they may ask in a minute.

    Raises:
        UnauthorisedError: The browser is not signed in.
        TooManyRequestsError: They asked for too much of late.
    """
    session = sessions.find(held.store, cookie) if cookie else None
    if session is None:
        raise UnauthorisedError("this browser is not signed in")
    request.state.principal = session.principal.name
    held.limiter.count_request(session.principal.name)
    if session.principal.key is not None:
        held.uses.used(session.principal.key)
    return Visitor(session.principal, session.csrf)


VisitorDep = Annotated[Visitor, Depends(visitor)]


async def form_of(request: Request, visitor: VisitorDep) -> FormData:
    """Give what a form of ours sent.

    Raises:
        ForbiddenError: It was not made by a page of ours, or by one of an earlier session.
    """
    form = await request.form()
    sent = form.get("csrf")
    if not isinstance(sent, str) or not sessions.same(sent, visitor.csrf):
        raise ForbiddenError("this form is of a session that has ended; go back and open it again")
    return form


PageForm = Annotated[FormData, Depends(form_of)]
"""What a form sent; asked for by every route that changes something."""


def may(scope: Scope) -> Callable[[VisitorDep], Visitor]:
    """Make a dependency that lets only visitors with a scope pass.

    Example:
        ``visitor: Annotated[Visitor, Depends(may(Scope.REVIEW))]``
    """

    def allowed(visitor: VisitorDep) -> Visitor:
        visitor.principal.check(scope)
        return visitor

    return allowed


SurveyViewer = Annotated[Visitor, Depends(may(Scope.SURVEYS_READ))]
SurveyMaker = Annotated[Visitor, Depends(may(Scope.SURVEYS_WRITE))]
CommentViewer = Annotated[Visitor, Depends(may(Scope.COMMENTS_READ))]
ReviewVisitor = Annotated[Visitor, Depends(may(Scope.REVIEW))]
AdminVisitor = Annotated[Visitor, Depends(may(Scope.ADMIN))]
