from __future__ import annotations

from labelled_data import check_table, example_file
from labelled_data.tables import open_table


def test_the_example_is_a_small_survey_that_can_be_tagged() -> None:
    table = open_table(example_file())
    assert table.columns == ("response", "question", "comment")
    assert sum(batch.frame.height for batch in table.batches()) == 60


def test_the_example_shows_an_empty_comment_and_a_repeated_one_and_no_error() -> None:
    report = check_table(example_file())
    assert report.errors == 0
    assert report.counts == {"empty_text": 1, "repeated_text": 1}
