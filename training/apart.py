"""An encoder that reads the comment apart from its question.

A short question is as long as many an answer, and read word by word it costs as much. Here the mean
of its words alone is heard, beside each word of the comment: a question of a survey is one of a
few, and what it asks for is soon said.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

from torch import Tensor, nn

if TYPE_CHECKING:
    from transformers import PreTrainedModel


class Apart(nn.Module):
    """A transformer over the comment's own tokens.

    Args:
        model: A BERT with states of size h, whose embeddings of parts are left out.

    Attributes:
        model: It.
        hidden_size: Of its states.
    """

    def __init__(self, model: PreTrainedModel) -> None:
        super().__init__()
        self.model = model
        self.hidden_size = int(model.config.hidden_size)
        self.asked = nn.Linear(self.hidden_size, self.hidden_size, bias=False)
        nn.init.zeros_(self.asked.weight)

    def get_input_embeddings(self) -> nn.Embedding:
        """Give the embeddings, as a transformers model does."""
        words: nn.Embedding = self.model.get_input_embeddings()  # type: ignore[assignment]
        return words

    def forward(
        self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor
    ) -> SimpleNamespace:
        """Encode windows: ``last_hidden_state``, (b, tokens, h), of use for the comment's.

        Args:
            input_ids: (b, tokens).
            attention_mask: (b, tokens).
            token_type_ids: (b, tokens), 1 for the comment's.
        """
        words = self.get_input_embeddings()(input_ids)
        own, first = token_type_ids, first_of(token_type_ids)
        heard = words + self.asked(mean_before(words, attention_mask, own))
        own = own[:, first:]
        states = self.model(
            inputs_embeds=heard[:, first:],
            attention_mask=own,
            position_ids=places_of(own),
        ).last_hidden_state
        return SimpleNamespace(last_hidden_state=nn.functional.pad(states, (0, 0, first, 0)))


def mean_before(words: Tensor, present: Tensor, own: Tensor) -> Tensor:
    """Average the embeddings, (b, tokens, w), of what stands before each comment: (b, 1, w).

    Args:
        words: The embeddings.
        present: (b, tokens), 0 for what windows are filled up with.
        own: (b, tokens), 1 for the comment's.
    """
    before = (present - own).unsqueeze(-1).to(words.dtype)
    return (words * before).sum(1, keepdim=True) / before.sum(1, keepdim=True).clamp_min(1)


def first_of(own: Tensor) -> int:
    """Give how many tokens stand before every comment of a batch, which need not be read."""
    return int(own.argmax(dim=1).min())


def places_of(own: Tensor) -> Tensor:
    """Give where each token, (b, tokens), stands in its comment, from 0."""
    return (own.cumsum(dim=1) - 1).clamp_min(0)
