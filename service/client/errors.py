"""What can go wrong on the client's side of the service.

ClientError
├── ProblemError        the service answered with a problem
├── UnreachableError    no answer came, however often it was tried
├── ForeignAnswerError  the answer is not one that Sayso gives
├── NotTaggedError      comments are still waiting to be tagged when the time is up
└── UnknownFormatError  the name of a file does not tell its format
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from service.errors import FieldError


class ClientError(Exception):
    """Base of everything the client raises on purpose."""


class ProblemError(ClientError):
    """The service answered with a problem.

    Attributes:
        status: HTTP status.
        title: The kind of problem.
        detail: What is wrong, in one sentence.
        errors: What is wrong with single rows or members.
        retry_after: Seconds the service asks to wait, where it says so.
    """

    def __init__(
        self,
        status: int,
        title: str,
        detail: str,
        errors: tuple[FieldError, ...] = (),
        retry_after: float | None = None,
    ) -> None:
        super().__init__(f"{status} {title}: {detail}")
        self.status = status
        self.title = title
        self.detail = detail
        self.errors = errors
        self.retry_after = retry_after


class UnreachableError(ClientError):
    """No answer came, however often it was tried."""


class ForeignAnswerError(ClientError):
    """The answer is not one that Sayso gives; perhaps something else listens there."""


class NotTaggedError(ClientError, TimeoutError):
    """Comments are still waiting to be tagged when the time is up."""


class UnknownFormatError(ClientError, ValueError):
    """The name of a file does not tell its format, and none was given."""
