"""Who waits to be tagged, and whose turn it is."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asyncio import Future
    from collections.abc import Sequence

    from models import OperatingPoint, Prediction

    Comment = tuple[str, str | None]
    Kind = tuple[str, OperatingPoint]


@dataclass(eq=False, slots=True)
class Request:
    """Comments that were sent together.

    Attributes:
        kind: The model and the operating point; only requests of one kind go together.
        comments: Texts with their questions.
        answered: Set to all predictions, in order, when the last is there.
        taken: Comments whose turn has come.
        answers: Predictions so far.
    """

    kind: Kind
    comments: Sequence[Comment]
    answered: Future[list[Prediction]]
    taken: int = 0
    answers: list[Prediction] = field(default_factory=list)

    @property
    def left(self) -> int:
        """Comments whose turn has not come."""
        return len(self.comments) - self.taken

    def take(self, most: int) -> Share:
        """Take the next comments, at most so many."""
        start, self.taken = self.taken, min(self.taken + most, len(self.comments))
        return Share(self, self.comments[start : self.taken])


@dataclass(frozen=True, slots=True)
class Share:
    """What is tagged of a request in one turn."""

    request: Request
    comments: Sequence[Comment]


class WaitingLine:
    """Requests in the order in which they are served; not for several threads.

    Args:
        batch: Most comments in a turn.
    """

    def __init__(self, batch: int) -> None:
        self._batch = batch
        self._requests: deque[Request] = deque()

    def __bool__(self) -> bool:
        return bool(self._requests)

    def join(self, request: Request) -> None:
        """Put a request at the end."""
        self._requests.append(request)

    def drop(self, request: Request) -> None:
        """Take a request out, if it is still there."""
        if request in self._requests:
            self._requests.remove(request)

    def turn(self) -> list[Share]:
        """Take one batch: the first request's, and others' that can go with it.

        All get an equal share, so that one comment need not wait for a thousand that came before
        it. Who has comments left goes to the end, so that other models have their turn.
        """
        chosen = [one for one in self._requests if one.kind == self._requests[0].kind]
        chosen = chosen[: self._batch]
        shares = [request.take(self._batch // len(chosen)) for request in chosen]
        for request in chosen:
            self._requests.remove(request)
        self._requests.extend(request for request in chosen if request.left)
        return shares
