"""The comments that were written for the project cover their codebooks as comments do."""

from __future__ import annotations

from collections import Counter
from importlib.resources import files
from pathlib import Path
from statistics import median

import pytest

from labelled_data import LabelledComment, Polarity, read_labelled, shipped_codebook

FOLDER = Path(str(files("labelled_data"))) / "comments"
LEAST = {"uec": 80, "ics": 60, "fft": 55}
"""Comments that each theme of a codebook must have at least."""
ILL_BY_NAME = {"negative_experience"}
LEAST_WITHOUT_THEME = 0.12
MEDIAN_WORDS = (10, 20)
LONG = 150

each_codebook = pytest.mark.parametrize("codebook", LEAST)
each_sample = pytest.mark.parametrize("codebook", ["uec", "ics"])
"""Codebooks of which nothing else shows what people say."""


def written(codebook: str, part: str = "") -> list[LabelledComment]:
    return read_labelled(FOLDER / f"{codebook}{part}.csv", shipped_codebook(codebook))


@each_codebook
def test_every_theme_stands_often_enough_to_be_learnt(codebook: str) -> None:
    times = Counter(theme for comment in written(codebook) for theme in comment.themes)
    themes = shipped_codebook(codebook).theme_ids
    assert {theme: times[theme] for theme in themes if times[theme] < LEAST[codebook]} == {}


@each_codebook
def test_no_theme_is_only_spoken_ill_of(codebook: str) -> None:
    told = {
        (theme, polarity)
        for comment in written(codebook)
        for theme, polarity in comment.polarity.items()
    }
    milder = {theme for theme, polarity in told if polarity != Polarity.NEGATIVE}
    assert milder == set(shipped_codebook(codebook).theme_ids) - ILL_BY_NAME


@each_codebook
def test_themes_are_spoken_of_in_every_way(codebook: str) -> None:
    told = {each for comment in written(codebook) for each in comment.polarity.values()}
    assert told == set(Polarity)


@each_sample
def test_enough_comments_have_no_theme(codebook: str) -> None:
    said = [*written(codebook), *written(codebook, "_no_theme")]
    without = sum(not comment.themes for comment in said)
    assert without / len(said) >= LEAST_WITHOUT_THEME


@each_sample
def test_what_is_said_to_have_no_theme_has_none(codebook: str) -> None:
    assert not any(comment.themes for comment in written(codebook, "_no_theme"))


@each_sample
def test_comments_are_as_long_as_people_write_them(codebook: str) -> None:
    words = [len(comment.text.split()) for comment in written(codebook)]
    shortest, longest = MEDIAN_WORDS
    assert shortest <= median(words) <= longest
    assert max(words) > LONG


@each_sample
def test_contrasts_are_read_without_error_and_are_mixed(codebook: str) -> None:
    contrasts = written(codebook, "_contrasts")
    assert len(contrasts) > 0
    assert any(Polarity.MIXED in comment.polarity.values() for comment in contrasts)
