from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

import pytest

from labelled_data import Polarity
from service.counts.policy import shipped_policies, shipped_policy
from service.counts.records import CountQuery, CountsTable, TrendTable
from service.counts.stored import stored_readings
from service.counts.table import build_table, build_trend
from service.file_formats import MEDIA_TYPES, FileFormat
from service.security.principals import Scope
from service.store import surveys
from tests.service.counted_survey import (
    PEOPLE,
    fill,
    visitors,
)
from tests.service.filled_survey import VISITS, make, send, tag_all
from tests.service.problems import problem
from tests.service.sample_survey import row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from httpx2 import Response
    from starlette.testclient import TestClient

    from service.counts.records import CountRow
    from service.records import Survey
    from service.store import Store
    from service.tagging import LoadedModels
    from tests.service.app_fixtures import MakeKey

COUNTS, TRENDS, REPORT = f"{VISITS}/counts", f"{VISITS}/trends", f"{VISITS}/report"
Asked = str | list[str]
QUERIES: Sequence[tuple[dict[str, Asked], CountQuery]] = (
    ({}, CountQuery()),
    ({"by": "sex"}, CountQuery(by=("sex",))),
    ({"by": ["carer", "sex"]}, CountQuery(by=("carer", "sex"))),
    ({"by": "sex", "theme": "waiting"}, CountQuery(by=("sex",), themes=("waiting",))),
    ({"by": "sex", "site": "North"}, CountQuery(by=("sex",), site="North")),
    ({"by": "site", "level": "groups"}, CountQuery(by=("site",), level="groups")),
    ({"question": "better"}, CountQuery(question="better")),
    ({"polarity": "negative"}, CountQuery(polarity=Polarity.NEGATIVE)),
    (
        {"since": "2025-01-01", "until": "2025-02-28"},
        CountQuery(since=date(2025, 1, 1), until=date(2025, 2, 28)),
    ),
)
WRONG: Sequence[tuple[str, dict[str, Asked], str]] = (
    (COUNTS, {"by": "absent"}, "by"),
    (COUNTS, {"by": ["sex", "sex"]}, "by"),
    (COUNTS, {"by": ["sex", "carer", "site"]}, "by"),
    (COUNTS, {"by": ["sex", "carer"], "site": "North"}, "by"),
    (COUNTS, {"theme": "absent"}, "theme"),
    (COUNTS, {"theme": ["waiting", "absent"]}, "theme"),
    (COUNTS, {"question": "absent"}, "question"),
    (COUNTS, {"site": "absent"}, "site"),
    (COUNTS, {"by": "site", "site": "North"}, "site"),
    (COUNTS, {"polarity": "absent"}, "polarity"),
    (COUNTS, {"level": "absent"}, "level"),
    (COUNTS, {"by": "sex", "level": "broad_groups"}, "level"),
    (COUNTS, {"policy": "absent"}, "policy"),
    (COUNTS, {"format": "docx"}, "format"),
    (COUNTS, {"since": "yesterday"}, "from"),
    (COUNTS, {"since": "2025-02-01", "until": "2025-01-31"}, "to"),
    (COUNTS, {"since": "2025-01-02"}, "from"),
    (COUNTS, {"until": "2025-01-30"}, "to"),
    (COUNTS, {"absent": "x"}, "absent"),
    (TRENDS, {"period": "week"}, "period"),
    (TRENDS, {"by": "sex"}, "by"),
    (TRENDS, {"theme": "absent"}, "theme"),
    (REPORT, {"characteristic": "absent"}, "characteristic"),
    (REPORT, {"period": "week"}, "period"),
    (REPORT, {"format": "csv"}, "format"),
)
OFFERED: Sequence[tuple[str, Sequence[FileFormat]]] = (
    (COUNTS, ("json", "csv", "xlsx", "html")),
    (TRENDS, ("json", "csv", "xlsx", "html")),
    (REPORT, ("xlsx", "html")),
)


@pytest.fixture
def counted(client: TestClient, store: Store, models: LoadedModels) -> TestClient:
    fill(client, store, models)
    return client


def counts(client: TestClient, **query: Asked) -> CountsTable:
    response = client.get(COUNTS, params=_params(query))
    assert response.status_code == 200, response.text
    return CountsTable.model_validate_json(response.content)


def trends(client: TestClient, **query: Asked) -> TrendTable:
    response = client.get(TRENDS, params=_params(query))
    assert response.status_code == 200, response.text
    return TrendTable.model_validate_json(response.content)


def _params(query: dict[str, Asked]) -> dict[str, Asked]:
    named = {"since": "from", "until": "to"}
    return {named.get(name, name): value for name, value in query.items()}


def everyone(table: CountsTable, theme: str = "waiting") -> CountRow:
    (row,) = [one for one in table.rows if one.theme == theme and one.kind == "everyone"]
    return row


def test_what_is_told_is_what_the_table_of_the_stored_readings_tells(
    counted: TestClient, store: Store, models: LoadedModels
) -> None:
    survey = stored_survey(store)
    readings = stored_readings(store, survey, models.get("tiny").codebook)
    for asked, query in QUERIES:
        for policy in map(shipped_policy, shipped_policies()):
            told = counts(counted, policy=policy.id, **asked)
            built = build_table(
                readings,
                query,
                policy,
                survey="visits",
                survey_name=survey.name,
                model=survey.artefact,
                made=told.made,
            )
            assert told == built, (asked, policy.id)


def test_trends_are_those_of_the_stored_readings(
    counted: TestClient, store: Store, models: LoadedModels
) -> None:
    survey = stored_survey(store)
    told = trends(counted, period="month", theme="waiting")
    built = build_trend(
        stored_readings(store, survey, models.get("tiny").codebook),
        CountQuery(themes=("waiting",)),
        "month",
        shipped_policy("nhs"),
        survey="visits",
        survey_name=survey.name,
        model=survey.artefact,
        made=told.made,
    )
    assert told == built
    assert [point.period for point in told.trends[0].points] == ["2025-01", "2025-02", "2025-03"]


def stored_survey(store: Store) -> Survey:
    with store.read() as conn:
        return surveys.get(conn, "visits")


def test_counts_need_the_scope_that_reads_surveys(counted: TestClient, make_key: MakeKey) -> None:
    for at in (COUNTS, TRENDS, REPORT):
        assert counted.get(at, headers=make_key(Scope.SURVEYS_READ)).status_code == 200
        others = make_key(Scope.COMMENTS_READ, Scope.REVIEW, Scope.COUNTS_EXACT)
        problem(counted.get(at, headers=others), 403)


def test_exact_counts_need_a_scope_of_their_own(counted: TestClient, make_key: MakeKey) -> None:
    reader = make_key(Scope.SURVEYS_READ)
    exact = make_key(Scope.SURVEYS_READ, Scope.COUNTS_EXACT)
    for at in (COUNTS, TRENDS, REPORT):
        refused = counted.get(at, params={"policy": "exact"}, headers=reader)
        assert "counts:exact" in problem(refused, 403)["detail"]
        assert counted.get(at, params={"policy": "exact"}, headers=exact).status_code == 200


def test_small_numbers_are_told_only_where_they_may_be(counted: TestClient) -> None:
    protected = counts(counted)
    exact = counts(counted, policy="exact")
    assert (protected.policy.id, exact.policy.id) == ("nhs", "exact")
    assert everyone(exact).base == PEOPLE
    parking = everyone(exact, "parking")
    assert parking.count is not None
    shown = [one for one in protected.rows if one.count is not None]
    assert shown
    assert all(one.count % 5 == 0 for one in shown if one.count is not None)


def test_what_cannot_be_counted_is_told_by_its_parameter(counted: TestClient) -> None:
    for at, query, parameter in WRONG:
        told = problem(counted.get(at, params=_params(query)), 422)
        assert told["errors"][0]["column"].startswith(parameter), query


def test_who_may_see_exact_numbers_may_have_any_slice(counted: TestClient) -> None:
    days = {"since": "2025-01-09", "until": "2025-02-03"}
    assert counts(counted, by=["sex", "carer"], site="North", policy="exact", **days).rows


def test_counts_of_a_survey_that_is_not_there_are_missing(client: TestClient) -> None:
    for at in (COUNTS, TRENDS, REPORT):
        problem(client.get(at), 404)


def test_a_survey_whose_model_is_not_loaded_cannot_be_counted(
    counted: TestClient, store: Store
) -> None:
    with store.write() as conn:
        found = surveys.get(conn, "visits")
        surveys.use_artefact(conn, "visits", found.artefact.model_copy(update={"id": "gone"}))
    assert "gone" in problem(counted.get(COUNTS), 409)["detail"]


def test_figures_come_in_the_format_that_is_named_or_else_preferred(counted: TestClient) -> None:
    for at, kinds in OFFERED:
        assert_is(counted.get(at), kinds[0])
        for kind in kinds:
            accept = {"Accept": MEDIA_TYPES[kind]}
            assert_is(counted.get(at, headers=accept), kind)
    assert_is(counted.get(COUNTS, params={"format": "csv"}, headers={"Accept": "*/*"}), "csv")
    assert_is(
        counted.get(REPORT, params={"format": "xlsx"}, headers={"Accept": "text/html"}), "xlsx"
    )


def assert_is(response: Response, kind: FileFormat) -> None:
    assert response.status_code == 200, response.text
    headers = response.headers
    assert headers["content-type"].partition(";")[0] == MEDIA_TYPES[kind]
    assert headers["content-disposition"].endswith(f'.{kind}"')
    assert "visits" in headers["content-disposition"]
    assert headers["cache-control"] == "no-store"
    assert (b"<script" in response.content) is False
    match kind:
        case "json":
            assert response.json()["survey"] == "visits"
        case "csv":
            assert "waiting" in response.text
        case "xlsx":
            assert "xl/workbook.xml" in ZipFile(BytesIO(response.content)).namelist()
        case "html":
            assert response.text.lower().startswith("<!doctype html>")
            assert "script" not in headers["content-security-policy"]


def test_files_are_named_after_what_they_hold(counted: TestClient) -> None:
    def name(at: str, **query: Asked) -> str:
        header = counted.get(at, params=query).headers["content-disposition"]
        return str(header.partition("=")[2].strip('"'))

    assert name(COUNTS) == "visits-counts.json"
    assert name(COUNTS, by=["sex", "carer"], format="csv") == "visits-counts-by-sex-carer.csv"
    assert name(TRENDS, format="csv") == "visits-trends-by-month.csv"
    assert name(REPORT) == "visits-report.xlsx"


def test_a_report_has_every_characteristic_and_the_months(counted: TestClient) -> None:
    page = counted.get(REPORT, params={"format": "html"}).text
    for word in ("Sex", "Waiting", "March 2025"):
        assert word in page


def test_a_survey_without_dates_has_a_report_without_trends(
    client: TestClient, store: Store, models: LoadedModels
) -> None:
    make(client)
    send(client, [one | {"date": ""} for one in visitors()])
    tag_all(store, models)
    assert client.get(REPORT).status_code == 200
    problem(client.get(REPORT, params={"period": "month"}), 422)
    problem(client.get(TRENDS), 422)


def test_of_too_few_people_nothing_is_told(client: TestClient) -> None:
    make(client)
    for at in (COUNTS, TRENDS, REPORT):
        for query in ({}, {"from": "2025-01-01"}):
            assert client.get(at, params=query).status_code == 422
    assert everyone(counts(client, policy="exact")).base == 0


def test_counts_follow_new_responses_and_their_tags_at_once(
    client: TestClient, store: Store, models: LoadedModels
) -> None:
    make(client)
    waiting = [row(f"r{n}", better=f"waited {n % 12 + 2} hours to be seen") for n in range(20)]
    for part in (waiting[:12], waiting[12:]):
        before = everyone(counts(client, policy="exact"))
        send(client, part)
        untagged = counts(client, policy="exact")
        assert everyone(untagged).base == before.base
        assert any("tagged" in note or "wait" in note for note in untagged.notes)
        tag_all(store, models)
        after = everyone(counts(client, policy="exact"))
        assert after.base == (before.base or 0) + len(part)
        assert after.count == (before.count or 0) + len(part)


def test_an_erased_survey_is_not_counted_and_its_successor_starts_anew(
    counted: TestClient,
) -> None:
    assert everyone(counts(counted, policy="exact")).base == PEOPLE
    assert counted.delete(VISITS).status_code == 204
    problem(counted.get(COUNTS), 404)
    make(counted)
    assert everyone(counts(counted, policy="exact")).base == 0


def test_the_audit_notes_who_read_which_counts(counted: TestClient) -> None:
    counts(counted, by=["sex"], theme="waiting", site="North", policy="exact")
    assert last_note(counted) == (
        "counts.read",
        {"by": "sex", "themes": "waiting", "at_one_site": 1, "policy": "exact"},
    )
    counts(counted, since="2025-01-01", until="2025-01-31")
    assert last_note(counted)[1] == {
        "since": "2025-01-01",
        "until": "2025-01-31",
        "policy": "nhs",
    }
    trends(counted, period="month", question="better")
    assert last_note(counted) == (
        "trends.read",
        {"period": "month", "question": "better", "policy": "nhs"},
    )
    counted.get(REPORT)
    assert last_note(counted) == (
        "report.read",
        {"by": "sex carer", "period": "month", "policy": "nhs"},
    )


def last_note(client: TestClient) -> tuple[str, dict[str, Any]]:
    entry = client.get("/v1/audit").json()["entries"][0]
    assert entry["survey"] == "visits"
    return entry["action"], entry["detail"]


def test_every_shipped_policy_can_be_asked_for(counted: TestClient) -> None:
    for policy in shipped_policies():
        assert counts(counted, policy=policy).policy.id == policy
