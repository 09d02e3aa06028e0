"""What can go wrong while measuring the service.

BenchmarkError
├── NeverReadyError     the service or a worker did not start
├── NoDatabaseError     there is no database to measure on
└── NoProductError      bare products cannot be measured
"""

from __future__ import annotations

from service.errors import ServiceError


class BenchmarkError(ServiceError):
    """Base of what stops a benchmark."""


class NeverReadyError(BenchmarkError):
    """The service or a worker did not start."""


class NoDatabaseError(BenchmarkError):
    """There is no database to measure on."""


class NoProductError(BenchmarkError):
    """Bare products cannot be measured."""
