from bisect import bisect_left
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer
from tokenizers.normalizers import BertNormalizer

from labelled_data import Span
from models.encoding import CommentEncoder, EncodingLimits, RememberedWords, Window, pad
from models.segmentation import sentences

UNKNOWN = "[UNK]"
LIMITS = EncodingLimits(question=4, window=10)
words = st.sampled_from(["waited", "kind", "parking", "5", "hours", "nurse", ".", "!", "\n", "zz"])
any_machine = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def tokenizer(tiny_base: Path) -> Tokenizer:
    return Tokenizer.from_file(str(tiny_base / "tokenizer.json"))


@any_machine
@given(text=st.lists(words, max_size=60).map(" ".join))
def test_windows_hold_every_token_in_order_and_none_is_too_long(
    tokenizer: Tokenizer, text: str
) -> None:
    encoder = CommentEncoder(tokenizer, LIMITS)
    bodies = [window.ids[window.head : -1] for window in encoder.windows(text, None)]
    whole = tokenizer.encode(text, add_special_tokens=False).ids
    assert [token for body in bodies for token in body] == whole
    assert all(len(body) <= LIMITS.window for body in bodies)


def test_each_window_starts_with_the_question(tokenizer: Tokenizer) -> None:
    encoder = CommentEncoder(tokenizer, LIMITS)
    windows = encoder.windows("waited 5 hours. " * 10, "what could we do better?")
    heads = {tuple(window.ids[: window.head]) for window in windows}
    assert len(windows) > 1
    assert len(heads) == 1
    assert len(heads.pop()) == LIMITS.question + 2


@any_machine
@given(text=st.lists(words, max_size=60).map("  ".join))
def test_each_token_of_the_comment_stands_where_its_span_says(
    tokenizer: Tokenizer, text: str
) -> None:
    windows = CommentEncoder(tokenizer, LIMITS).windows(text, "why?")
    spans = [span for window in windows for span in window.spans]
    ids = [id_ for window in windows for id_ in window.ids[window.head : -1]]
    assert spans == sorted(spans)
    for id_, span in zip(ids, spans, strict=True):
        piece = str(tokenizer.id_to_token(id_))
        assert piece in (UNKNOWN, span.of(text), f"##{span.of(text)}")


@pytest.mark.parametrize("times", [1, 20])
def test_spans_count_characters_of_the_text_as_it_is(tokenizer: Tokenizer, times: int) -> None:
    text = "😀 wáited  KIND. " * times
    windows = CommentEncoder(tokenizer, LIMITS).windows(text, None)
    found = {span.of(text) for window in windows for span in window.spans}
    assert len(windows) == 1 if times == 1 else len(windows) > 1
    assert {"😀", "KIND", "."} <= found
    assert found <= {"😀", "."} | {part for word in ("wáited", "KIND") for part in _parts(word)}


def _parts(word: str) -> set[str]:
    return {word[i:j] for i in range(len(word)) for j in range(i + 1, len(word) + 1)}


def test_a_comment_without_a_token_has_one_window_of_special_tokens(tokenizer: Tokenizer) -> None:
    (window,) = CommentEncoder(tokenizer, LIMITS).windows("", None)
    assert tuple(window.spans) == ()
    assert len(window.ids) == window.head + 1


def test_padding_is_masked() -> None:
    inputs = pad([Window([2, 5, 3], 2, ()), Window([2, 3], 1, ())])
    assert inputs["input_ids"].tolist() == [[2, 5, 3], [2, 3, 0]]
    assert inputs["attention_mask"].tolist() == [[1, 1, 1], [1, 1, 0]]
    assert inputs["token_type_ids"].tolist() == [[0, 0, 1], [0, 1, 0]]
    assert all(array.dtype == np.int64 for array in inputs.values())


PIECES = st.one_of(
    st.text(st.characters(max_codepoint=127), max_size=12),
    st.text(max_size=6),
    st.sampled_from(["[SEP]", "[CLS]", "waited", "Waited", "don't", "3hrs", "##ed", "x" * 120]),
    st.sampled_from(["don\u2019t", "\u201cfine\u201d", "9\u201310", "so\u2026", "[sic]", "[A"]),
)


@settings(any_machine, max_examples=200)
@given(st.lists(PIECES, max_size=8), st.sampled_from(["", " ", "\n"]))
def test_words_that_are_remembered_give_the_tokens_of_the_whole_text(
    tokenizer: Tokenizer, pieces: list[str], between: str
) -> None:
    text = between.join(pieces)
    whole = tokenizer.encode(text, add_special_tokens=False)
    words = RememberedWords(tokenizer)
    for _ in range(2):
        assert words.ids(text) in (None, whole.ids)
    (windows,) = CommentEncoder(tokenizer, EncodingLimits(8, 500)).windows_of([text], [None])
    assert [token for window in windows for token in window.ids[window.head : -1]] == whole.ids
    assert [place for window in windows for place in window.spans] == [
        Span(*place) for place in whole.offsets
    ]


@settings(any_machine, max_examples=200)
@given(st.lists(PIECES, max_size=8), st.sampled_from(["", " ", "\n", ". "]))
def test_as_many_tokens_stand_before_the_end_of_a_sentence_as_start_there(
    tokenizer: Tokenizer, pieces: list[str], between: str
) -> None:
    text = between.join(pieces)
    ends = [sentence.end for sentence in sentences(text)]
    for window in CommentEncoder(tokenizer, LIMITS).windows(text, None):
        starts = [place.start for place in window.spans]
        assert window.before(ends) == [bisect_left(starts, end) for end in ends]


@pytest.mark.parametrize(
    "text",
    ["Waited 3 hours, and nobody came!", "", "a\tb\nc", "100% (no)", "don\u2019t [sic]\u2026"],
)
def test_plain_text_is_read_word_by_word(tokenizer: Tokenizer, text: str) -> None:
    assert RememberedWords(tokenizer).ids(text) is not None


@pytest.mark.parametrize("text", ["caf\u00e9", "\u00a350", "[SEP]", "a\x00b", "\u4f60\u597d"])
def test_other_text_is_left_to_the_tokenizer(tokenizer: Tokenizer, text: str) -> None:
    assert RememberedWords(tokenizer).ids(text) is None


def test_a_tokenizer_that_tells_capitals_apart_is_asked_for_every_text(tiny_base: Path) -> None:
    telling = Tokenizer.from_file(str(tiny_base / "tokenizer.json"))
    telling.normalizer = BertNormalizer(lowercase=False)
    assert RememberedWords(telling).ids("Waited") is None
    encoder = CommentEncoder(telling, LIMITS)
    assert encoder.windows("Waited", None)[0].ids != encoder.windows("waited", None)[0].ids
