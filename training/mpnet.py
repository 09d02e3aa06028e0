"""A larger reader for teachers: MPNet over the words of another base model.

MPNet (Song et al. 2020, arXiv 2004.09297) is eight times the size of MiniLM and far better at
telling what a comment means; too slow to tag with, it teaches the encoder that does. Both know
nearly the same WordPieces by other numbers, so that it reads what the other's tokenizer makes.
"""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from transformers import AutoConfig, AutoTokenizer, MPNetModel

from training.base_model import base_folder
from training.errors import TrainingError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tokenizers import Tokenizer
    from transformers.modeling_outputs import BaseModelOutputWithPooling

KIND = "mpnet"
SPECIAL = {"[CLS]": "<s>", "[SEP]": "</s>", "[PAD]": "<pad>", "[UNK]": "<unk>", "[MASK]": "<mask>"}
"""What BERT's vocabularies call the tokens that are no words, and what MPNet's do."""


class Mpnet(nn.Module):
    """An MPNet that reads token ids of another vocabulary, question and comment told apart.

    MPNet itself does not tell the first of two texts from the second: what does is learnt here.

    Args:
        base: See ``base_folder``.
        tokenizer: Whose ids it reads; a token that MPNet does not know is read as unknown.

    Raises:
        TrainingError: The base is no MPNet.
    """

    def __init__(self, base: str, tokenizer: Tokenizer) -> None:
        super().__init__()
        place = base_folder(base)
        config = AutoConfig.from_pretrained(place)
        if config.model_type != KIND:
            raise TrainingError(
                f"the teachers' model {base} is of the type {config.model_type!r}, not {KIND!r}"
            )
        # as in the encoder, whose fast attention knows no dropout
        config.attention_probs_dropout_prob = 0.0
        model = MPNetModel.from_pretrained(place, config=config, add_pooling_layer=False)
        own = AutoTokenizer.from_pretrained(place).get_vocab()
        rows = model.embeddings.word_embeddings.weight.detach()[_places(tokenizer, own)]
        self.words: nn.Embedding = nn.Embedding.from_pretrained(rows.clone())  # type: ignore[no-untyped-call]
        # never asked, since words come embedded
        model.embeddings.word_embeddings = nn.Identity()  # type: ignore[assignment]
        self._model = model
        self._first = int(model.embeddings.padding_idx) + 1
        self.config = config
        self.parts = nn.Parameter(torch.zeros(2, config.hidden_size))

    @property
    def layers(self) -> nn.ModuleList:
        """Its layers, from the first."""
        return self._model.encoder.layer

    def get_input_embeddings(self) -> nn.Embedding:
        """Give the embeddings, as a transformers model does."""
        return self.words

    def forward(
        self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor
    ) -> BaseModelOutputWithPooling:
        """Encode windows: ``last_hidden_state``, (b, tokens, h).

        Args:
            input_ids: (b, tokens).
            attention_mask: (b, tokens).
            token_type_ids: (b, tokens).
        """
        places = torch.arange(self._first, self._first + input_ids.shape[1])
        encoded: BaseModelOutputWithPooling = self._model(
            inputs_embeds=self.words(input_ids) + self.parts[token_type_ids],
            position_ids=places.expand(len(input_ids), -1),
            attention_mask=attention_mask,
        )
        return encoded


def _places(tokenizer: Tokenizer, own: Mapping[str, int]) -> list[int]:
    """Give for each id of a tokenizer the place of the same token in MPNet's vocabulary."""
    unknown = own[SPECIAL["[UNK]"]]
    read = sorted(tokenizer.get_vocab().items(), key=itemgetter(1))
    return [own.get(SPECIAL.get(name, name), unknown) for name, _ in read]
