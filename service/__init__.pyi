from .app import create_app
from .errors import (
    BadRequestError,
    BusyError,
    ConflictError,
    FieldError,
    ForbiddenError,
    NotFoundError,
    ServiceError,
    SettingsError,
    StoreError,
    TooLargeError,
    TooManyRequestsError,
    UnauthorisedError,
    UnprocessableError,
    UnsupportedMediaError,
)
from .settings import Settings

__all__ = [
    "BadRequestError",
    "BusyError",
    "ConflictError",
    "FieldError",
    "ForbiddenError",
    "NotFoundError",
    "ServiceError",
    "Settings",
    "SettingsError",
    "StoreError",
    "TooLargeError",
    "TooManyRequestsError",
    "UnauthorisedError",
    "UnprocessableError",
    "UnsupportedMediaError",
    "create_app",
]
