"""A quick encoder that reads each word with its neighbours alone.

A theme of care mostly stands in a few words side by side, which a convolution over the words'
embeddings finds (Kim 2014, arXiv 1408.5882); it has to be taught by a larger network on very many
comments to find as much as that does (Tang et al. 2019, arXiv 1903.12136). The question is no text
to be searched: the mean of its words shifts what is looked for in each of the comment's.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from training.recipe import ConvolutionPart


class Convolution(nn.Module):
    """One convolution over embeddings, and a layer that makes states of what it finds.

    Args:
        words: The embeddings of a base model, which are left as they are, of size h.
        settings: The recipe's part on it.
        dropout: Share of numbers left out while training.

    Attributes:
        hidden_size: Of its states.
    """

    def __init__(self, words: nn.Embedding, settings: ConvolutionPart, dropout: float) -> None:
        super().__init__()
        size = words.embedding_dim
        self.hidden_size = settings.states
        self.words = words
        self.near = nn.Linear(settings.words * size, settings.width)
        self.asked = nn.Linear(size, settings.width, bias=False)
        self.out = nn.Linear(settings.width, settings.states)
        self.norm = nn.LayerNorm(settings.states)
        self.dropout = nn.Dropout(dropout)
        self.reach = settings.words // 2
        nn.init.zeros_(self.asked.weight)
        # so that what comes in is about 1, as layers expect it to be when they begin to learn
        self.gain = 1 / float(words.weight.detach().std())

    def get_input_embeddings(self) -> nn.Embedding:
        """Give the embeddings, as a transformers model does."""
        return self.words

    def forward(
        self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor
    ) -> SimpleNamespace:
        """Encode windows: ``last_hidden_state``, (b, tokens, states), of use for the comment's.

        Args:
            input_ids: (b, tokens).
            attention_mask: (b, tokens).
            token_type_ids: (b, tokens), 1 for the comment's.
        """
        words = self.words(input_ids) * self.gain
        own = token_type_ids.unsqueeze(-1).to(words.dtype)
        before = attention_mask.unsqueeze(-1).to(words.dtype) - own
        mean = (words * before).sum(1, keepdim=True) / before.sum(1, keepdim=True).clamp_min(1)
        found = torch.relu(self.near(self._beside(self.dropout(words) * own)) + self.asked(mean))
        return SimpleNamespace(last_hidden_state=self.norm(self.out(self.dropout(found))))

    def _beside(self, words: Tensor) -> Tensor:
        """Put each word's neighbours beside it, nothing where there is none."""
        count = words.shape[1]
        wide = nn.functional.pad(words, (0, 0, self.reach, self.reach))
        return torch.cat([wide[:, at : at + count] for at in range(2 * self.reach + 1)], dim=-1)
