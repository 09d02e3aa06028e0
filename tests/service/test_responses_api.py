from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest
from starlette.requests import ClientDisconnect

from service.security.principals import Scope
from tests.service.filled_survey import ROWS, VISITS, make, send
from tests.service.problems import problem
from tests.service.sample_survey import MEDIA_TYPES, row, write_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from httpx2 import Response
    from starlette.testclient import TestClient

    from service import Settings
    from service.uploads import UploadFormat
    from tests.service.app_fixtures import MakeKey
    from tests.service.sample_survey import Cells

UPLOAD = f"{VISITS}/responses"
WORDS = "what somebody wrote in confidence"


def upload(
    client: TestClient, folder: Path, rows: Sequence[Cells], kind: UploadFormat, **query: str
) -> Response:
    body = write_rows(folder, rows, kind).read_bytes()
    headers = {"content-type": MEDIA_TYPES[kind]}
    return client.post(UPLOAD, content=body, headers=headers, params=query)


def counts(response: Response) -> tuple[int, ...]:
    assert response.status_code == 202, response.text
    told = response.json()
    assert told["received"] == told["accepted"] + told["duplicate"] + told["rejected"]
    return told["accepted"], told["duplicate"], told["rejected"]


def responses_of(client: TestClient) -> int:
    return int(client.get(VISITS).json()["progress"]["responses"])


@pytest.mark.parametrize("kind", MEDIA_TYPES)
def test_every_format_is_taken_and_may_be_sent_again(
    client: TestClient, tmp_path: Path, kind: UploadFormat
) -> None:
    make(client)
    rows = [*ROWS, row("bad", sex="Klingon"), ROWS[0]]
    assert counts(upload(client, tmp_path, rows, kind)) == (4, 1, 1)
    assert counts(upload(client, tmp_path, rows, kind)) == (0, 5, 1)
    assert responses_of(client) == 4


def test_a_rejected_row_is_told_with_its_place(client: TestClient, tmp_path: Path) -> None:
    make(client)
    rows = [row("r1"), row("r2", sex="Klingon", good=WORDS)]
    told = upload(client, tmp_path, rows, "csv").json()
    (error,) = told["errors"]
    assert (error["row"], error["column"], told["errors_total"]) == (3, "sex", 1)
    assert "Klingon" in error["message"]
    assert WORDS not in str(told)


def test_a_dry_run_shows_where_every_value_goes_and_stores_nothing(
    client: TestClient, tmp_path: Path
) -> None:
    make(client)
    rows = [*ROWS, row("r5", sex="Klingon")]
    trial = upload(client, tmp_path, rows, "csv", dry_run="true")
    assert trial.status_code == 200
    told = trial.json()
    assert (told["rows"], told["rejected"]) == (5, 1)
    where = {each["value"]: each["group"] for each in told["values"]["sex"]}
    assert where == {"F": "female", "M": "male", "": "not_known", "Klingon": None}
    assert responses_of(client) == 0


def test_a_compressed_body_is_unpacked(client: TestClient, tmp_path: Path) -> None:
    make(client)
    body = gzip.compress(write_rows(tmp_path, ROWS, "csv").read_bytes())
    headers = {"content-type": "text/csv; charset=utf-8", "content-encoding": "gzip"}
    assert counts(client.post(UPLOAD, content=body, headers=headers)) == (4, 0, 0)


def test_a_format_that_is_not_read_is_refused(client: TestClient) -> None:
    make(client)
    for headers in ({"content-type": "application/pdf"}, {"content-type": ""}):
        problem(client.post(UPLOAD, content=b"x", headers=headers), 415)


def test_a_file_that_is_wrong_as_a_whole_stores_nothing(client: TestClient) -> None:
    make(client)
    for content, said in (
        (b"response_id,good\r\nr1,fine\r\n", "patient"),
        (b"", "empty"),
        (b"\x00\xff\x00", ""),
    ):
        refused = client.post(UPLOAD, content=content, headers={"content-type": "text/csv"})
        assert said in problem(refused, 422)["detail"]
    for kind in ("application/json", "application/x-ndjson", MEDIA_TYPES["xlsx"]):
        problem(client.post(UPLOAD, content=b"{]", headers={"content-type": kind}), 422)
    assert responses_of(client) == 0


def test_a_ragged_row_near_the_end_stores_nothing(client: TestClient, tmp_path: Path) -> None:
    make(client)
    rows = [row(f"r{n}", good=WORDS) for n in range(3_000)]
    body = write_rows(tmp_path, rows, "csv").read_bytes() + b"r3001,too,short\r\n"
    refused = client.post(UPLOAD, content=body, headers={"content-type": "text/csv"})
    assert "3002" in problem(refused, 422)["detail"]
    assert WORDS not in refused.text
    assert str(tmp_path) not in refused.text
    assert responses_of(client) == 0


def test_an_upload_to_a_survey_that_is_not_there_is_refused(client: TestClient) -> None:
    problem(send(client, ROWS), 404)


def test_a_body_that_breaks_off_stores_nothing_and_leaves_no_file(
    client: TestClient, settings: Settings, tmp_path: Path
) -> None:
    make(client)
    body = write_rows(tmp_path, ROWS, "csv").read_bytes()

    def broken_off() -> Iterator[bytes]:
        yield body[: len(body) // 2]
        raise ClientDisconnect

    broken = client.post(UPLOAD, content=broken_off(), headers={"content-type": "text/csv"})
    problem(broken, 400)
    assert responses_of(client) == 0
    assert list(settings.spool.glob("*")) == []
    assert counts(send(client, ROWS)) == (4, 0, 0)


def test_no_file_is_left_when_an_upload_is_read(
    client: TestClient, settings: Settings, tmp_path: Path
) -> None:
    make(client)
    for kind in MEDIA_TYPES:
        upload(client, tmp_path, ROWS, kind)
        assert list(settings.spool.glob("*")) == []


def test_an_upload_needs_the_scope(anyone: TestClient, make_key: MakeKey) -> None:
    headers = make_key(Scope.SURVEYS_READ) | {"content-type": "text/csv"}
    problem(anyone.post(UPLOAD, content=b"x", headers=headers), 403)


def test_the_audit_notes_an_upload_without_its_words(client: TestClient) -> None:
    make(client)
    send(client, [row("r1", patient="p1", good=WORDS)])
    noted = client.get("/v1/audit")
    actions = [entry["action"] for entry in noted.json()["entries"]]
    assert {"survey.create", "responses.upload", "responses.uploaded"} <= set(actions)
    assert WORDS not in noted.text
    assert '"r1"' not in noted.text
