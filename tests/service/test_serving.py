"""The service as others start it: a process of its own, asked over the network."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx2
import pytest

from tests.service.live import make_key
from tests.service.sample_survey import new_survey, row, write_rows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from service.store import Store

LINK = re.compile(r"(http://127\.0\.0\.1:\d+)/sign-in\?token=\S+")
PATIENCE = 180
COMMENTS = [
    "waited 5 hours to be seen, said Mavis Ogunbanjo",
    "nurse number 3 was so kind to me on my birthday",
    "no parking within 9 miles of my house in Elm Grove",
    "nothing more to say than 4 words",
]


@dataclass
class Served:
    """A service that runs.

    Attributes:
        process: Its process.
        address: Where it is.
        link: What signs a browser in.
        environment: What it was started with.
    """

    process: subprocess.Popen[str]
    address: str
    link: str
    environment: dict[str, str]

    def key(self, *scopes: str) -> str:
        """Make a key on the command line."""
        options = [option for scope in scopes for option in ("--scope", scope)]
        command = [sys.executable, "-m", "sayso", "keys", "create", "test", *options]
        done = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    def stop(self) -> tuple[int, str]:
        """Stop it, and give its status and all that it said."""
        self.process.send_signal(signal.SIGTERM)
        said = "".join(self.process.communicate(timeout=PATIENCE))
        return self.process.returncode, said


@contextmanager
def serving(folder: Path, url: str, model: Path, *options: str) -> Iterator[Served]:
    environment = os.environ | {
        "SAYSO_DATABASE_URL": url,
        "SAYSO_DATA_DIR": str(folder),
        "SAYSO_MODELS": str(model),
        "SAYSO_LOG_LEVEL": "debug",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "sayso", "serve", "--port", "0", *options],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        found = link_of(process)
        yield Served(process, found[1], found[0], environment)
    finally:
        process.kill()
        process.communicate()


def link_of(process: subprocess.Popen[str]) -> re.Match[str]:
    """Read what it says until it says its link; it is killed when that takes too long."""
    assert process.stdout is not None
    watchdog = threading.Timer(PATIENCE, process.kill)
    watchdog.start()
    try:
        for line in process.stdout:
            if found := LINK.search(line):
                return found
    finally:
        watchdog.cancel()
    raise AssertionError(f"it did not start: {process.stderr and process.stderr.read()}")


def wait_until_tagged(http: httpx2.Client, comments: int) -> None:
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        if http.get("/v1/surveys/visits").json()["progress"]["tagged"] == comments:
            return
        time.sleep(0.1)
    raise AssertionError("the comments were not tagged")


def test_a_survey_is_uploaded_tagged_and_read_and_nothing_of_it_is_in_the_logs(
    tmp_path: Path, store_url: str, tiny_artefact: Path
) -> None:
    rows = [
        row(f"secret-id-{n}", patient=f"patient-{n}", good=text, sex="2", carer="No")
        for n, text in enumerate(COMMENTS)
    ]
    upload = write_rows(tmp_path, rows, "json").read_bytes()
    with serving(tmp_path, store_url, tiny_artefact) as served:
        key = served.key("admin")
        bearer = {"Authorization": f"Bearer {key}"}
        with httpx2.Client(base_url=served.address, headers=bearer, timeout=PATIENCE) as http:
            made = http.post("/v1/surveys", json=new_survey().model_dump(mode="json"))
            assert made.status_code == 201, made.text
            sent = http.post(
                "/v1/surveys/visits/responses",
                content=upload,
                headers={"content-type": "application/json"},
            )
            assert sent.json()["accepted"] == len(COMMENTS), sent.text
            wait_until_tagged(http, len(COMMENTS))
            read = http.get("/v1/surveys/visits/comments", params={"q": "Ogunbanjo"}).json()
            assert [comment["text"] for comment in read["comments"]] == COMMENTS[:1]
            tagged = http.post(
                "/v1/tag", json={"model": "tiny", "comments": [{"text": COMMENTS[0]}]}
            )
            assert tagged.status_code == 200
            wrong = {"model": "tiny", "comments": [{"text": [COMMENTS[1]]}]}
            assert http.post("/v1/tag", json=wrong).status_code == 422
            assert http.get(f"/v1/{COMMENTS[2]}").status_code == 404
            assert http.request("DELETE", f"/v1/surveys/{COMMENTS[2]}").status_code == 422
            assert http.get("/metrics").status_code == 200
            assert http.delete("/v1/surveys/visits").status_code == 204
        browser = httpx2.get(served.link)
        assert browser.status_code == 303
        status, said = served.stop()
    assert status == 0
    assert '"route": "/v1/surveys/{survey}/responses"' in said
    secrets = [key, key.split("_", 2)[2], served.link.rpartition("=")[2]]
    people = [word for n in range(len(COMMENTS)) for word in (f"secret-id-{n}", f"patient-{n}")]
    for told in (*COMMENTS, *secrets, *people, "Ogunbanjo", "Mavis", "Elm"):
        assert told not in said


def test_a_connection_that_idles_does_not_hold_up_the_end(
    tmp_path: Path, tiny_artefact: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'sayso.db'}"
    with serving(tmp_path, url, tiny_artefact) as served, httpx2.Client() as http:
        assert http.get(f"{served.address}/health/ready").status_code == 200
        started = time.monotonic()
        status, _ = served.stop()
        assert status == 0
        assert time.monotonic() - started < 20


def test_an_address_that_is_taken_ends_it_with_one_sentence(
    tmp_path: Path, tiny_artefact: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "sayso", "serve", "--port", str(port)],
            env=os.environ | {"SAYSO_DATA_DIR": str(tmp_path), "SAYSO_MODELS": str(tiny_artefact)},
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
    assert done.returncode == 2
    assert done.stderr.strip().endswith("cannot be listened on: Address already in use")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("store_url", "processes"), [("sqlite", "1"), ("postgresql", "2")], indirect=["store_url"]
)
def test_workers_of_their_own_tag_what_is_in_the_store_until_they_are_told_to_stop(
    tmp_path: Path, store_url: str, store: Store, tiny_artefact: Path, processes: str
) -> None:
    with serving(tmp_path, store_url, tiny_artefact, "--workers", "0") as served:
        bearer = {"Authorization": f"Bearer {make_key(store)}"}
        worker = subprocess.Popen(
            [sys.executable, "-m", "sayso", "worker", "--processes", processes],
            env=served.environment,
            stderr=subprocess.PIPE,
            text=True,
        )
        rows = [row(str(n), good=text, sex="2", carer="No") for n, text in enumerate(COMMENTS * 5)]
        upload = write_rows(tmp_path, rows, "csv").read_bytes()
        with httpx2.Client(base_url=served.address, headers=bearer, timeout=PATIENCE) as http:
            http.post("/v1/surveys", json=new_survey().model_dump(mode="json"))
            csv = {"content-type": "text/csv"}
            http.post("/v1/surveys/visits/responses", content=upload, headers=csv)
            wait_until_tagged(http, len(rows))
        worker.send_signal(signal.SIGTERM)
        _, said = worker.communicate(timeout=PATIENCE)
        assert worker.returncode == 0, said
        assert said.count("worker.started") == int(processes)
        assert said.count("worker.stopped") == int(processes)
