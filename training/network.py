"""The network that is fine-tuned: a sentence encoder with one reading of the comment per theme."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import torch
from torch import Tensor, nn

from training.apart import Apart
from training.convolution import Convolution

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from training.mpnet import Mpnet
    from training.recipe import EncoderPart

LEAST_MASS = 1e-6


class Reading(NamedTuple):
    """What the network makes of b windows.

    Attributes:
        logits: (b, themes) log-odds of each theme.
        polarity: (b, themes, 2) log-odds that praise and blame are in what is said of it.
        attention: (b, tokens, themes) share of each token in the reading of each theme.
    """

    logits: Tensor
    polarity: Tensor
    attention: Tensor


class ThemeNetwork(nn.Module):
    """Gives each theme its own attention over the tokens, then one log-odds.

    Label-wise attention (Mullenbach et al. 2018, arXiv 1802.05695) lets a rare theme look at the
    few words that carry it instead of at the mean of the whole comment. Where it looks is its
    evidence. Praise and blame of it may stand beside one another, so each is looked for with a
    leaning of its own and told by weights of its own, all of them common to all themes.

    Args:
        encoder: A pretrained transformer with hidden size h, or a convolution with states of it.
        prior: (themes,) share of comments with each theme, where training starts from.
        settings: The recipe's part on the encoder.
    """

    def __init__(
        self,
        encoder: PreTrainedModel | Apart | Convolution | Mpnet,
        prior: Tensor,
        settings: EncoderPart,
    ) -> None:
        super().__init__()
        self._apart = isinstance(encoder, Apart | Convolution)
        hidden, themes = int(_hidden_size(encoder)), len(prior)
        self.encoder = encoder
        self.dropout = nn.Dropout(settings.dropout)
        self.attention = nn.Linear(hidden, themes, bias=False)
        self.readout = nn.Parameter(torch.zeros(themes, hidden))
        self.bias = nn.Parameter(torch.logit(prior.clamp(1e-3, 0.5)))
        self.polarity_attention = nn.Linear(hidden, 2, bias=False)
        self.polarity = nn.Linear(hidden, 2)
        nn.init.zeros_(self.attention.weight)
        nn.init.zeros_(self.polarity_attention.weight)
        self._settings = settings
        # left as they are: a step is shorter, and all encoders of one base share one table
        self.words.requires_grad_(False)

    @property
    def words(self) -> nn.Embedding:
        """The embeddings of words."""
        words: nn.Embedding = self.encoder.get_input_embeddings()  # type: ignore[assignment]
        return words

    def states(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> Tensor:
        """Encode (b, tokens) windows: (b, tokens, h)."""
        states: Tensor = self.encoder(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        ).last_hidden_state
        return states

    def read(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> Reading:
        """Read (b, tokens) windows."""
        tokens = self.states(input_ids, attention_mask, token_type_ids)
        read = token_type_ids if self._apart else attention_mask
        absent = (1 - read).unsqueeze(-1).to(tokens.dtype)
        scores = self.attention(self.dropout(tokens)) - absent * 1e4
        weights = scores.softmax(dim=1)
        readings = self.dropout(torch.matmul(weights.to(tokens.dtype).transpose(1, 2), tokens))
        logits = (readings * self.readout).sum(-1) + self.bias
        return Reading(logits, self._polarity(tokens, scores), weights)

    def _polarity(self, tokens: Tensor, scores: Tensor) -> Tensor:
        tokens = self.dropout(tokens)
        looked_for = self.polarity_attention(tokens).unsqueeze(2)
        weights = (scores.unsqueeze(-1) + looked_for).softmax(dim=1)
        said = nn.functional.linear(tokens, self.polarity.weight).unsqueeze(2)
        polarity: Tensor = (weights * said).sum(dim=1) + self.polarity.bias
        return polarity

    def forward(
        self,
        input_ids: Tensor,
        attention_mask: Tensor,
        token_type_ids: Tensor,
        labels: Tensor | None = None,
        polarity: Tensor | None = None,
        evidence: Tensor | None = None,
    ) -> dict[str, Tensor]:
        """Read windows, and with labels give the loss too, as transformers' Trainer expects.

        Args:
            input_ids: (b, tokens).
            attention_mask: (b, tokens).
            token_type_ids: (b, tokens).
            labels: (b, themes) targets, NaN where unknown.
            polarity: (b, themes, 2) targets, NaN where unknown.
            evidence: (b, tokens, themes) booleans: the tokens that carry a theme.
        """
        reading = self.read(input_ids, attention_mask, token_type_ids)
        if labels is None:
            return {"logits": reading.logits}
        loss = self._theme_loss(reading.logits.float(), labels)
        if polarity is not None and self._settings.polarity_weight:
            said = _known_entropy(reading.polarity.float(), polarity).sum() / len(labels)
            loss = loss + self._settings.polarity_weight * said
        if evidence is not None and self._settings.evidence_weight:
            missed = _missed_evidence(reading.attention.float(), evidence)
            loss = loss + self._settings.evidence_weight * missed
        return {"loss": loss, "logits": reading.logits}

    def _theme_loss(self, logits: Tensor, labels: Tensor) -> Tensor:
        losses = _known_entropy(logits, labels)
        if self._settings.focus:
            easy = torch.sigmoid(logits.detach()) ** self._settings.focus
            losses = losses * torch.where(labels > 0, torch.ones_like(easy), easy)
        return losses.sum(1).mean()


def _hidden_size(encoder: PreTrainedModel | Apart | Convolution | Mpnet) -> int:
    if isinstance(encoder, Apart | Convolution):
        return encoder.hidden_size
    return int(encoder.config.hidden_size)


def _known_entropy(logits: Tensor, targets: Tensor) -> Tensor:
    """Cross-entropy of each target, 0 where it is unknown."""
    known = ~torch.isnan(targets)
    losses = nn.functional.binary_cross_entropy_with_logits(
        logits, torch.nan_to_num(targets), reduction="none"
    )
    return losses * known


def _missed_evidence(attention: Tensor, evidence: Tensor) -> Tensor:
    """How much attention misses the tokens that carry a theme: mean over comments, in nats."""
    mass = (attention * evidence).sum(1).clamp_min(LEAST_MASS)
    return -(mass.log() * evidence.any(1)).sum() / len(attention)
