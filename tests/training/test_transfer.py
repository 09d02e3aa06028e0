from pathlib import Path

import numpy as np
import pytest

from labelled_data import DataError, LabelledComment, distinct
from training.transfer import ELSEWHERE, gather_transfer


def _comment(row: int, text: str, question: str | None) -> LabelledComment:
    return LabelledComment(
        id=str(row), text=text, question=question, themes=(), sentiment=None, source_row=row
    )


DATA = distinct(
    [
        _comment(2, "The nurse was kind. But I waited all day! Ok.", "What was good?"),
        _comment(3, "Parking is dear", "Why?"),
        _comment(4, "Nobody came. I waited all day", "What was good?"),
    ],
    ("waiting",),
)


def test_sentences_of_longer_comments_stand_alone_once_with_their_question() -> None:
    transfer = gather_transfer(DATA, [], seed=0)
    assert transfer.comments.texts == ("The nurse was kind.", "But I waited all day!",
                                       "Nobody came.", "I waited all day")  # fmt: skip
    assert set(transfer.comments.questions) == {"What was good?"}
    assert transfer.origins.tolist() == [0, 0, 2, 2]


def test_sentences_of_comments_that_are_held_out_can_be_left_out() -> None:
    transfer = gather_transfer(DATA, [], seed=0)
    assert transfer.without(np.array([0])).tolist() == [2, 3]
    assert transfer.without(np.array([], dtype=int)).tolist() == [0, 1, 2, 3]


def test_unlabelled_comments_get_a_question_that_was_asked(tmp_path: Path) -> None:
    file = tmp_path / "more.csv"
    file.write_text(
        "text\nQueued outside in the rain\n...\nMuszę długo czekać na lekarza\n", "utf-8"
    )
    transfer = gather_transfer(DATA, [file], seed=0)
    assert transfer.comments.texts[4:] == ("Queued outside in the rain",)
    assert transfer.comments.questions[4] in DATA.questions
    assert transfer.origins[4] == ELSEWHERE


def test_a_file_without_texts_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "more.csv"
    file.write_text("comment\nQueued\n", "utf-8")
    with pytest.raises(DataError, match="no column 'text'"):
        gather_transfer(DATA, [file], seed=0)
