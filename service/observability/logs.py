"""Logs: one JSON object a line, on standard error.

An error's message may quote what people wrote, so that an error is logged as its kind and the lines
of code it went through, whoever logs it.
"""

from __future__ import annotations

import logging
import logging.config
import sys
import threading
from pathlib import Path
from traceback import extract_tb
from typing import TYPE_CHECKING, Any

import structlog

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Iterator, MutableMapping

    from structlog.typing import Processor

log = structlog.get_logger(__name__)


def describe(error: BaseException) -> dict[str, Any]:
    """Tell of an error what may be logged: its kind, and where it came from, without its message.

    Returns:
        `error`: the kinds of the error and of those that led to it; `frames`: `file:line` of each
        call, from the outermost.
    """
    chain = list(_chain(error))
    return {
        "error": " from ".join(type(one).__qualname__ for one in chain),
        "frames": [
            f"{Path(frame.filename).name}:{frame.lineno}"
            for one in reversed(chain)
            for frame in extract_tb(one.__traceback__)
        ],
    }


def configure_logs(level: str) -> None:
    """Have this process log as JSON on standard error, its libraries too.

    Args:
        level: Least severity that is logged of our own; of libraries, it is warnings at least.
    """
    processors: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _without_message,
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=processors,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(),
        ],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    _replace_handlers(handler, level.upper())
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *processors,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    threading.excepthook = _tell_of_thread


def tell_of_task(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Log an error that no task waited for; for ``loop.set_exception_handler``."""
    error = context.get("exception")
    known = describe(error) if isinstance(error, BaseException) else {}
    log.error("task.failed", **known)


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    following: BaseException | None = error
    while following is not None and id(following) not in seen:
        seen.add(id(following))
        yield following
        hidden = following.__suppress_context__
        following = following.__cause__ or (None if hidden else following.__context__)


def _without_message(
    logger: Any,  # noqa: ANN401 - as structlog has it
    method: str,
    event: MutableMapping[str, Any],
) -> MutableMapping[str, Any]:
    """Replace an error that is logged by what may be told of it."""
    given = event.pop("exc_info", None)
    error = given[1] if isinstance(given, tuple) else given
    if error is True:
        error = sys.exc_info()[1]
    if isinstance(error, BaseException):
        event.update(describe(error))
    return event


def _replace_handlers(handler: logging.Handler, level: str) -> None:
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("service").setLevel(level)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "uvicorn.asgi"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [], True
        logger.setLevel(logging.WARNING)
    logging.getLogger("uvicorn.access").disabled = True


def _tell_of_thread(failed: threading.ExceptHookArgs) -> None:
    if failed.exc_value is not None:
        log.error("thread.failed", **describe(failed.exc_value))
