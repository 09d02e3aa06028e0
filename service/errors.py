"""Everything this layer raises on purpose, each the problem a caller is told of.

ServiceError               anything the service refuses, or cannot do
├── BadRequestError        400: the request cannot be understood
├── UnauthorisedError      401: no key, or not a good one
├── ForbiddenError         403: the key does not allow it
├── NotFoundError          404: there is no such thing
├── ConflictError          409: it clashes with what is there
├── TooLargeError          413: more than the service takes
├── UnsupportedMediaError  415: a format it does not read
├── UnprocessableError     422: understood, but wrong, and where
├── TooManyRequestsError   429: more in a minute than a key may ask
├── BusyError              503: no room at the moment
├── StoreError             503: the store cannot be used
└── SettingsError          a setting is wrong; the service does not start

Each message is one sentence for the person who sent the request. It never holds the text of a
comment, the id of a person or of a response, nor a key.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one row, or one member of a request.

    Attributes:
        row: The row's number as a spreadsheet numbers it; of a list, the place from 1.
        column: Its column, or the path of the member, such as `comments.0.text`.
        message: What is wrong with it.
    """

    row: int | None
    column: str | None
    message: str


class ServiceError(Exception):
    """Base of everything this layer raises on purpose.

    Attributes:
        status: The HTTP status it is answered with.
        slug: Short name of the kind of problem.
        title: Plain name of the kind of problem.
    """

    status: ClassVar[int] = 500
    slug: ClassVar[str] = "internal-error"
    title: ClassVar[str] = "Something went wrong here"


class BadRequestError(ServiceError):
    """The request cannot be understood."""

    status = 400
    slug = "bad-request"
    title = "The request cannot be understood"


class UnauthorisedError(ServiceError):
    """No key was given, or it is unknown, expired or revoked."""

    status = 401
    slug = "unauthorised"
    title = "A valid key is needed"


class ForbiddenError(ServiceError):
    """The key does not allow this."""

    status = 403
    slug = "forbidden"
    title = "The key does not allow this"


class NotFoundError(ServiceError):
    """There is no such thing."""

    status = 404
    slug = "not-found"
    title = "There is no such thing"


class ConflictError(ServiceError):
    """The request clashes with what is there."""

    status = 409
    slug = "conflict"
    title = "It clashes with what is there"


class TooLargeError(ServiceError):
    """More was sent than the service takes."""

    status = 413
    slug = "too-large"
    title = "More than the service takes"


class UnsupportedMediaError(ServiceError):
    """The body is in a format that the service does not read."""

    status = 415
    slug = "unsupported-media"
    title = "A format the service does not read"


class UnprocessableError(ServiceError):
    """The request is understood, but something in it is wrong.

    Attributes:
        errors: What is wrong, and where.
    """

    status = 422
    slug = "unprocessable"
    title = "Something in the request is wrong"

    def __init__(self, message: str, errors: tuple[FieldError, ...] = ()) -> None:
        super().__init__(message)
        self.errors = errors


class TooManyRequestsError(ServiceError):
    """The key has asked for more than it may in a minute.

    Attributes:
        retry_after: Seconds to wait.
    """

    status = 429
    slug = "too-many-requests"
    title = "Too many requests"

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class BusyError(ServiceError):
    """There is no room at the moment.

    Attributes:
        retry_after: Seconds to wait.
    """

    status = 503
    slug = "busy"
    title = "Busy"

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class StoreError(ServiceError):
    """The store cannot be reached, or is of another version."""

    status = 503
    slug = "store-unavailable"
    title = "The store cannot be used"


class SettingsError(ServiceError):
    """A setting is not what it may be, so that the service does not start."""
