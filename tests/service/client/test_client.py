"""The client against a real service: over the network, on a real store, with a real model."""

from __future__ import annotations

import csv
from datetime import date
from io import StringIO
from typing import TYPE_CHECKING

import pytest

from service.benchmarks.asking import agrees
from service.client import Client, NotTaggedError, ProblemError
from service.client.review_results import Stratum
from service.security.principals import Scope
from tests.conftest import QUESTION
from tests.service.live import make_key
from tests.service.sample_survey import new_survey, row, write_rows

if TYPE_CHECKING:
    from pathlib import Path

    from models import Tagger
    from service.store import Store
    from service.uploads import UploadFormat

ROWS = [
    row("r-1", good="nurse number 3 was so kind", date="2025-01-02", sex="F", hospital="North"),
    row("r-2", better="waited 4 hours to be seen", date="2025-02-02", sex="M"),
    row("r-3", good="parking cost me 5 pounds", better="the queue was 6 hours long", sex="F"),
]


def upload_and_tag(sayso: Client, folder: Path) -> None:
    sayso.create_survey(new_survey())
    sayso.upload("visits", write_rows(folder, ROWS, "csv"))
    sayso.wait_until_tagged("visits", timeout=60)


def test_comments_are_tagged_as_the_tagger_does(sayso: Client, tiny_tagger: Tagger) -> None:
    texts = ["waited 4 hours to be seen", "parking cost me 5 pounds", "", "nothing"]
    answer = sayso.tag("tiny", texts, QUESTION, scores=True)
    meant = tiny_tagger.tag(texts, QUESTION)
    assert answer.model.id == "tiny"
    for told, prediction in zip(answer.results, meant, strict=True):
        assert agrees(told.status, told.themes, prediction)
        assert (told.scores is None) == (prediction.scores is None)


def test_each_comment_may_have_its_own_question(sayso: Client, tiny_tagger: Tagger) -> None:
    texts, questions = ["a kind smile", "a kind smile"], [QUESTION, None]
    answer = sayso.tag("tiny", texts, questions, operating_point="recall")
    meant = tiny_tagger.tag(texts, questions, "recall")
    assert answer.model.operating_point == "recall"
    assert all(
        agrees(told.status, told.themes, prediction)
        for told, prediction in zip(answer.results, meant, strict=True)
    )


def test_models_are_told_with_their_codebook(sayso: Client, tiny_tagger: Tagger) -> None:
    (listed,) = sayso.models()
    details = sayso.model(listed.artefact.id)
    assert details.artefact == listed.artefact
    assert details.codebook == tiny_tagger.codebook


def test_a_survey_is_made_filled_tagged_read_and_erased(sayso: Client, tmp_path: Path) -> None:
    made = sayso.create_survey(new_survey())
    assert sayso.surveys() == (made,)
    receipt = sayso.upload("visits", write_rows(tmp_path, ROWS, "csv"))
    assert (receipt.received, receipt.accepted) == (3, 3)
    seen: list[tuple[int, int]] = []
    survey = sayso.wait_until_tagged("visits", 60, lambda done, of: seen.append((done, of)))
    assert seen[-1] == (4, 4)
    assert survey.progress.responses == 3
    assert [comment.response_id for comment in sayso.comments("visits")] == [
        "r-1",
        "r-2",
        "r-3",
        "r-3",
    ]
    sayso.delete_survey("visits")
    assert sayso.surveys() == ()


@pytest.mark.parametrize("kind", ["csv", "xlsx", "jsonl", "json"])
def test_every_format_is_taken_once(kind: UploadFormat, sayso: Client, tmp_path: Path) -> None:
    sayso.create_survey(new_survey())
    file = write_rows(tmp_path, ROWS, kind)
    assert sayso.upload("visits", file).accepted == 3
    again = sayso.upload("visits", file.read_bytes(), kind)
    assert (again.received, again.accepted, again.duplicate) == (3, 0, 3)


def test_rows_that_are_wrong_are_told_with_row_and_column(sayso: Client, tmp_path: Path) -> None:
    sayso.create_survey(new_survey())
    rows = [*ROWS, row("r-4", sex="Klingon"), row("r-5", date="last Tuesday")]
    receipt = sayso.upload("visits", write_rows(tmp_path, rows, "csv"))
    assert (receipt.accepted, receipt.rejected, receipt.errors_total) == (3, 2, 2)
    assert [(error.row, error.column) for error in receipt.errors] == [(5, "sex"), (6, "date")]


def test_a_preview_shows_where_each_value_goes_and_stores_nothing(
    sayso: Client, tmp_path: Path
) -> None:
    sayso.create_survey(new_survey())
    rows = [*ROWS, row("r-4", sex="Klingon")]
    preview = sayso.preview("visits", write_rows(tmp_path, rows, "csv"))
    assert (preview.rows, preview.rejected) == (4, 1)
    values = {value.value: value.group for value in preview.values["sex"]}
    assert values["Klingon"] is None
    assert values["F"] == "female"
    assert sayso.survey("visits").progress.responses == 0


def test_comments_are_picked_by_all_that_is_asked_for(sayso: Client, tmp_path: Path) -> None:
    upload_and_tag(sayso, tmp_path)

    def ids(**wanted: object) -> list[str]:
        return [one.response_id for one in sayso.comments("visits", **wanted)]  # type: ignore[arg-type]

    assert ids(theme="waiting") == ["r-2", "r-3"]
    assert ids(groups={"sex": "female"}) == ["r-1", "r-3", "r-3"]
    assert ids(question="good", groups={"sex": "female"}) == ["r-1", "r-3"]
    assert ids(text="hours queue") == ["r-3"]
    assert ids(site="North") == ["r-1"]
    assert ids(since=date(2025, 2, 1), until=date(2025, 2, 28)) == ["r-2"]
    assert ids(status="empty") == []


def test_comments_come_page_by_page(sayso: Client, tmp_path: Path) -> None:
    sayso.create_survey(new_survey())
    rows = [row(f"r-{n:04}", good=f"nurse number {n} was so kind") for n in range(1_100)]
    sayso.upload("visits", write_rows(tmp_path, rows, "csv"))
    found = [comment.response_id for comment in sayso.comments("visits")]
    assert found == [one["response_id"] for one in rows]


def test_who_waits_too_short_is_told_how_much_is_left(sayso: Client, tmp_path: Path) -> None:
    sayso.create_survey(new_survey())
    rows = [row(f"r-{n:04}", good=f"nurse number {n} was so kind") for n in range(500)]
    sayso.upload("visits", write_rows(tmp_path, rows, "csv"))
    with pytest.raises(NotTaggedError, match="of 500 comments are tagged"):
        sayso.wait_until_tagged("visits", timeout=0)


def test_a_survey_keeps_to_its_model_when_asked_to_use_it_again(
    sayso: Client, tmp_path: Path
) -> None:
    upload_and_tag(sayso, tmp_path)
    assert sayso.use_model("visits", "tiny").model == "tiny"
    assert sayso.survey("visits").progress.tagged == 4


def test_people_read_a_sample_and_their_reviews_are_exported(
    sayso: Client, address: str, store: Store, tmp_path: Path
) -> None:
    upload_and_tag(sayso, tmp_path)
    sample = sayso.draw_sample("visits", 2, seed=1)
    assert sayso.samples("visits") == (sample,)
    assert sample.probability == 0.5
    with Client(address, make_key(store, Scope.REVIEW)) as other:
        for reader in (sayso, other):
            while (comment := reader.next_review("visits", sample.id)) is not None:
                assert comment.themes == ()
                reader.put_review(
                    "visits", comment.id, ["kindness"], {"kindness": "positive"}, sample=sample.id
                )
    agreement = sayso.agreement("visits")
    assert (agreement.comments, agreement.reviewers) == (2, 2)
    table = list(csv.DictReader(StringIO(sayso.export_reviews("visits").decode())))
    assert [one["themes"] for one in table] == ["kindness"] * 4


def test_people_are_drawn_evenly_or_by_groups(sayso: Client, tmp_path: Path) -> None:
    upload_and_tag(sayso, tmp_path)
    evenly = sayso.draw_sample("visits", 2, unit="people", seed=1)
    assert (evenly.unit, evenly.size, evenly.frame, evenly.people) == ("people", 2, 3, 2)
    wanted = [Stratum(groups={"sex": "female"}, size=5), Stratum(groups={}, size=1)]
    strata = sayso.draw_strata("visits", wanted, seed=2)
    assert [(each.groups, each.size, each.frame) for each in strata.strata] == [
        ({"sex": "female"}, 2, 2),
        ({}, 1, 1),
    ]
    assert (strata.probability, strata.comments, strata.people_read) == (None, 4, 0)
    assert sayso.samples("visits") == (evenly, strata)


def test_reading_is_planned_and_drawn_as_planned(sayso: Client, tmp_path: Path) -> None:
    sayso.create_survey(new_survey())
    rows = [row(f"r-{n}", good=f"{n} kind nurses", sex="FM"[n % 2]) for n in range(120)]
    sayso.upload("visits", write_rows(tmp_path, rows, "csv"))
    sayso.wait_until_tagged("visits", timeout=60)
    made = sayso.reading_plan("visits", "sex", ["kindness"], width=0.3)
    assert (made.by_name, made.policy.id) == ("Sex", "nhs")
    assert [group.people for group in made.plan.groups] == [60, 60]
    sample = sayso.draw_strata("visits", made.strata)
    assert [each.groups for each in sample.strata] == [each.groups for each in made.strata]


def test_keys_are_made_listed_and_revoked(sayso: Client, address: str) -> None:
    made = sayso.keys.make("dashboard", ["surveys:read"])
    assert made.token not in repr(made)
    with Client(address, made.token) as reader:
        assert reader.surveys() == ()
        with pytest.raises(ProblemError) as refused:
            reader.create_survey(new_survey())
        assert refused.value.status == 403
        sayso.keys.revoke(made.id)
        with pytest.raises(ProblemError) as revoked:
            reader.surveys()
    assert revoked.value.status == 401
    assert [key.revoked is not None for key in sayso.keys.every()] == [False, True]


def test_what_is_not_there_is_a_problem_with_a_title_and_a_detail(sayso: Client) -> None:
    with pytest.raises(ProblemError) as raised:
        sayso.survey("nowhere")
    assert raised.value.status == 404
    assert "nowhere" in raised.value.detail
