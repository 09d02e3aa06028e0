"""A client of the service, for other tools and for tests."""

from service.client.backoff import Backoff
from service.client.client import Client
from service.client.errors import (
    ClientError,
    ForeignAnswerError,
    NotTaggedError,
    ProblemError,
    UnknownFormatError,
    UnreachableError,
)
from service.client.files import Format

__all__ = [
    "Backoff",
    "Client",
    "ClientError",
    "ForeignAnswerError",
    "Format",
    "NotTaggedError",
    "ProblemError",
    "UnknownFormatError",
    "UnreachableError",
]
