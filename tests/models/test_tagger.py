import shutil
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from labelled_data import Span, repair
from models import (
    OperatingPoint,
    Polarity,
    Prediction,
    QuestionMismatchError,
    Status,
    Tagger,
    load,
    read_manifest,
    write_manifest,
)
from models.decision import PolarityRule
from models.segmentation import sentences

COMMENTS = (
    "waited 5 hours to be seen",
    "nurse number 3 was so kind",
    "the car park was full for 20 minutes but a kind smile from 2 people",
    "nothing more to say than 4 words",
    "zzz",
    "",
    "...",
    "bardzo długo czekałam na lekarza w poczekalni",
    "a wait of 9 hours is too long. " * 30 + "and no parking within 2 miles",
    "👍",
    "parking\x00 cost me 4 pounds",
)
texts = st.sampled_from(COMMENTS) | st.text(max_size=80)
MENDED = (
    "cafÃ© was cold. Nurse was kind",
    "Nurse was kind. cafÃ© was cold. No parking",
    "wai\x00ted 5 hours. \x07 Nurse was kind",
    "waited 5\x0bhours. Nurse was kind",
    "a wait of 9 hours isnâ€™t short. " * 30 + "and no parking within 2 miles",
)
messy = st.lists(
    st.sampled_from(
        ["waited", "kind.", "Parking!", "\n", "cafÃ©", "donâ€™t.", "wai\x00t", "\x0b", "\x00", "👍"]
    )
).map(" ".join)
slow = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def _assert_same(one: Prediction, other: Prediction) -> None:
    assert (one.status, one.themes) == (other.status, other.themes)
    assert one.scores == pytest.approx(other.scores, abs=1e-3)
    assert [(tag.polarity, tag.evidence) for tag in one.tags] == [
        (tag.polarity, tag.evidence) for tag in other.tags
    ]


def _deciding(folder: Path, copy: Path, **changes: object) -> Tagger:
    """A tagger that decides otherwise on the same log-odds."""
    shutil.copytree(folder, copy)
    manifest = read_manifest(copy)
    decision = manifest.decision.model_copy(update=changes)
    write_manifest(copy, manifest.model_copy(update={"decision": decision}))
    return load(copy)


def _evidence(tagger: Tagger, text: str) -> dict[str, list[str]]:
    """What carries each theme, at the point where every theme is given."""
    (prediction,) = tagger.tag([text], operating_point=OperatingPoint.RECALL)
    return {tag.theme: [span.of(text) for span in tag.evidence] for tag in prediction.tags}


@slow
@given(batch=st.lists(texts, min_size=1, max_size=12), data=st.data())
def test_a_text_gets_the_same_answer_alone_in_any_batch_and_in_any_order(
    tiny_tagger: Tagger, batch: list[str], data: st.DataObject
) -> None:
    together = tiny_tagger.tag(batch)
    order = data.draw(st.permutations(range(len(batch))))
    shuffled = tiny_tagger.tag([batch[place] for place in order])
    for place, prediction in zip(order, shuffled, strict=True):
        _assert_same(prediction, together[place])
    place = data.draw(st.integers(0, len(batch) - 1))
    _assert_same(tiny_tagger.tag([batch[place]])[0], together[place])


@slow
@given(text=st.text(max_size=200))
def test_any_text_gets_a_status_and_scores_that_are_probabilities(
    tiny_tagger: Tagger, text: str
) -> None:
    (prediction,) = tiny_tagger.tag([text])
    assert (prediction.status == Status.TAGGED) == bool(prediction.tags)
    unread = prediction.status in {Status.EMPTY, Status.NOT_ENGLISH}
    assert unread == (prediction.scores is None)
    assert all(0 <= score <= 1 for score in prediction.scores or ())


def test_themes_are_those_a_person_would_give(tiny_tagger: Tagger) -> None:
    themes = [prediction.themes for prediction in tiny_tagger.tag(COMMENTS[:4])]
    assert themes == [("waiting",), ("kindness",), ("kindness", "parking"), ()]


@pytest.mark.parametrize("text", ["", " ", "...", "-", "?!", "\n", "_"])
def test_a_comment_without_letter_digit_or_pictograph_is_empty(
    tiny_tagger: Tagger, text: str
) -> None:
    assert tiny_tagger.tag([text])[0].status == Status.EMPTY


def test_a_pictograph_is_something(tiny_tagger: Tagger) -> None:
    assert tiny_tagger.tag(["👍"])[0].status != Status.EMPTY


def test_another_language_is_said_and_not_tagged(tiny_tagger: Tagger) -> None:
    (prediction,) = tiny_tagger.tag(["bardzo długo czekałam na lekarza w poczekalni"])
    assert prediction == Prediction(Status.NOT_ENGLISH)


def test_the_end_of_a_long_comment_is_read(tiny_tagger: Tagger) -> None:
    long = "a wait of 9 hours is too long. " * 30
    with_end = long + "the car park was full for 20 minutes"
    without, with_parking = tiny_tagger.tag([long, with_end])
    assert without.scores is not None
    assert with_parking.scores is not None
    place = tiny_tagger.codebook.theme_ids.index("parking")
    assert with_parking.scores[place] > without.scores[place]


def test_the_recall_point_gives_all_that_the_balanced_one_gives(tiny_tagger: Tagger) -> None:
    balanced = tiny_tagger.tag(COMMENTS)
    recall = tiny_tagger.tag(COMMENTS, operating_point=OperatingPoint.RECALL)
    for one, more in zip(balanced, recall, strict=True):
        assert set(one.themes) <= set(more.themes)


def test_the_question_is_part_of_the_input(tiny_tagger: Tagger) -> None:
    (asked,) = tiny_tagger.tag(["zzz"], "What could we do better?")
    (unasked,) = tiny_tagger.tag(["zzz"])
    assert asked.scores != unasked.scores


def test_white_space_in_a_question_does_not_matter(tiny_tagger: Tagger) -> None:
    (one,) = tiny_tagger.tag(["zzz"], "What could we\n do  better?")
    (other,) = tiny_tagger.tag(["zzz"], ["What could we do better?"])
    assert one == other


def test_questions_that_do_not_fit_the_comments_are_refused(tiny_tagger: Tagger) -> None:
    with pytest.raises(QuestionMismatchError, match="2 questions were given for 1 comments"):
        tiny_tagger.tag(["kind"], ["one", "two"])


def test_no_comments_give_no_predictions(tiny_tagger: Tagger) -> None:
    assert tiny_tagger.tag([]) == []


@slow
@given(text=messy | texts)
@example(text="dÃ\xa0y one was kind. Nurse kind")
def test_every_theme_given_has_a_polarity_and_evidence_in_the_comment_as_it_was_given(
    gentle_tagger: Tagger, text: str
) -> None:
    (prediction,) = gentle_tagger.tag([text], operating_point=OperatingPoint.RECALL)
    for tag in prediction.tags:
        assert tag.polarity in set(Polarity)
        assert tag.evidence
        assert all(0 <= span.start < span.end <= len(text) for span in tag.evidence)
        assert all(repair(span.of(text)).strip() for span in tag.evidence)
        assert all(one.end <= other.start for one, other in pairwise(tag.evidence))


@pytest.mark.parametrize("text", COMMENTS[:4])
def test_evidence_is_sentences_of_the_comment(gentle_tagger: Tagger, text: str) -> None:
    (prediction,) = gentle_tagger.tag([text], operating_point=OperatingPoint.RECALL)
    assert len(prediction.tags) == 3
    for tag in prediction.tags:
        assert set(tag.evidence) <= set(sentences(text))


@pytest.mark.parametrize("text", MENDED)
def test_evidence_is_found_where_the_person_wrote_it_though_a_mended_copy_was_read(
    gentle_tagger: Tagger, text: str
) -> None:
    mended = repair(text)
    assert mended != text
    assert len(sentences(mended)) > 1
    written, read = _evidence(gentle_tagger, text), _evidence(gentle_tagger, mended)
    assert len(read) == 3
    assert {
        theme: [repair(sentence) for sentence in places] for theme, places in written.items()
    } == read


def test_evidence_in_mended_text_is_counted_in_characters_of_the_original(
    gentle_artefact: Path, tmp_path: Path
) -> None:
    tagger = _deciding(gentle_artefact, tmp_path / "all", evidence_share=0.0)
    text = "cafÃ© was cold. Nurse was kind"
    (prediction,) = tagger.tag([text], operating_point=OperatingPoint.RECALL)
    assert {tag.evidence for tag in prediction.tags} == {(Span(0, 15), Span(16, 30))}


def test_the_evidence_share_says_how_much_of_a_comment_is_shown(
    gentle_artefact: Path, tmp_path: Path
) -> None:
    text = "waited 5 hours to be seen. nurse number 3 was so kind. no parking within 2 miles"
    shown = [
        _evidence(_deciding(gentle_artefact, tmp_path / str(share), evidence_share=share), text)
        for share in (1.0, 0.5, 0.0)
    ]
    for theme in ("waiting", "kindness", "parking"):
        best, some, everything = (set(places[theme]) for places in shown)
        assert len(best) == 1
        assert best <= some <= everything
        assert everything == {span.of(text) for span in sentences(text)}


@pytest.mark.parametrize(
    ("rule", "polarity"),
    [
        (PolarityRule(mixed_from=-1e9, neutral_below=0), Polarity.MIXED),
        (PolarityRule(mixed_from=1e9, neutral_below=1e9), Polarity.NEUTRAL),
    ],
)
def test_polarity_follows_the_rule_of_the_artefact(
    gentle_artefact: Path, tmp_path: Path, rule: PolarityRule, polarity: Polarity
) -> None:
    tagger = _deciding(gentle_artefact, tmp_path / "ruled", polarity=rule)
    for prediction in tagger.tag(COMMENTS, operating_point=OperatingPoint.RECALL):
        assert all(tag.polarity == polarity for tag in prediction.tags)


@slow
@given(batch=st.lists(texts, min_size=1, max_size=12))
def test_a_status_fits_its_tags_and_scores(gentle_tagger: Tagger, batch: list[str]) -> None:
    themes = gentle_tagger.codebook.theme_ids
    thresholds = gentle_tagger.manifest.decision.thresholds[OperatingPoint.BALANCED]
    for prediction in gentle_tagger.tag(batch):
        scores = prediction.scores or (-1.0, -1.0, -1.0)
        passed = {
            theme: score
            for theme, score, threshold in zip(themes, scores, thresholds, strict=True)
            if score >= threshold
        }
        assert {tag.theme: tag.score for tag in prediction.tags} == passed
        assert prediction.themes == tuple(passed)


def test_a_comment_that_nearly_had_a_theme_is_unsure(gentle_artefact: Path, tmp_path: Path) -> None:
    thresholds = dict.fromkeys(OperatingPoint, (1.0, 1.0, 1.0))
    unsure, none = (
        _deciding(gentle_artefact, tmp_path / str(share), thresholds=thresholds, unsure_from=share)
        for share in (0.0, 1.0)
    )
    assert unsure.tag(COMMENTS[:1])[0].status == Status.UNSURE
    assert none.tag(COMMENTS[:1])[0].status == Status.NO_THEME


def test_what_training_needs_of_a_tagger_can_be_had(
    tiny_tagger: Tagger, tiny_artefact: Path
) -> None:
    (states,) = tiny_tagger.states(["waited 5 hours to be seen"], ["Why?"])
    reading = tiny_tagger.head.read(states)
    assert reading.logits.shape == (len(tiny_tagger.codebook.theme_ids),)
    assert tiny_tagger.limits.window == tiny_tagger.manifest.window_tokens
    assert tiny_tagger.file("encoder.onnx") == tiny_artefact / "encoder.onnx"
