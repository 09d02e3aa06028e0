from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from models.encoding import CommentEncoder, EncodingLimits, pad

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
    windows = encoder.windows(text, None)
    bodies = [
        [token for token, segment in zip(*window, strict=True) if segment][:-1]
        for window in windows
    ]
    whole = tokenizer.encode(text, add_special_tokens=False).ids
    assert [token for body in bodies for token in body] == whole
    assert all(len(body) <= LIMITS.window for body in bodies)


def test_each_window_starts_with_the_question(tokenizer: Tokenizer) -> None:
    encoder = CommentEncoder(tokenizer, LIMITS)
    windows = encoder.windows("waited 5 hours. " * 10, "what could we do better?")
    heads = {tuple(ids[: len(ids) - sum(segments)]) for ids, segments in windows}
    assert len(windows) > 1
    assert len(heads) == 1
    assert len(heads.pop()) == LIMITS.question + 2


def test_padding_is_masked() -> None:
    inputs = pad([([2, 5, 3], [0, 0, 1]), ([2, 3], [0, 1])])
    assert inputs["input_ids"].tolist() == [[2, 5, 3], [2, 3, 0]]
    assert inputs["attention_mask"].tolist() == [[1, 1, 1], [1, 1, 0]]
    assert inputs["token_type_ids"].tolist() == [[0, 0, 1], [0, 1, 0]]
    assert all(array.dtype == np.int64 for array in inputs.values())
