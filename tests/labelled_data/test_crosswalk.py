from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelled_data import (
    Codebook,
    CodebookError,
    Crosswalk,
    CrosswalkRule,
    DistinctComments,
    LabelledComment,
    Theme,
    distinct,
    load_crosswalk,
    shipped_codebook,
    shipped_crosswalk,
    unlabelled,
)

if TYPE_CHECKING:
    from pathlib import Path

THEMES = ("tea", "coffee", "milk")
ABSENT, PRESENT, UNKNOWN = 0.0, 1.0, float("nan")
GOOD = """
source: drinks
target: service
version: "1.0"
themes:
  catering: {present: [tea, coffee], unknown: [milk]}
"""


def codebook(name: str, *themes: str) -> Codebook:
    made = tuple(Theme(id=theme, name=theme, definition=theme) for theme in themes)
    return Codebook(id=name, name=name, version="1.0", unit="one comment", themes=made)


SOURCE = codebook("drinks", *THEMES)
TARGET = codebook("service", "catering", "cost")
FFT, UEC = shipped_codebook("fft"), shipped_codebook("uec")


def crosswalk(**rules: CrosswalkRule) -> Crosswalk:
    return Crosswalk(source="drinks", target="service", version="1.0", themes=rules)


def comments(targets: list[list[float]], questions: list[str | None]) -> DistinctComments:
    texts = [f"comment {row}" for row in range(len(targets))]
    return unlabelled(texts, questions, len(THEMES)).with_targets(
        np.array(targets).reshape(len(targets), len(THEMES))
    )


def told_of_catering(rule: CrosswalkRule, *targets: float, question: str | None = None) -> float:
    told = crosswalk(catering=rule).targets(comments([[*targets]], [question]), SOURCE, TARGET)
    return float(told[0, 0])


RULE = CrosswalkRule(present=("tea",), unknown=("milk",))


@pytest.mark.parametrize(
    ("tea", "milk", "told"),
    [
        (1, 0, PRESENT),
        (1, 1, PRESENT),
        (0, 0, ABSENT),
        (0, 1, UNKNOWN),
        (0.5, 0, PRESENT),
        (0.4, 0, UNKNOWN),
        (0, 0.1, UNKNOWN),
        (UNKNOWN, 0, UNKNOWN),
        (0, UNKNOWN, UNKNOWN),
        (1, UNKNOWN, PRESENT),
    ],
)
def test_a_theme_is_present_where_it_is_proved_and_absent_only_where_nothing_may_hide_it(
    tea: float, milk: float, told: float
) -> None:
    assert told_of_catering(RULE, tea, 0, milk) == pytest.approx(told, nan_ok=True)


@pytest.mark.parametrize(
    ("question", "told"),
    [
        (None, PRESENT),
        ("What was good?", PRESENT),
        ("What could we improve?", UNKNOWN),
        ("IMPROVEMENTS", UNKNOWN),
    ],
)
def test_what_would_prove_a_theme_proves_nothing_in_answer_to_certain_questions(
    question: str | None, told: float
) -> None:
    rule = CrosswalkRule(present=("tea",), unknown_when_asked=("improve",))
    assert told_of_catering(rule, 1, 0, 0, question=question) == pytest.approx(told, nan_ok=True)
    assert told_of_catering(rule, 0, 1, 1, question=question) == ABSENT


def test_a_theme_without_a_rule_is_always_unknown() -> None:
    data = comments([[1, 1, 1], [0, 0, 0]], [None, None])
    told = crosswalk(catering=RULE).targets(data, SOURCE, TARGET)
    assert np.isnan(told[:, 1]).all()


def test_comments_that_nobody_labelled_tell_nothing() -> None:
    told = crosswalk(catering=RULE).targets(unlabelled(["tea"], [None], 3), SOURCE, TARGET)
    assert np.isnan(told).all()


def test_no_comments_tell_nothing_in_the_right_shape() -> None:
    assert crosswalk(catering=RULE).targets(comments([], []), SOURCE, TARGET).shape == (0, 2)


rules = st.builds(
    CrosswalkRule,
    present=st.sets(st.sampled_from(THEMES)).map(tuple),
    unknown=st.sets(st.sampled_from(THEMES)).map(tuple),
    unknown_when_asked=st.sampled_from([(), ("better",), ("improve", "better")]),
)
shares = st.sampled_from([0, 0.2, 0.5, 1, UNKNOWN])
questions = st.sampled_from([None, "What was good?", "What could be Better?", "Improve what?"])
answers = st.tuples(st.tuples(shares, shares, shares), questions)


def by_hand(rule: CrosswalkRule, labels: dict[str, float], question: str | None) -> float:
    """The rule as a person would read it out."""
    if any(labels[theme] >= 0.5 for theme in rule.present):
        asked = question is not None and any(
            word in question.lower() for word in rule.unknown_when_asked
        )
        return UNKNOWN if asked else PRESENT
    for theme in (*rule.present, *rule.unknown):
        if math.isnan(labels[theme]) or labels[theme] > 0:
            return UNKNOWN
    return ABSENT


@given(rules, rules, st.lists(answers, max_size=8))
def test_targets_are_what_the_rules_say_comment_by_comment(
    catering: CrosswalkRule,
    cost: CrosswalkRule,
    given: list[tuple[tuple[float, ...], str | None]],
) -> None:
    data = comments([list(labels) for labels, _ in given], [asked for _, asked in given])
    told = crosswalk(catering=catering, cost=cost).targets(data, SOURCE, TARGET)
    expected = [
        [by_hand(rule, dict(zip(THEMES, labels, strict=True)), asked) for rule in (catering, cost)]
        for labels, asked in given
    ]
    assert np.array_equal(told, np.array(expected).reshape(told.shape), equal_nan=True)


@given(st.lists(answers, min_size=1, max_size=5))
def test_what_one_comment_tells_does_not_depend_on_the_others(
    given: list[tuple[tuple[float, ...], str | None]],
) -> None:
    data = comments([list(labels) for labels, _ in given], [asked for _, asked in given])
    walk = crosswalk(catering=RULE)
    together = walk.targets(data, SOURCE, TARGET)
    alone = [
        walk.targets(data.take(np.array([row])), SOURCE, TARGET)[0] for row in range(len(data))
    ]
    assert np.array_equal(together, np.stack(alone), equal_nan=True)


@pytest.mark.parametrize(
    ("walk", "message"),
    [
        (crosswalk(food=RULE), "'service' has no theme 'food'"),
        (crosswalk(catering=CrosswalkRule(present=("beer",))), "'drinks' has no theme 'beer'"),
        (crosswalk(catering=CrosswalkRule(unknown=("beer",))), "'drinks' has no theme 'beer'"),
    ],
)
def test_a_theme_that_is_not_in_its_codebook_is_refused(walk: Crosswalk, message: str) -> None:
    with pytest.raises(CodebookError, match=message):
        walk.targets(comments([[0, 0, 0]], [None]), SOURCE, TARGET)


def test_every_theme_named_in_the_shipped_crosswalk_exists() -> None:
    walk = shipped_crosswalk("fft", "uec")
    assert (walk.source, walk.target) == (FFT.id, UEC.id)
    named = {theme for rule in walk.themes.values() for theme in (*rule.present, *rule.unknown)}
    assert set(walk.themes) <= set(UEC.theme_ids)
    assert named <= set(FFT.theme_ids)


def test_no_label_in_the_shipped_crosswalk_both_proves_and_hides_a_theme() -> None:
    for theme, rule in shipped_crosswalk("fft", "uec").themes.items():
        assert len({*rule.present, *rule.unknown}) == len(rule.present) + len(rule.unknown), theme
        assert rule.present or rule.unknown, theme


@pytest.mark.parametrize(
    ("themes", "question", "told"),
    [
        (("parking",), None, {"travel_parking": PRESENT, "financial_pressure": UNKNOWN}),
        (("timeliness",), None, {"waiting": PRESENT, "access": UNKNOWN, "pain": ABSENT}),
        (("positive_experience",), "What was good?", {"general_experience": PRESENT}),
        (("positive_experience",), "What could we do better?", {"general_experience": UNKNOWN}),
        ((), None, {"waiting": ABSENT, "waiting_updates": ABSENT, "general_experience": ABSENT}),
    ],
)
def test_fft_labels_tell_what_a_reader_would_say_of_uec_themes(
    themes: tuple[str, ...], question: str | None, told: dict[str, float]
) -> None:
    comment = LabelledComment(
        id="1", text="a", question=question, themes=themes, sentiment=None, source_row=2
    )
    data = distinct([comment], FFT.theme_ids)
    (row,) = shipped_crosswalk("fft", "uec").targets(data, FFT, UEC)
    found = dict(zip(UEC.theme_ids, row.tolist(), strict=True))
    assert {theme: found[theme] for theme in told} == pytest.approx(told, nan_ok=True)


def test_a_crosswalk_that_is_not_shipped_is_told() -> None:
    with pytest.raises(CodebookError, match="no crosswalk from 'uec' to 'fft'"):
        shipped_crosswalk("uec", "fft")


def saved(folder: Path, content: str | bytes) -> Path:
    path = folder / "crosswalk.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_a_crosswalk_is_read_from_its_file(tmp_path: Path) -> None:
    rule = CrosswalkRule(present=("tea", "coffee"), unknown=("milk",))
    assert load_crosswalk(saved(tmp_path, GOOD)) == crosswalk(catering=rule)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (GOOD + "  catering: {present: [milk]}\n", "at line 6: the key 'catering' stands 2 times"),
        (GOOD + "surprise: 1\n", "surprise: Extra inputs"),
        (GOOD.replace("present", "proves"), r"themes\.catering\.proves: Extra inputs"),
        (GOOD.replace("[milk]", "milk"), r"themes\.catering\.unknown"),
        ("- a list", "does not hold named fields"),
        ("", "does not hold named fields"),
        ("themes: [", "is not a crosswalk at line 1"),
        (b"\xff\xfe\x00", "is not UTF-8 text"),
    ],
)
def test_a_file_that_is_no_crosswalk_is_refused_with_what_is_wrong(
    tmp_path: Path, content: str | bytes, message: str
) -> None:
    with pytest.raises(CodebookError, match=rf"crosswalk\.yaml.*{message}"):
        load_crosswalk(saved(tmp_path, content))


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(CodebookError, match=r"none\.yaml cannot be read"):
        load_crosswalk(tmp_path / "none.yaml")
