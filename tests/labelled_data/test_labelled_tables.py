from __future__ import annotations

import dataclasses
from importlib.resources import files
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labelled_data import (
    CodebookError,
    HeaderError,
    LabelError,
    LabelledComment,
    Polarity,
    Span,
    numbered_sentences,
    read_labelled,
    shipped_codebook,
    write_labelled,
)

if TYPE_CHECKING:
    from pathlib import Path

FFT = shipped_codebook("fft")
words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).filter(str.strip)
sentences = st.sampled_from(["Kind nurse.", "No parking!", "Why?", "Ünclear\n", "a;b=1+2"])
texts = words | st.lists(sentences, min_size=1, max_size=6).map(" ".join)


@st.composite
def labelled(draw: st.DrawFn) -> LabelledComment:
    """A comment with polarity and evidence, in whole sentences, for some of its themes."""
    text = draw(texts)
    themes = FFT.in_order(draw(st.sets(st.sampled_from(FFT.theme_ids), max_size=5)))
    some = st.sets(st.sampled_from(themes)) if themes else st.just(set[str]())
    places = st.sets(st.sampled_from(numbered_sentences(text)), min_size=1).map(sorted).map(tuple)
    return LabelledComment(
        id=draw(words),
        text=text,
        question=draw(st.none() | words),
        themes=themes,
        sentiment=draw(st.sampled_from([None, 1, 2, 3, 4, 5])),
        source_row=2,
        polarity={theme: draw(st.sampled_from(Polarity)) for theme in draw(some)},
        evidence={theme: draw(places) for theme in draw(some)},
        language=draw(st.sampled_from(["en", "pl", "cy"])),
    )


def written(folder: Path, *lines: str) -> Path:
    path = folder / "labelled.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(st.lists(labelled(), max_size=5))
def test_labelled_comments_come_back_as_they_were(
    tmp_path: Path, made: list[LabelledComment]
) -> None:
    path = tmp_path / "labelled.csv"
    assert write_labelled(path, made, FFT) == len(made)
    back = [dataclasses.replace(comment, source_row=2) for comment in read_labelled(path, FFT)]
    assert back == made


@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.xlsx", "a.parquet", "a.jsonl"])
def test_any_format_will_do(tmp_path: Path, name: str) -> None:
    made = LabelledComment(
        id="007",
        text="On time",
        question="Why?",
        themes=("timeliness",),
        sentiment=1,
        source_row=2,
        polarity={"timeliness": Polarity.POSITIVE},
        evidence={"timeliness": (Span(0, 7),)},
        language="cy",
    )
    write_labelled(tmp_path / name, [made], FFT)
    (back,) = read_labelled(tmp_path / name, FFT)
    assert dataclasses.replace(back, source_row=2) == made


def test_a_few_labelled_texts_are_enough(tmp_path: Path) -> None:
    path = written(tmp_path, "text,themes", "Clean ward,cleanliness", "Late,pain ; timeliness")
    first, second = read_labelled(path, FFT)
    assert (first.id, first.question, first.sentiment) == ("2", None, None)
    assert (first.polarity, first.evidence, first.language) == ({}, {}, "en")
    assert second.themes == ("timeliness", "pain")


def test_a_theme_outside_the_codebook_is_refused_with_its_row(tmp_path: Path) -> None:
    path = written(tmp_path, "text,themes", "Fine,cleanliness", "Fine,tea")
    with pytest.raises(LabelError, match=r"row 3, column 'themes': .* no theme 'tea'"):
        read_labelled(path, FFT)


def test_a_blank_text_is_refused_with_its_row(tmp_path: Path) -> None:
    with pytest.raises(LabelError, match="row 2, column 'text' is empty"):
        read_labelled(written(tmp_path, "text,themes", " ,pain"), FFT)


def test_a_sentiment_outside_the_scale_is_refused_with_its_row(tmp_path: Path) -> None:
    path = written(tmp_path, "text,themes,sentiment", "Fine,,1", "Fine,,9")
    with pytest.raises(LabelError, match="row 3, column 'sentiment'"):
        read_labelled(path, FFT)


def test_a_missing_column_is_told_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(HeaderError, match="no column 'themes'; it has 'text', 'tags'"):
        read_labelled(written(tmp_path, "text,tags", "a,b"), FFT)


def test_a_theme_outside_the_codebook_is_not_written(tmp_path: Path) -> None:
    made = LabelledComment(
        id="1", text="a", question=None, themes=("tea",), sentiment=None, source_row=2
    )
    with pytest.raises(CodebookError, match="no theme 'tea'"):
        write_labelled(tmp_path / "a.csv", [made], FFT)
    assert list(tmp_path.iterdir()) == []


def test_polarity_and_evidence_are_read_theme_by_theme(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "text,themes,polarity,evidence",
        "Kind. Late. Kind again!,staff_manner;timeliness,"
        "timeliness=negative ; staff_manner=mixed,staff_manner = 1 + 3;timeliness=2",
    )
    (comment,) = read_labelled(path, FFT)
    assert comment.polarity == {
        "staff_manner": Polarity.MIXED,
        "timeliness": Polarity.NEGATIVE,
    }
    told = {
        theme: [span.of(comment.text) for span in spans]
        for theme, spans in comment.evidence.items()
    }
    assert told == {"staff_manner": ["Kind.", "Kind again!"], "timeliness": ["Late."]}


def test_evidence_is_written_as_the_numbers_of_the_sentences_it_touches(tmp_path: Path) -> None:
    made = LabelledComment(
        id="1",
        text="Kind nurse. Late. Cold tea",
        question=None,
        themes=("staff_manner", "timeliness"),
        sentiment=None,
        source_row=2,
        polarity={"timeliness": Polarity.NEGATIVE},
        evidence={"timeliness": (Span(14, 20),), "staff_manner": (Span(5, 10),)},
    )
    write_labelled(tmp_path / "a.csv", [made], FFT)
    header, row = (tmp_path / "a.csv").read_text(encoding="utf-8").splitlines()
    assert header == "id,question,text,themes,sentiment,polarity,evidence,language"
    assert row.endswith(",timeliness=negative,staff_manner=1;timeliness=2+3,en")


@pytest.mark.parametrize(
    ("column", "cell", "message"),
    [
        ("polarity", "pain", "has a part without '='"),
        ("polarity", "pain=bad", "'pain' is not positive, negative, mixed, neutral"),
        ("polarity", "pain=", "'pain' is not positive"),
        ("polarity", "parking=mixed", "'parking' is not among the themes of the row"),
        ("polarity", "pain=mixed;pain=mixed", "names 'pain' twice"),
        ("evidence", "pain=0", "'pain' names a sentence other than 1 to 2"),
        ("evidence", "pain=1+3", "'pain' names a sentence other than 1 to 2"),
        ("evidence", "pain=", "'pain' names a sentence other than 1 to 2"),
        ("evidence", "pain=one", "'pain' names a sentence other than 1 to 2"),
        ("evidence", "parking=1", "'parking' is not among the themes of the row"),
        ("evidence", "1+2", "has a part without '='"),
    ],
)
def test_polarity_or_evidence_that_cannot_be_is_refused_with_its_row_and_column(
    tmp_path: Path, column: str, cell: str, message: str
) -> None:
    lines = (f"text,themes,{column}", "SECRET. Ouch,pain,", f"SECRET. Ouch,pain,{cell}")
    with pytest.raises(LabelError, match=rf"row 3, column '{column}'.*{message}") as refused:
        read_labelled(written(tmp_path, *lines), FFT)
    assert "SECRET" not in str(refused.value)


@pytest.mark.parametrize("codebook_id", ["uec", "ics"])
def test_the_shipped_comments_tell_polarity_and_evidence_of_their_own_themes(
    codebook_id: str,
) -> None:
    path = files("labelled_data") / "comments" / f"{codebook_id}.csv"
    comments = read_labelled(str(path), shipped_codebook(codebook_id))
    assert len(comments) > 1_000
    assert any(comment.evidence for comment in comments)
    assert any(comment.polarity for comment in comments)
