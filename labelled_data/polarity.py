"""How a theme is spoken of."""

from enum import StrEnum


class Polarity(StrEnum):
    """How a theme is spoken of."""

    POSITIVE = "positive"
    NEGATIVE = "negative"
    MIXED = "mixed"
    """Good and bad are said of the same theme."""
    NEUTRAL = "neutral"
    """A fact or a wish, without a judgement."""

    @property
    def praises(self) -> bool:
        """Whether something good is said."""
        return self in (Polarity.POSITIVE, Polarity.MIXED)

    @property
    def blames(self) -> bool:
        """Whether something bad is said."""
        return self in (Polarity.NEGATIVE, Polarity.MIXED)
