from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from labelled_data import LabelledComment, normalise
from tests.training.drawn_comments import codebook, comment
from training.recipe import CodebookPart, DataPart
from training.source import Source, kept_texts, without

BOOK = codebook("small", "waiting")
texts = st.sampled_from([f"{start}{row}{end}" for row in range(9) for start in ("slow ", "SLOW  ")
                         for end in ("", "!")])  # fmt: skip
comments = st.lists(st.builds(comment, texts), max_size=12)
test_shares = st.sampled_from([0, 0.3, 0.6, 1])


def source(
    said: list[LabelledComment], further: list[LabelledComment] | None = None, share: float = 0.3
) -> Source:
    part = CodebookPart(id="small", codebook="small", data=DataPart(test_share=share))
    return Source(part, BOOK, said, (), further or [])


def texts_of(said: list[LabelledComment]) -> set[str]:
    return {normalise(each.text) for each in said}


@given(said=comments, further=comments, share=test_shares)
def test_a_further_comment_is_learnt_only_where_its_text_is_not_among_the_others(
    said: list[LabelledComment], further: list[LabelledComment], share: float
) -> None:
    learnt = source(said, further, share).learnt_only()
    assert texts_of(learnt) == texts_of(further) - texts_of(said)
    assert learnt == [each for each in further if each in learnt]


@given(said=comments, further=comments, share=test_shares)
def test_further_comments_are_neither_in_the_sample_nor_in_the_test(
    said: list[LabelledComment], further: list[LabelledComment], share: float
) -> None:
    train, test = source(said, further, share).separated()
    assert sorted(each.text for each in [*train, *test]) == sorted(each.text for each in said)


def test_without_further_comments_there_is_nothing_more_to_learn() -> None:
    assert source([comment("slow")]).learnt_only() == []


@given(each=st.lists(st.tuples(comments, comments, test_shares), min_size=1, max_size=3))
def test_no_text_that_is_kept_for_any_test_is_left_to_learn_from(
    each: list[tuple[list[LabelledComment], list[LabelledComment], float]],
) -> None:
    sources = [source(*given) for given in each]
    kept = kept_texts(sources)
    for one in sources:
        learnt, tested = one.separated()
        assert texts_of(tested) <= kept
        assert not texts_of(without(learnt, kept)) & kept
        assert texts_of(without(one.learnt_only(), kept)) == texts_of(one.learnt_only()) - kept


def test_a_source_alone_keeps_no_more_than_its_own_test() -> None:
    one = source([comment(f"slow {row}") for row in range(40)])
    learnt, tested = one.separated()
    assert len(learnt) > len(tested) > 0
    assert kept_texts([one]) == texts_of(tested)
    assert without(learnt, kept_texts([one])) == learnt
