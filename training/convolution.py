"""A quick encoder that reads each word with its neighbours.

A theme of care mostly stands in a few words side by side, which a convolution over the words'
embeddings finds (Kim 2014, arXiv 1408.5882); it has to be taught by a larger network on very many
comments to find as much as that does (Tang et al. 2019, arXiv 1903.12136). The question is no text
to be searched: the mean of its words shifts what is looked for in each of the comment's.

What a word means may hang on others farther off, which a layer of attention over what the
convolution found lets it hear (Vaswani et al. 2017, arXiv 1706.03762). It needs far less width than
one over words, which must first find out what stands side by side.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from training.recipe import PLACES

if TYPE_CHECKING:
    from training.recipe import ConvolutionPart


class Convolution(nn.Module):
    """One convolution over embeddings, a layer that makes states of what it finds, and attention.

    Args:
        words: The embeddings of a base model, which are left as they are, of size w.
        settings: The recipe's part on it.
        dropout: Share of numbers left out while training.

    Attributes:
        hidden_size: Of its states.
        heads: Of its attention.
        reach: How many words on either side are read with one.
        narrow: Brings each word to a smaller size, if any.
        layers: Of attention, if any.
    """

    def __init__(self, words: nn.Embedding, settings: ConvolutionPart, dropout: float) -> None:
        super().__init__()
        size, states = words.embedding_dim, settings.states
        self.hidden_size = states
        self.heads = settings.heads
        self.words = words
        seen = settings.narrow or size
        self.narrow = nn.Linear(size, seen, bias=False) if settings.narrow else None
        self.near = nn.Linear(settings.words * seen, settings.width)
        self.asked = nn.Linear(size, settings.width, bias=False)
        self.out = nn.Linear(settings.width, states)
        self.norm = nn.LayerNorm(states)
        self.dropout = nn.Dropout(dropout)
        self.reach = settings.words // 2
        self.places = nn.Parameter(torch.zeros(PLACES if settings.layers else 0, states))
        self.layers = nn.ModuleList(
            nn.TransformerEncoderLayer(
                states, settings.heads, settings.inner, dropout=0, batch_first=True
            )
            for _ in range(settings.layers)
        )
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
        before = (attention_mask - token_type_ids).unsqueeze(-1).to(words.dtype)
        mean = (words * before).sum(1, keepdim=True) / before.sum(1, keepdim=True).clamp_min(1)
        # what stands before every comment of the batch need not be read
        first = int(token_type_ids.argmax(dim=1).min())
        own = token_type_ids[:, first:].unsqueeze(-1).to(words.dtype)
        seen = self.dropout(words[:, first:]) * own
        seen = self._beside(self.narrow(seen) if self.narrow else seen)
        found = torch.relu(self.near(seen) + self.asked(mean))
        states = self._attended(self.out(self.dropout(found)), token_type_ids[:, first:])
        return SimpleNamespace(last_hidden_state=nn.functional.pad(states, (0, 0, first, 0)))

    def _beside(self, words: Tensor) -> Tensor:
        """Put each word's neighbours beside it, nothing where there is none."""
        count = words.shape[1]
        wide = nn.functional.pad(words, (0, 0, self.reach, self.reach))
        return torch.cat([wide[:, at : at + count] for at in range(2 * self.reach + 1)], dim=-1)

    def _attended(self, found: Tensor, own: Tensor) -> Tensor:
        """Make states, (b, tokens, states), of what is found, and let each hear all others."""
        if self.layers:
            found = found + self.places[(own.cumsum(dim=1) - 1).clamp_min(0)]
        states: Tensor = self.norm(found)
        absent = own == 0
        for layer in self.layers:
            states = layer(states, src_key_padding_mask=absent)
        return states
