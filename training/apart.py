"""An encoder that reads a question once for all the comments that answer it.

The words of a comment hear its question, but the question does not hear the comment: so what is
heard of it is the same for every comment, and need not be read with each of them. Of a survey's
short answers the question is a good part of what would be read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from models.encoder import FAR

if TYPE_CHECKING:
    from transformers import PreTrainedModel
    from transformers.modeling_outputs import BaseModelOutput


class Apart(nn.Module):
    """A transformer whose tokens of a question hear that question alone.

    Args:
        model: A BERT with states of size h.

    Attributes:
        model: It.
        hidden_size: Of its states.
    """

    def __init__(self, model: PreTrainedModel) -> None:
        super().__init__()
        self.model = model
        self.hidden_size = int(model.config.hidden_size)

    def get_input_embeddings(self) -> nn.Embedding:
        """Give the embeddings, as a transformers model does."""
        words: nn.Embedding = self.model.get_input_embeddings()  # type: ignore[assignment]
        return words

    def forward(
        self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor
    ) -> BaseModelOutput:
        """Encode windows: ``last_hidden_state``, (b, tokens, h).

        Args:
            input_ids: (b, tokens).
            attention_mask: (b, tokens).
            token_type_ids: (b, tokens), 1 for the comment's.
        """
        before = attention_mask - token_type_ids
        heard = torch.where(before[:, :, None] > 0, before[:, None], attention_mask[:, None])
        unheard = (1 - heard[:, None]).to(self.get_input_embeddings().weight.dtype) * FAR
        states: BaseModelOutput = self.model(
            input_ids=input_ids, attention_mask=unheard, token_type_ids=token_type_ids
        )
        return states
