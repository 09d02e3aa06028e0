from labelled_data import Polarity
from service.counts.read_truth import truth_of
from service.store.read_samples import PersonsReading

BITS = {"waiting": 1, "kindness": 2}


def said(*themes: str, **polarity: Polarity) -> PersonsReading:
    return PersonsReading(themes, polarity)


def test_one_reader_is_taken_at_their_word() -> None:
    told = truth_of([said("waiting", "kindness", waiting=Polarity.MIXED)], BITS)
    assert (told.tagged, told.praised, told.blamed) == (0b11, 0b01, 0b01)


def test_of_two_readers_either_is_enough() -> None:
    assert truth_of([said("waiting"), said("kindness")], BITS).tagged == 0b11


def test_of_three_readers_two_have_to_say_so() -> None:
    readers = [said("waiting"), said("waiting", "kindness"), said()]
    assert truth_of(readers, BITS).tagged == 0b01


def test_polarity_goes_by_those_who_give_the_theme() -> None:
    readers = [
        said("waiting", waiting=Polarity.NEGATIVE),
        said("waiting", waiting=Polarity.MIXED),
        said(),
    ]
    told = truth_of(readers, BITS)
    assert (told.praised, told.blamed) == (1, 1)
    told = truth_of([*readers, said("waiting", waiting=Polarity.NEGATIVE)], BITS)
    assert (told.praised, told.blamed) == (0, 1)


def test_who_does_not_say_how_a_theme_is_spoken_of_neither_praises_nor_blames() -> None:
    told = truth_of([said("waiting")], BITS)
    assert (told.tagged, told.praised, told.blamed) == (1, 0, 0)


def test_themes_that_the_codebook_lacks_are_left_out() -> None:
    assert truth_of([said("parking")], BITS).tagged == 0
