from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from labelled_data import LabelError, Polarity, shipped_codebook
from labelled_data.agreement import (
    Alpha,
    Coding,
    compare,
    micro_f1,
    nominal_alpha,
    read_both,
    resampled_alphas,
    theme_alphas,
)
from tests.labelled_data.tables.whole import read

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

    from tests.command_line import CommandLine

    Floats = npt.NDArray[np.float64]

_ = np.nan
TWELVE_UNITS = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, _, _, _],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, _, 3],
        [_, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, _],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, _],
    ]
)
"""Four observers; K. Krippendorff 2011, Computing Krippendorff's alpha-reliability, section C."""
TEN_UNITS = np.array([[0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]], dtype=float)
"""Two observers of present and absent; the same, section A."""

values_or_none = st.sampled_from([0, 1, 2, _])
ratings = npst.arrays(
    np.float64, st.tuples(st.integers(2, 4), st.integers(1, 8)), elements=values_or_none
)
judgements = npst.arrays(np.bool_, st.tuples(st.integers(1, 8), st.just(3)))


def alpha_by_pairs(values: Floats) -> float | None:
    """One less disagreement within units over that between all values that are paired at all."""
    units = [unit[~np.isnan(unit)].tolist() for unit in values.T]
    units = [unit for unit in units if len(unit) > 1]
    pool = [value for unit in units for value in unit]
    within = sum(
        sum(a != b for a, b in permutations(unit, 2)) / (len(unit) - 1) for unit in units
    ) / max(len(pool), 1)
    pairs = list(permutations(pool, 2))
    between = sum(a != b for a, b in pairs) / max(len(pairs), 1)
    return 1 - within / between if between else None


def coding(*themes: str, **polarity: Polarity) -> Coding:
    return Coding(row=2, themes=themes, polarity=polarity)


def tables(folder: Path, first: str, second: str) -> tuple[Path, Path]:
    paths = folder / "first.csv", folder / "second.csv"
    for path, content in zip(paths, (first, second), strict=True):
        path.write_text(content, encoding="utf-8")
    return paths


def test_alpha_is_that_of_the_published_examples() -> None:
    assert nominal_alpha(TWELVE_UNITS) == pytest.approx(0.743, abs=5e-4)
    assert nominal_alpha(TEN_UNITS) == pytest.approx(0.095, abs=5e-4)


@given(values=ratings)
def test_alpha_sets_disagreement_within_comments_against_that_between_them(values: Floats) -> None:
    assert nominal_alpha(values) == pytest.approx(alpha_by_pairs(values))


@given(values=ratings)
def test_alpha_is_one_only_where_all_agree_and_something_varies(values: Floats) -> None:
    paired = [set(unit[~np.isnan(unit)]) for unit in values.T if (~np.isnan(unit)).sum() > 1]
    alpha = nominal_alpha(values)
    if len(set().union(*paired)) < 2:
        assert alpha is None
    else:
        assert (alpha == 1) == all(len(unit) == 1 for unit in paired)


@given(values=ratings, seed=st.integers(0, 99))
def test_alpha_knows_neither_the_order_of_coders_nor_of_comments_nor_what_values_are_called(
    values: Floats, seed: int
) -> None:
    random = np.random.default_rng(seed)
    shuffled = random.permutation(random.permutation(values), axis=1)
    assert nominal_alpha(10 - 3 * shuffled) == pytest.approx(nominal_alpha(values))


@pytest.mark.parametrize("value", [0, 1])
def test_a_theme_that_nobody_or_everybody_gave_throughout_has_no_alpha(value: int) -> None:
    given = np.full((2, 5, 1), float(value))
    assert theme_alphas(given) == (None,)
    assert np.isnan(resampled_alphas(given, resamples=3)).all()


def test_three_coders_are_compared_on_the_comments_each_pair_of_them_read() -> None:
    given = np.array([[1, 0, _], [1, _, 0], [_, 0, 0]])[:, :, None]
    assert theme_alphas(given) == (1,)


@given(first=judgements, data=st.data())
def test_micro_f1_is_the_same_whoever_comes_first(
    first: npt.NDArray[np.bool_], data: st.DataObject
) -> None:
    second = data.draw(npst.arrays(np.bool_, first.shape))
    f1 = micro_f1(first, second)
    assert f1 == micro_f1(second, first)
    assert (f1 is None) == (not first.any() and not second.any())
    assert f1 is None or (f1 == 1) == np.array_equal(first, second)


def test_micro_f1_pools_all_themes() -> None:
    first = np.array([[True, True], [False, True]])
    second = np.array([[True, False], [True, True]])
    assert micro_f1(first, second) == pytest.approx(2 * 2 / (3 + 3))


def test_each_theme_tells_who_gave_it() -> None:
    pairs = [
        (coding("waiting", "pain"), coding("waiting")),
        (coding("waiting"), coding("waiting")),
        (coding(), coding("waiting")),
        (coding(), coding()),
    ]
    found = compare(pairs, ("waiting", "pain", "safety"))
    counts = [(row.theme, row.both, row.only_first, row.only_second) for row in found.themes]
    assert counts == [("waiting", 2, 0, 1), ("pain", 0, 1, 0), ("safety", 0, 0, 0)]
    assert found.themes[2].alpha == Alpha(None, None, None)
    alphas = [row.alpha.value for row in found.themes if row.alpha.value is not None]
    assert found.mean_alpha.value == pytest.approx(np.mean(alphas))
    assert len(alphas) == 2
    assert found.comments == 4


def test_polarity_is_compared_where_both_gave_one() -> None:
    good, bad = Polarity.POSITIVE, Polarity.NEGATIVE
    pairs = [
        (coding("waiting", "pain", waiting=good, pain=bad), coding("waiting", waiting=good)),
        (coding("waiting", waiting=bad), coding("waiting", waiting=bad)),
        (coding("pain", pain=good), coding("pain", pain=bad)),
        (coding("pain", pain=good), coding("pain")),
    ]
    found = compare(pairs, ("waiting", "pain"))
    assert found.polarities == 3
    assert found.polarity_share == pytest.approx(2 / 3)
    assert found.polarity_alpha == nominal_alpha(np.array([[0.0, 1, 0], [0, 1, 1]]))


def test_nothing_given_by_both_has_no_polarity_to_compare() -> None:
    found = compare([(coding("waiting", waiting=Polarity.MIXED), coding())], ("waiting",))
    assert (found.polarities, found.polarity_share, found.polarity_alpha) == (0, None, None)


def test_agreement_on_no_comment_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one comment"):
        compare([], ("waiting",))


@given(first=judgements, data=st.data())
def test_an_interval_follows_from_the_seed_and_lies_within_what_alpha_can_be(
    first: npt.NDArray[np.bool_], data: st.DataObject
) -> None:
    assume(len(first) > 1)
    names = ("a", "b", "c")
    second = data.draw(npst.arrays(np.bool_, first.shape))
    rows = zip(first, second, strict=True)
    pairs = [(coding(*np.compress(a, names)), coding(*np.compress(b, names))) for a, b in rows]
    found = compare(pairs, names, resamples=20)
    assert found == compare(pairs, names, resamples=20)
    for alpha in (found.mean_alpha, *(row.alpha for row in found.themes)):
        if alpha.low is not None and alpha.high is not None:
            assert -1 <= alpha.low <= alpha.high <= 1


def test_an_interval_covers_the_alpha_and_narrows_with_more_comments() -> None:
    random = np.random.default_rng(0)
    first = random.random(4000) < 0.3
    second = first ^ (random.random(4000) < 0.1)
    pairs = [
        (coding(*["waiting"] * a), coding(*["waiting"] * b))
        for a, b in zip(first.tolist(), second.tolist(), strict=True)
    ]
    few, many = (compare(pairs[:n], ("waiting",)).themes[0].alpha for n in (100, 4000))
    for alpha in (few, many):
        assert alpha.low is not None
        assert alpha.value is not None
        assert alpha.high is not None
        assert alpha.low < alpha.value < alpha.high
    assert (many.high or 0) - (many.low or 0) < ((few.high or 0) - (few.low or 0)) / 3


def test_rows_are_matched_by_id_in_the_order_of_the_second_table(tmp_path: Path) -> None:
    paths = tables(
        tmp_path,
        "id,text,themes,polarity\na,one,waiting,waiting=mixed\nb,two,,\nc,three,pain;waiting,\n",
        "themes,id\nsafety,c\nwaiting,a\n",
    )
    pairs = read_both(*paths, shipped_codebook("uec"))
    themes = [(first.themes, second.themes) for first, second in pairs]
    assert themes == [(("waiting", "pain"), ("safety",)), (("waiting",), ("waiting",))]
    assert pairs[1][0].polarity == {"waiting": Polarity.MIXED}


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        ("id,themes\na,\n", "id,themes\na,\nb,\n", "second.csv row 3, column 'id': .*first.csv"),
        ("id,themes\na,\n", "id,themes\n", "second.csv holds no row"),
        ("id,themes\na,\n,\n", "id,themes\na,\n", "first.csv row 3, column 'id' is empty"),
        ("id,themes\na,\n", "id,themes\na,\na,\n", "second.csv row 3, column 'id' repeats row 2"),
        ("id,themes\na,\n", "id,themes\na,tea\n", "second.csv row 2, column 'themes': .*'tea'"),
        (
            "id,themes,polarity\na,pain,pain=bad\n",
            "id,themes\na,\n",
            "first.csv row 2, column 'polarity': 'pain' is not positive, negative",
        ),
        (
            "id,themes\na,\n",
            "id,themes,polarity\na,pain,waiting=mixed\n",
            "second.csv row 2, column 'polarity': 'waiting' is not among",
        ),
    ],
)
def test_what_cannot_be_compared_is_refused_with_file_and_row(
    tmp_path: Path, first: str, second: str, message: str
) -> None:
    with pytest.raises(LabelError, match=message):
        read_both(*tables(tmp_path, first, second), shipped_codebook("uec"))


def test_the_command_prints_the_figures_and_writes_them(tmp_path: Path, run: CommandLine) -> None:
    paths = tables(
        tmp_path,
        "id,text,themes,polarity\na,one,waiting,waiting=mixed\nb,SECRET,,\n",
        "id,themes,polarity\na,waiting,waiting=mixed\nb,pain,\n",
    )
    output = tmp_path / "out.csv"
    ended = run("data", "agreement", *paths, "--codebook", "uec", "--output", output)
    assert (ended.status, ended.stderr) == (0, "")
    assert "SECRET" not in ended.stdout
    assert "2 comments coded twice: micro-F1 0.667" in ended.stdout
    assert "1 polarities given twice: share agreed 1.000, alpha none" in ended.stdout
    written = {row["theme"]: row for row in read(output).iter_rows(named=True)}
    assert tuple(written) == shipped_codebook("uec").theme_ids
    assert written["waiting"]["both"] == "1"
    assert float(written["waiting"]["alpha"]) == 1
    assert written["safety"]["alpha"] == ""


@pytest.mark.parametrize("codebook", ["nope", "nope.yaml", "uec"])
def test_the_command_tells_bad_input_in_one_sentence(
    tmp_path: Path, run: CommandLine, codebook: str
) -> None:
    paths = tables(tmp_path, "id,themes\na,\n", "id,themes\nb,\n")
    ended = run("data", "agreement", *paths, "--codebook", codebook)
    assert (ended.status, ended.stdout) == (2, "")
    assert len(ended.stderr.splitlines()) == 1
