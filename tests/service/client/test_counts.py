"""Counts through the client: over the network, from a real store."""

from __future__ import annotations

import csv
import json
from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING
from zipfile import ZipFile

import httpx
import pytest

from labelled_data import Polarity
from service.client import Client, ProblemError
from service.schemas.count_examples import COUNTS
from service.security.principals import Scope
from tests.service.counted_survey import PEOPLE, visitors
from tests.service.live import make_key
from tests.service.sample_survey import new_survey

if TYPE_CHECKING:
    from pathlib import Path

    from service.store import Store


@pytest.fixture
def counted(sayso: Client) -> Client:
    sayso.create_survey(new_survey())
    sayso.upload("visits", json.dumps(list(visitors())).encode(), "json")
    sayso.wait_until_tagged("visits", 60)
    return sayso


def test_counts_are_told_by_group_over_time_and_as_files(counted: Client, tmp_path: Path) -> None:
    table = counted.counts("visits", "sex", themes=["waiting"], policy="exact")
    bases = {one.groups.get("sex"): one.base for one in table.rows}
    assert bases[None] == PEOPLE
    assert bases["female"] == bases["male"] == PEOPLE * 2 // 5
    crossed = counted.counts("visits", ["sex", "carer"])
    assert crossed.query.by == ("sex", "carer")
    assert crossed.policy.id == "nhs"
    january = counted.counts(
        "visits", since=date(2025, 1, 1), until=date(2025, 1, 31), correct=False, policy="exact"
    )
    assert january.rows[0].base == PEOPLE // 3
    negative = counted.counts("visits", polarity=Polarity.NEGATIVE, site="North")
    assert (negative.query.polarity, negative.query.site) == ("negative", "North")
    trend = counted.trends("visits", "quarter", themes=["waiting"])
    assert [point.period for point in trend.trends[0].points] == ["2025-Q1"]
    counted.counts_file("visits", "csv", tmp_path / "counts.csv", "sex")
    with (tmp_path / "counts.csv").open(encoding="utf-8-sig", newline="") as file:
        assert len(list(csv.reader(file))) > 3
    counted.report("visits", "xlsx", tmp_path / "report.xlsx", ["sex"], period="month")
    assert ZipFile(tmp_path / "report.xlsx").testzip() is None
    counted.report("visits", "html", tmp_path / "report.html")
    assert (tmp_path / "report.html").read_text("utf-8").lower().startswith("<!doctype html>")


def test_exact_counts_are_refused_to_those_who_may_not_see_them(
    counted: Client, address: str, store: Store, tmp_path: Path
) -> None:
    with Client(address, make_key(store, Scope.SURVEYS_READ)) as reader:
        for ask in (
            lambda: reader.counts("visits", policy="exact"),
            lambda: reader.counts_file("visits", "csv", tmp_path / "x.csv", policy="exact"),
        ):
            with pytest.raises(ProblemError, match="counts:exact"):
                ask()
    assert not (tmp_path / "x.csv").exists()


def test_a_table_of_a_newer_service_can_be_read() -> None:
    newer = COUNTS | {"colour": "blue", "query": COUNTS["query"] | {"mood": "calm"}}
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json=newer))
    table = Client("http://service.test", "key", transport=transport).counts("ae-2025")
    assert table.rows[0].count == 50


def test_a_workbook_is_whole(counted: Client, tmp_path: Path) -> None:
    counted.counts_file("visits", "xlsx", tmp_path / "counts.xlsx", ["sex"])
    names = ZipFile(BytesIO((tmp_path / "counts.xlsx").read_bytes())).namelist()
    assert "xl/workbook.xml" in names
