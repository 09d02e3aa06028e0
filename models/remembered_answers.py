"""Answers to short comments, kept while a file is tagged, since people say the same again."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from models.predictions import Prediction

    Comment = tuple[str, str | None]
    Told = Callable[[], list[Prediction]]
    Ask = Callable[[list[str], list[str | None]], Told]

COMMENTS = 10_000
"""An answer with the scores of 50 themes takes 2 kilobytes."""
LONGEST = 60
"""Characters; hardly any longer comment is ever written twice."""


class RememberedAnswers:
    """Asks a tagger about each comment that it does not remember, and remembers the short ones.

    It holds a bounded number of comments, each with its question and answer, and forgets those
    longest unused. They are nowhere but in its memory.

    Args:
        ask: Begins to tag comments, each with its question; what it gives waits for the answers.
        comments: Most comments to remember.
        longest: Most characters of a comment that is remembered.
    """

    def __init__(self, ask: Ask, comments: int = COMMENTS, longest: int = LONGEST) -> None:
        self._ask, self._comments, self._longest = ask, comments, longest
        self._answers: dict[Comment, Prediction] = {}

    def begin(self, texts: Sequence[str], questions: Sequence[str | None]) -> Told:
        """Begin to tag comments, each with its question.

        Others may be begun before these are done; what these say is remembered when it is asked.

        Returns:
            Waits for one prediction a comment, in order.
        """
        comments = list(zip(texts, questions, strict=True))
        answers = {
            comment: self._answers.pop(comment)  # to be put back as the last used
            for comment in dict.fromkeys(comments)
            if comment in self._answers
        }
        unknown = [comment for comment in dict.fromkeys(comments) if comment not in answers]
        self._remember(answers)
        asked = [text for text, _ in unknown], [question for _, question in unknown]
        told: Told = self._ask(*asked) if unknown else list

        def finish() -> list[Prediction]:
            answers.update(zip(unknown, told(), strict=True))
            self._remember(answers)
            return [answers[comment] for comment in comments]

        return finish

    def _remember(self, answers: dict[Comment, Prediction]) -> None:
        self._answers.update(
            (comment, answer)
            for comment, answer in answers.items()
            if len(comment[0]) <= self._longest
        )
        for comment in list(self._answers)[: -self._comments]:
            del self._answers[comment]
