import csv
import math
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from py3langid.langid import MODEL_FILE, LanguageIdentifier  # type: ignore[import-untyped]

from models.language import LanguageCheck
from models.language_model import LanguageModel, shipped_model

CASES = Path(__file__).with_name("language_cases.csv")


class Case(NamedTuple):
    language: str
    kind: str
    batch: str
    comment: str


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    """Invented comments; no rule was fitted to the batch `held_back`."""
    with CASES.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        assert next(rows) == list(Case._fields)
        return [Case(*row) for row in rows]


@pytest.fixture(scope="module")
def check() -> LanguageCheck:
    return LanguageCheck()


def wrong(check: LanguageCheck, cases: list[Case]) -> list[Case]:
    return [case for case in cases if check.is_english(case.comment) != (case.language == "en")]


def test_the_cases_are_of_many_languages(cases: list[Case]) -> None:
    assert len({case.language for case in cases}) >= 15


@pytest.mark.parametrize("comment", ["ok", "NHS 111", "Staff lovely"])
def test_short_english_that_looks_like_something_else_is_among_the_cases(
    check: LanguageCheck, cases: list[Case], comment: str
) -> None:
    (case,) = (case for case in cases if case.comment == comment)
    assert case.language == "en"
    assert check.is_english(comment)


def in_batch(cases: list[Case], batch: str) -> list[Case]:
    return [case for case in cases if batch in ("all", case.batch)]


@pytest.mark.parametrize(("batch", "most_wrong"), [("all", 0.005), ("held_back", 0.01)])
def test_english_is_hardly_ever_flagged(
    check: LanguageCheck, cases: list[Case], batch: str, most_wrong: float
) -> None:
    english = [case for case in in_batch(cases, batch) if case.language == "en"]

    assert len(english) > 60
    assert len(wrong(check, english)) <= most_wrong * len(english)


@pytest.mark.parametrize("batch", ["all", "held_back"])
def test_other_languages_are_flagged_from_three_words_on(
    check: LanguageCheck, cases: list[Case], batch: str
) -> None:
    foreign = [c for c in in_batch(cases, batch) if c.language != "en" and c.kind != "tiny"]

    assert len({case.language for case in foreign}) >= 18
    assert len(wrong(check, foreign)) <= 0.03 * len(foreign)


@pytest.mark.parametrize("language", ["ar", "bn", "fa", "gu", "hi", "pa", "ru", "ta", "uk", "ur"])
def test_other_scripts_are_always_flagged(
    check: LanguageCheck, cases: list[Case], language: str
) -> None:
    assert wrong(check, [case for case in cases if case.language == language]) == []


@pytest.mark.parametrize(
    "comment", ["", " \n\t", "...", "10/10", "👍🏽👍", "¯\\_(ツ)_/¯", "5 µg", "x", "\ud800", "\x00"]
)
def test_what_cannot_be_told_is_english(check: LanguageCheck, comment: str) -> None:
    assert check.is_english(comment)


@pytest.mark.parametrize(
    ("comment", "english"),
    [
        ("The nurses were patient with us. Las enfermeras fueron pacientes con nosotros.", True),
        ("The nurses were patient with us. نرسیں بہت صبر والی تھیں", True),
        ("Las enfermeras fueron muy pacientes con nosotros y con los abuelos. Thanks.", False),
        ("我们等了五个小时没有人来看孩子。Thank you anyway.", False),
    ],
)
def test_a_mixed_comment_is_english_if_a_fair_part_of_it_is(
    check: LanguageCheck, comment: str, english: bool
) -> None:
    assert check.is_english(comment) is english


@pytest.mark.parametrize("comment", ["Dr Oluwaseun Adebayo", "nooooooo", "blah blah blah blah"])
def test_names_and_repetition_do_not_make_a_comment_foreign(
    check: LanguageCheck, comment: str
) -> None:
    assert check.is_english(comment)


@pytest.mark.parametrize("comment", ["Los Médicos Fueron Muy Amables", "MUY BUENA ATENCIÓN"])
def test_capitals_do_not_hide_another_language(check: LanguageCheck, comment: str) -> None:
    assert not check.is_english(comment)


def test_a_batch_gets_the_answers_its_texts_get_alone(
    check: LanguageCheck, cases: list[Case]
) -> None:
    comments = [case.comment for case in cases]
    alone = [check.is_english(comment) for comment in comments]

    assert check.are_english(comments).tolist() == alone
    assert check.are_english(comments[::-1]).tolist() == alone[::-1]
    assert check.are_english([]).shape == (0,)


@pytest.fixture(scope="module")
def model() -> LanguageModel:
    return shipped_model().result()


@pytest.fixture(scope="module")
def identifier() -> LanguageIdentifier:
    return LanguageIdentifier.from_model_file(MODEL_FILE)


def assert_as_ranked(
    model: LanguageModel, identifier: LanguageIdentifier, texts: list[str]
) -> None:
    """Each language leads English by what py3langid says of the text alone."""
    for text, scores in zip(texts, model.scores(texts).tolist(), strict=True):
        ranked = dict(identifier.rank(text))
        best = dict.fromkeys(ranked, -math.inf)
        for label, score in zip(model.labels, scores, strict=True):
            best[label] = max(best[label], score)
        rounding = 1e-3 + 1e-5 * max(map(abs, scores))
        for label, score in ranked.items():
            lead = score - ranked["en"]
            assert math.isclose(best[label] - best["en"], lead, abs_tol=rounding), label


def test_languages_score_as_py3langid_ranks_them(
    model: LanguageModel, identifier: LanguageIdentifier, cases: list[Case]
) -> None:
    comments = [case.comment for case in cases]
    long = " ".join(comments[::5])
    assert_as_ranked(model, identifier, [*comments, long, "", *comments, long.upper(), "", "ж"])


@settings(max_examples=50)
@given(texts=st.lists(st.text() | st.text("aehnorst é\xffж漢\ud800"), max_size=4))
def test_any_texts_score_as_py3langid_ranks_them(
    model: LanguageModel, identifier: LanguageIdentifier, texts: list[str]
) -> None:
    assert_as_ranked(model, identifier, texts)


def test_threads_share_one_check(check: LanguageCheck, cases: list[Case]) -> None:
    comments = [case.comment for case in cases]

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(check.is_english, comments))

    assert answers == check.are_english(comments).tolist()


def test_a_long_comment_is_judged_by_its_beginning(check: LanguageCheck) -> None:
    foreign = "Nadie nos dijo nada en toda la noche. " * 100

    assert not check.is_english(foreign + "The nurse was kind. " * 50_000)
    assert check.is_english("The nurse was kind. " * 50_000 + foreign)


@given(st.text())
def test_any_text_gets_an_answer(text: str) -> None:
    assert LanguageCheck().is_english(text) in (True, False)


def test_the_model_loads_on_first_use_and_without_a_network() -> None:
    code = """
import sys
import models.language
assert "py3langid" not in sys.modules
def refuse(event, arguments):
    assert not event.startswith("socket."), event
sys.addaudithook(refuse)
assert not models.language.LanguageCheck().is_english("Bardzo miły personel")
"""
    subprocess.run([sys.executable, "-c", code], check=True)
