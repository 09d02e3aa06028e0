from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.security.tokens import KeyToken, digest, new_secret

SECRET = "A" * 43


def test_a_token_is_read_as_it_was_written() -> None:
    token = KeyToken(7, new_secret())
    assert KeyToken.parse(str(token)) == token


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "sayso_",
        SECRET,
        f"sayso_0_{SECRET}",
        f"sayso_-1_{SECRET}",
        f"sayso_1_{SECRET}=",
        f"sayso_1_{SECRET} ",
        f"sayso_1_{SECRET}\n",
        f"sayso_{'9' * 30}_{SECRET}",
        f"sayso_\u0661_{SECRET}",
    ],
)
def test_what_is_no_token_is_none(sent: str) -> None:
    assert KeyToken.parse(sent) is None


@given(st.text())
def test_no_text_is_too_strange_to_be_looked_at(sent: str) -> None:
    assert KeyToken.parse(sent) is None


def test_a_secret_is_not_shown_where_a_token_is() -> None:
    assert SECRET not in repr(KeyToken(1, SECRET))


def test_every_secret_is_new_and_256_bits_long() -> None:
    secrets = {new_secret() for _ in range(100)}
    assert len(secrets) == 100
    assert {len(secret) for secret in secrets} == {43}


def test_what_is_stored_is_not_the_secret() -> None:
    assert SECRET.encode() not in digest(SECRET)
    assert len(digest(SECRET)) == 32
