"""Whether a comment is written in English, so that no other language is tagged as if it were.

The letters of a comment are scored by py3langid, a naive Bayes model of byte n-grams that ships
inside its wheel (Lui and Baldwin, "langid.py: An Off-the-shelf Language Identification Tool",
ACL 2012). Its best guess is wrong for one short English comment in thirty ("None", "Amazing"),
so what counts here is by how much another language leads, and a few words it misjudges.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import cached_property
from itertools import repeat

import numpy as np
import numpy.typing as npt

from models.language_model import shipped_model
from models.segmentation import sentences

_SAMPLE = 2_000  # characters of a comment that are read
_MARGIN = 12.0  # log-likelihood (natural) by which another language must lead
_WORD = 5.0  # log-likelihood a listed word is worth
_LATIN_SHARE = 0.5  # share of a text's letters that lets it read as English
_ENGLISH_SHARE = 0.4  # share of a mixed comment, by sentences, that makes it English

_LATIN = re.compile(r"[A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff]")
_OTHER_SCRIPTS = re.compile(r"[\u0370-\u1dff\u2c80-\u2dff\u3040-\ud7ff\U00020000-\U0003ffff]")
# Chinese, Japanese and Korean need about half the letters for the same words.
_DENSE_SCRIPTS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\U00020000-\U0003ffff]")
_WORDS = re.compile(r"[^\W\d_]+")
_INNER_WORD = re.compile(r"(?<=[^.!?\s]\s)[^\W\d_]+")
_REPEATED_LETTER = re.compile(r"([^\W\d_])\1{2,}")
_REPEATED_WORD = re.compile(r"\b(\w+)\b(?:\W+\1\b)+", re.IGNORECASE)

# Labels that are never a rival to English: dead and constructed languages, small neighbours of
# one that is also known, Nigerian Pidgin (near enough to be tagged), "no linguistic content".
_NOT_RIVALS = frozenset(
    {"eo", "grc", "hbo", "la", "sa", "vo", "pcm", "zxx"}
    | {"an", "ext", "fo", "gcf", "gcr", "lb", "lij", "ltg", "nn", "oc", "vec", "wa"}
)
# English words, rare in other languages, that carry short answers; none that the speakers of
# other languages borrow ("staff", "nurse", "hospital", "appointment").
_ENGLISH = """
about all and are because been care caring comment comments could everyone everything excellent
fantastic friendly from good great had have helpful is it kind lovely more my nice no none nope not
nothing of our polite professional quick seen service should thank thanks that the them there they
this time to very wait waited waiting was we were what when which who with would you brilliant
amazing
"""
# Urdu, Hindi, Punjabi and Bengali in Latin letters, which the model was not shown.
_ROMANISED = """
acha achha accha acche ache achi acchi amader amar aur bahot bahut bhalo bilkul bohat bohot bohut
buhat changa chilo dhanyavad hai hain hamein hoyeche humein karna khub kiya korte kuch lekin mein
mujhe naal nahe nahi nahin sab shukriya tha thi unhon unhone
"""
_WORTHS = dict.fromkeys(_ENGLISH.split(), -_WORD) | dict.fromkeys(_ROMANISED.split(), _WORD)


class LanguageCheck:
    """Tells English comments from others, offline and with the same answer in any batch.

    A text reads as English if at least half of its letters are Latin and no other language
    leads English over them by more than 12 in natural log-likelihood, where a listed word
    counts 5; names, drawn-out letters and repeated words are left out if that helps. A comment
    is English if it reads as English, or if sentences in which English leads by more than 12
    are at least 40% of it. So what cannot be told is English: no letters, one common word, a
    name. The first 2,000 characters stand for the rest.

    Measured on invented comments picked to be hard, in 56 other languages and spellings (held by
    `tests/models/test_language.py`): 413 of 422 of three words or more that are not English are
    found (72 of 73 of those no rule was fitted to), and 476 of 478 English ones are let through
    (102 of 103). One or two words of another language are often missed: 6 of 16.

    Instances share one read-only model, some 70 MB in memory. The first one begins to load it on
    the side and the first answer waits for it, half a second at most; they may be used by several
    threads.
    """

    def __init__(self) -> None:
        self._model = shipped_model()

    def is_english(self, text: str) -> bool:
        """Tell whether `text` can be read as English; never raises for any string."""
        return bool(self.are_english([text])[0])

    def are_english(self, texts: Sequence[str]) -> npt.NDArray[np.bool_]:
        """Answer `is_english` for each text: shape `(len(texts),)`.

        Many texts at once take a fraction of the time that they take one by one.
        """
        samples = [unicodedata.normalize("NFKC", text.lstrip()[:_SAMPLE]) for text in texts]
        english = self._read_as_english(samples)
        for place in np.flatnonzero(~english):
            english[place] = self._is_partly_english(samples[place])
        return english

    def _read_as_english(self, texts: Sequence[str]) -> npt.NDArray[np.bool_]:
        latin = [_latin_part(text) for text in texts]
        english = self._foreign_leads(latin) <= _MARGIN
        doubtful = np.flatnonzero(~english)
        plain = [_plain(latin[place]) for place in doubtful]
        english[doubtful] = self._foreign_leads(plain) <= _MARGIN
        return english

    def _is_partly_english(self, text: str) -> bool:
        """Tell whether enough of the sentences are clearly English."""
        parts = [span.of(text) for span in sentences(text)]
        if len(parts) < 2:
            return False
        clearly = self._foreign_leads([_latin_part(part) for part in parts]) < -_MARGIN
        weights = np.array([_weight(part) for part in parts])
        return bool(weights[clearly].sum() >= _ENGLISH_SHARE * weights.sum())

    def _foreign_leads(self, texts: Sequence[str | None]) -> npt.NDArray[np.float64]:
        """Tell by how much the likeliest other language leads English, below 0 if none does.

        Returns:
            A lead for each text, infinite for None, which stands for other scripts.
        """
        english, rivals = self._columns
        latin = [text for text in texts if text is not None]
        scores = self._model.result().scores(latin).astype(np.float64)
        worths = np.array([_worth(text) for text in latin])
        leads = np.full(len(texts), np.inf)
        leads[[text is not None for text in texts]] = (
            scores[:, rivals].max(axis=1) - scores[:, english] + worths
        )
        return leads

    @cached_property
    def _columns(self) -> tuple[int, list[int]]:
        """The place of English among the model's labels, and those of its rivals."""
        labels = self._model.result().labels
        rivals = [n for n, label in enumerate(labels) if label not in _NOT_RIVALS | {"en"}]
        return labels.index("en"), rivals


def _worth(text: str) -> float:
    """Add up what the listed words of a text are worth to other languages."""
    return sum(map(_WORTHS.get, _WORDS.findall(text.casefold()), repeat(0.0)))


def _weight(text: str) -> int:
    """Return the characters of `text`, those of dense scripts counted twice."""
    return len(text) + len(_DENSE_SCRIPTS.findall(text))


def _latin_part(text: str) -> str | None:
    """Return `text` without other scripts, or None where they are most of it.

    One letter of another script, as in a face made of signs, is not a word.
    """
    if text.isascii():
        return text
    other = len(_OTHER_SCRIPTS.findall(text))
    if other < 2:
        return text
    latin = len(_LATIN.findall(text))
    letters = latin + other + len(_DENSE_SCRIPTS.findall(text))
    return _OTHER_SCRIPTS.sub(" ", text) if latin >= _LATIN_SHARE * letters else None


def _plain(text: str | None) -> str | None:
    """Drop what says little of the language: drawn-out letters, repeated words, likely names."""
    if text is None:
        return None
    text = _REPEATED_LETTER.sub(r"\1\1", text)
    text = _REPEATED_WORD.sub(r"\1", text)
    without_names = _INNER_WORD.sub(lambda word: "" if word[0].istitle() else word[0], text)
    words, kept = len(_WORDS.findall(text)), len(_WORDS.findall(without_names))
    # Capitals on most words are a way of writing, unless there are but a couple.
    return without_names if words - kept <= max(2, words // 2) else text
