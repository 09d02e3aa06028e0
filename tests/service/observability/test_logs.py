from __future__ import annotations

import asyncio
import json
import logging
import threading
from typing import TYPE_CHECKING, Any

import pytest
import structlog

from service.observability.logs import configure_logs, describe, tell_of_task

if TYPE_CHECKING:
    from collections.abc import Iterator

WORDS = "what somebody wrote in confidence"


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    root, hook = logging.getLogger(), threading.excepthook
    handlers, level = root.handlers, root.level
    yield
    root.handlers, threading.excepthook = handlers, hook
    root.setLevel(level)
    structlog.reset_defaults()


def logged(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def fail() -> None:
    try:
        int(WORDS)
    except ValueError as error:
        raise RuntimeError(WORDS) from error


def failure() -> BaseException:
    with pytest.raises(RuntimeError) as raised:
        fail()
    return raised.value


def test_an_error_is_described_by_its_kind_and_place_without_its_message() -> None:
    told = describe(failure())
    assert told["error"] == "RuntimeError from ValueError"
    assert all(frame.startswith("test_logs.py:") for frame in told["frames"])
    assert len(told["frames"]) == 3
    assert WORDS not in str(told)


def test_a_line_is_one_json_object(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info")
    structlog.get_logger("service.test").info("hello", status=200)
    (line,) = logged(capsys)
    assert (line["event"], line["status"], line["level"]) == ("hello", 200, "info")
    assert line["timestamp"].endswith("Z")


def test_no_message_of_an_error_gets_out_whoever_logs_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure_logs("info")
    error = failure()
    structlog.get_logger("service.test").error("ours", exc_info=error)
    for name in ("uvicorn.error", "sqlalchemy.pool", "any.library"):
        logging.getLogger(name).error("theirs", exc_info=error)
    try:
        fail()
    except RuntimeError:
        logging.getLogger("service.test").exception("ours again")
    lines = logged(capsys)
    assert len(lines) == 5
    assert {line["error"] for line in lines} == {"RuntimeError from ValueError"}
    assert WORDS not in str(lines)


def test_threads_and_tasks_that_fail_are_told_of_without_the_message(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure_logs("info")
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    loop = asyncio.new_event_loop()
    tell_of_task(loop, {"message": f"Task {WORDS}", "exception": failure()})
    loop.close()
    lines = logged(capsys)
    assert [line["event"] for line in lines] == ["thread.failed", "task.failed"]
    assert WORDS not in str(lines)


def test_libraries_are_heard_from_a_warning_on(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("debug")
    logging.getLogger("httpx").info("GET http://127.0.0.1/?q=%s", WORDS)
    logging.getLogger("uvicorn.access").warning("GET /?q=%s", WORDS)
    structlog.get_logger("service.test").debug("ours")
    assert [line["event"] for line in logged(capsys)] == ["ours"]
