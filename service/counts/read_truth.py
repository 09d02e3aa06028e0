"""What people say of an answer, where one or more of them read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from labelled_data import Polarity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from service.store.read_samples import PersonsReading


class Truth(NamedTuple):
    """Themes of an answer as people read it; a theme is a bit, as in `Readings`."""

    tagged: int
    praised: int
    blamed: int


def truth_of(readers: Sequence[PersonsReading], bits: Mapping[str, int]) -> Truth:
    """Join what several people say: what at least half of them do.

    A theme is praised, or blamed, if at least half of those who give it say so.

    Args:
        readers: What each says; at least one.
        bits: The bit of each theme; what people say of others is left out.
    """
    tagged = praised = blamed = 0
    for theme, bit in bits.items():
        giving = [each for each in readers if theme in each.themes]
        if 2 * len(giving) < len(readers):
            continue
        spoken = [each.polarity.get(theme, Polarity.NEUTRAL) for each in giving]
        tagged |= bit
        praised |= bit * (2 * sum(each.praises for each in spoken) >= len(spoken))
        blamed |= bit * (2 * sum(each.blames for each in spoken) >= len(spoken))
    return Truth(tagged, praised, blamed)
