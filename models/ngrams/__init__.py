"""The linear half of the tagger: word and character n-grams of the comment, words of the question.

Fast, strong on short and rare wordings, and wrong in other places than the encoder, which is why
the two are blended.
"""

from models.ngrams.features import NgramFeatures
from models.ngrams.model import VOCABULARY, WEIGHTS, NgramModel

__all__ = ["VOCABULARY", "WEIGHTS", "NgramFeatures", "NgramModel"]
