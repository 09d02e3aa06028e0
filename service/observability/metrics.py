"""Metrics for Prometheus: requests by route, and the work that waits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_fastapi_instrumentator.middleware import PrometheusInstrumentatorMiddleware
from starlette.middleware import Middleware

from service.observability.methods import known_method

if TYPE_CHECKING:
    from prometheus_fastapi_instrumentator.metrics import Info

SECONDS = (0.005, 0.01, 0.02, 0.04, 0.06, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0)


class Metrics:
    """What one app counts; each app has its own, so that several may live in a process."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        PlatformCollector(registry=self._registry)
        self._requests = Counter(
            "sayso_requests",
            "Requests answered.",
            ("method", "route", "status"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "sayso_request_seconds",
            "Time to answer a request.",
            ("route",),
            buckets=SECONDS,
            registry=self._registry,
        )
        self._waiting = Gauge(
            "sayso_comments_waiting",
            "Comments of requests that wait to be tagged.",
            registry=self._registry,
        )
        self._left = Gauge(
            "sayso_comments_left",
            "Comments in the store that are not yet tagged by the current artefact.",
            registry=self._registry,
        )

    def middleware(self) -> Middleware:
        """Give the middleware that counts requests."""
        return Middleware(
            PrometheusInstrumentatorMiddleware,
            should_group_status_codes=False,
            instrumentations=[self._count],
            registry=self._registry,
        )

    def exposition(self, waiting: int, left: int) -> bytes:
        """Give all metrics in the text format of Prometheus.

        Args:
            waiting: Comments of requests that wait to be tagged.
            left: Comments in the store that are not yet tagged.
        """
        self._waiting.set(waiting)
        self._left.set(left)
        return generate_latest(self._registry)

    def _count(self, info: Info) -> None:
        route = info.modified_handler
        self._requests.labels(known_method(info.method), route, info.modified_status).inc()
        self._seconds.labels(route).observe(info.modified_duration)
