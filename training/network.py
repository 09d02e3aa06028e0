"""The network that is fine-tuned: a sentence encoder with one reading of the comment per theme."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from training.recipe import EncoderPart


class ThemeNetwork(nn.Module):
    """Gives each theme its own attention over the tokens, then one log-odds.

    Label-wise attention (Mullenbach et al. 2018, arXiv 1802.05695) lets a rare theme look at the
    few words that carry it instead of at the mean of the whole comment.

    Args:
        encoder: A pretrained transformer with hidden size h.
        prior: (themes,) share of comments with each theme, where training starts from.
        settings: The recipe's part on the encoder.
    """

    def __init__(self, encoder: PreTrainedModel, prior: Tensor, settings: EncoderPart) -> None:
        super().__init__()
        hidden, themes = int(encoder.config.hidden_size), len(prior)
        self.encoder = encoder
        self.dropout = nn.Dropout(settings.dropout)
        self.attention = nn.Linear(hidden, themes)
        self.readout = nn.Parameter(torch.zeros(themes, hidden))
        self.bias = nn.Parameter(torch.logit(prior.clamp(1e-3, 0.5)))
        self.sentiment = nn.Linear(hidden, 1)
        nn.init.zeros_(self.attention.weight)
        nn.init.zeros_(self.attention.bias)
        self._sentiment_weight = settings.sentiment_weight
        self._focus = settings.focus
        if settings.freeze_embeddings:
            encoder.get_input_embeddings().requires_grad_(False)

    def read(
        self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Score (b, tokens) windows: (b, themes) log-odds and (b,) sentiment, -1 to 1."""
        tokens: Tensor = self.encoder(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        ).last_hidden_state
        mask = attention_mask.unsqueeze(-1).to(tokens.dtype)
        weights = (self.attention(self.dropout(tokens)) - (1 - mask) * 1e4).softmax(dim=1)
        readings = torch.matmul(weights.transpose(1, 2), tokens)
        logits = (self.dropout(readings) * self.readout).sum(-1) + self.bias
        mean = (tokens * mask).sum(1) / mask.sum(1)
        return logits, self.sentiment(self.dropout(mean)).squeeze(-1)

    def forward(
        self,
        input_ids: Tensor,
        attention_mask: Tensor,
        token_type_ids: Tensor,
        labels: Tensor | None = None,
        sentiments: Tensor | None = None,
    ) -> dict[str, Tensor]:
        """Score windows, and with labels give the loss too, as transformers' Trainer expects."""
        logits, sentiment = self.read(input_ids, attention_mask, token_type_ids)
        if labels is None:
            return {"logits": logits}
        loss = self._theme_loss(logits.float(), labels)
        if self._sentiment_weight and sentiments is not None:
            loss = loss + self._sentiment_weight * _sentiment_loss(sentiment.float(), sentiments)
        return {"loss": loss, "logits": logits}

    def _theme_loss(self, logits: Tensor, labels: Tensor) -> Tensor:
        losses = nn.functional.binary_cross_entropy_with_logits(logits, labels, reduction="none")
        if self._focus:
            easy = torch.sigmoid(logits.detach()) ** self._focus
            losses = losses * torch.where(labels > 0, torch.ones_like(easy), easy)
        return losses.sum(1).mean()


def _sentiment_loss(guessed: Tensor, given: Tensor) -> Tensor:
    known = ~torch.isnan(given)
    if not known.any():
        return guessed.sum() * 0
    return nn.functional.mse_loss(guessed[known], given[known])
