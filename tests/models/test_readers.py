import shutil
from itertools import pairwise
from pathlib import Path
from typing import Protocol

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models import (
    Decision,
    OperatingPoint,
    Polarity,
    Prediction,
    Status,
    Tagger,
    load,
    read_manifest,
    write_manifest,
)
from models.artefact import QUICK_HEAD
from models.cascade import NOBODY, Cascade, Gate, Stage
from models.predictions import Effort
from models.theme_head import ThemeHead

QUESTION = "What could we do better?"
SHORT, LONG = "wait", "a wait of 9 hours is too long. Parking was bad. " * 8 + "So kind"
COMMENTS = (
    SHORT,
    "kind nurse",
    "zzz",
    "waited 5 hours to be seen",
    "Nurse was kind. cafÃ© was cold",
    "the car park was full for 20 minutes but a kind smile from 2 people. Waited 3 hours.",
    LONG,
    "",
    "bardzo długo czekałam na lekarza w poczekalni",
)
READABLE = COMMENTS[:7]
FLAT = {
    "slopes": (0.5,) * 3,
    "intercepts": (0.0,) * 3,
    "thresholds": {OperatingPoint.BALANCED: (0.5,) * 3, OperatingPoint.RECALL: (1e-9,) * 3},
}
"""A calibration that shows small differences, and at the recall point gives every theme."""
few = settings(max_examples=10)
batches = st.lists(st.sampled_from(COMMENTS), min_size=1, max_size=8)
efforts = st.sampled_from(Effort)


class Making(Protocol):
    """Makes a tagger whose n-grams and quick encoder answer, at ``fast``, from some chances on."""

    def __call__(self, name: str, ngrams: float, quick: float, *, mean: bool = True) -> Tagger:
        """Make it, with the mean of both encoders or the encoder as the last reader."""


def _flat(decision: Decision) -> Decision:
    return decision.model_copy(update=FLAT)


def _stage(stage: Stage, fast: float, at_most: float) -> Stage:
    """A stage that is as likely right as not of comments of some number of characters.

    Args:
        stage: Whose decision is taken.
        fast: The chance from which it answers at the effort ``fast``; at ``accurate`` it does not.
        at_most: That number, as a logarithm.
    """
    return Stage(
        decision=_flat(stage.decision),
        gate=Gate(weights=(0.0, 0.0, 0.0, 0.0, -20.0, 0.0), intercept=20 * at_most),
        sure_from={Effort.ACCURATE: NOBODY, Effort.FAST: fast},
    )


def _learnt(folder: Path) -> Cascade:
    cascade = read_manifest(folder).cascade
    assert cascade is not None
    return cascade


@pytest.fixture(scope="module")
def making(tiny_artefact: Path, tmp_path_factory: pytest.TempPathFactory) -> Making:
    def make(name: str, ngrams: float, quick: float, *, mean: bool = True) -> Tagger:
        folder = Path(shutil.copytree(tiny_artefact, tmp_path_factory.mktemp("answering") / name))
        manifest, learnt = read_manifest(folder), _learnt(folder)
        stages = {
            "ngrams": _stage(learnt.ngrams, ngrams, at_most=2.5),
            "quick": _stage(learnt.quick, quick, at_most=4),
            "mean": mean,
        }
        changes = {
            "decision": _flat(manifest.decision),
            "cascade": learnt.model_copy(update=stages),
        }
        write_manifest(folder, manifest.model_copy(update=changes))
        return load(folder)

    return make


@pytest.fixture(scope="module")
def by_ngrams(making: Making) -> Tagger:
    return making("ngrams", 0, NOBODY)


@pytest.fixture(scope="module")
def by_quick(making: Making) -> Tagger:
    return making("quick", NOBODY, 0)


@pytest.fixture(scope="module")
def shared_out(making: Making) -> Tagger:
    """Short comments are for the n-grams, longer ones for the quick encoder, the rest are left."""
    return making("mixed", 0.5, 0.5)


def assert_whole(comment: str, answer: Prediction, themes: tuple[str, ...]) -> None:
    """Every theme is scored and given, with a polarity and evidence in the comment."""
    assert answer.status == Status.TAGGED
    assert len(answer.scores or ()) == len(themes)
    assert answer.themes == themes
    for tag, score in zip(answer.tags, answer.scores or (), strict=True):
        assert tag.score == score
        assert tag.polarity in set(Polarity)
        assert tag.evidence
        assert all(0 <= span.start < span.end <= len(comment) for span in tag.evidence)
        assert all(one.end <= other.start for one, other in pairwise(tag.evidence))


def assert_same(one: Prediction, other: Prediction) -> None:
    assert (one.status, one.themes) == (other.status, other.themes)
    assert one.scores == pytest.approx(other.scores, abs=1e-3)
    assert [tag.evidence for tag in one.tags] == [tag.evidence for tag in other.tags]
    assert [tag.polarity for tag in one.tags] == [tag.polarity for tag in other.tags]


@pytest.mark.parametrize("name", ["by_ngrams", "by_quick", "shared_out"])
@pytest.mark.parametrize("effort", Effort)
def test_whoever_answers_tells_themes_polarity_and_evidence_of_every_comment(
    request: pytest.FixtureRequest, name: str, effort: Effort
) -> None:
    tagger: Tagger = request.getfixturevalue(name)
    answers = tagger.tag(COMMENTS, QUESTION, OperatingPoint.RECALL, effort)
    for comment, answer in zip(READABLE, answers, strict=False):
        assert_whole(comment, answer, tagger.codebook.theme_ids)
    assert [answer.status for answer in answers[7:]] == [Status.EMPTY, Status.NOT_ENGLISH]


def test_the_ngrams_answer_where_they_are_sure(by_ngrams: Tagger) -> None:
    answers = by_ngrams.tag(READABLE[:4], QUESTION, effort=Effort.FAST)
    logits = by_ngrams.ngrams.logits(READABLE[:4], [QUESTION] * 4)[:, :3]
    scores = _learnt_decision(by_ngrams, "ngrams").scores(logits, logits)
    for answer, expected in zip(answers, scores.tolist(), strict=True):
        assert answer.scores == pytest.approx(expected, abs=1e-6)


def test_the_quick_encoder_answers_where_it_is_sure(by_quick: Tagger) -> None:
    texts = READABLE[:4]
    answers = by_quick.tag(texts, QUESTION, effort=Effort.FAST)
    head = ThemeHead.load(by_quick.file(QUICK_HEAD).parent, QUICK_HEAD)
    plain = by_quick.ngrams.logits(texts, [QUESTION] * 4)[:, :3]
    states = by_quick.states(texts, [QUESTION] * 4, quick=True)
    for answer, seen, own in zip(answers, states, plain, strict=True):
        logits = head.read(seen).logits
        expected = _learnt_decision(by_quick, "quick").scores(logits[None], own[None])[0]
        assert answer.scores == pytest.approx(expected.tolist(), abs=1e-4)


@pytest.mark.parametrize("mean", [True, False])
def test_the_last_reader_is_the_mean_of_both_encoders_or_the_dearer_one(
    making: Making, mean: bool
) -> None:
    texts, tagger = READABLE[:4], making(f"last-{mean}", NOBODY, NOBODY, mean=mean)
    answers = tagger.tag(texts, QUESTION, effort=Effort.FAST)
    quick = ThemeHead.load(tagger.file(QUICK_HEAD).parent, QUICK_HEAD)
    plain = tagger.ngrams.logits(texts, [QUESTION] * 4)[:, :3]
    asked = texts, [QUESTION] * 4
    both = zip(tagger.states(*asked), tagger.states(*asked, quick=True), strict=True)
    for answer, (states, less), own in zip(answers, both, plain, strict=True):
        share = 0.5 if mean else 1
        logits = share * tagger.head.read(states).logits + (1 - share) * quick.read(less).logits
        expected = tagger.manifest.decision.scores(logits[None], own[None])[0]
        assert answer.scores == pytest.approx(expected.tolist(), abs=1e-4)


def test_each_reader_answers_what_it_is_sure_of_and_the_last_the_rest(
    by_ngrams: Tagger, by_quick: Tagger, shared_out: Tagger
) -> None:
    answers = shared_out.tag(READABLE, QUESTION, effort=Effort.FAST)
    plain = by_ngrams.tag(READABLE, QUESTION, effort=Effort.FAST)
    quick = by_quick.tag(READABLE, QUESTION, effort=Effort.FAST)
    last = shared_out.tag(READABLE, QUESTION, effort=Effort.ACCURATE)
    for answer, expected in zip(answers, [*plain[:3], *quick[3:5], *last[5:]], strict=True):
        assert_same(answer, expected)


@few
@given(batch=batches, effort=efforts, data=st.data())
def test_a_comment_gets_the_same_answer_alone_and_in_any_company_whoever_answers(
    shared_out: Tagger, batch: list[str], effort: Effort, data: st.DataObject
) -> None:
    together = shared_out.tag(batch, None, OperatingPoint.RECALL, effort)
    order = data.draw(st.permutations(range(len(batch))))
    shuffled = shared_out.tag([batch[row] for row in order], None, OperatingPoint.RECALL, effort)
    for row, answer in zip(order, shuffled, strict=True):
        assert_same(answer, together[row])
    row = data.draw(st.integers(0, len(batch) - 1))
    (alone,) = shared_out.tag([batch[row]], None, OperatingPoint.RECALL, effort)
    assert_same(alone, together[row])


def test_efforts_may_differ_but_each_says_the_same_whenever_it_is_asked(
    shared_out: Tagger,
) -> None:
    accurate, fast = (shared_out.tag(READABLE, QUESTION, effort=effort) for effort in Effort)
    assert accurate[0].scores != fast[0].scores
    for answers, effort in ((accurate, "accurate"), (fast, "fast")):
        assert shared_out.tag(READABLE, QUESTION, effort=effort) == answers
    assert shared_out.tag(READABLE, QUESTION) == accurate


def test_an_artefact_without_cheaper_readers_answers_the_same_to_either_effort(
    gentle_tagger: Tagger,
) -> None:
    assert gentle_tagger.manifest.cascade is None
    accurate, fast = (gentle_tagger.tag(READABLE, effort=effort) for effort in Effort)
    assert accurate == fast


def test_an_effort_that_does_not_exist_is_refused(gentle_tagger: Tagger) -> None:
    with pytest.raises(ValueError, match="'idle' is not a valid Effort"):
        gentle_tagger.tag(READABLE, effort="idle")


def _learnt_decision(tagger: Tagger, stage: str) -> Decision:
    cascade = tagger.manifest.cascade
    assert cascade is not None
    decision: Decision = getattr(cascade, stage).decision
    return decision
