"""Fitting a head to an encoder that stays as it is: what a few dozen examples can teach."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn

from models.theme_head import ThemeHead

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from training.recipe import LightPart

    Floats = npt.NDArray[np.floating]

LEAST_SHARE = 0.01


class _Head(nn.Module):
    """Label-wise attention over the tokens of n comments laid end to end."""

    def __init__(self, hidden: int, prior: Tensor) -> None:
        super().__init__()
        self.attention = nn.Parameter(torch.zeros(hidden, len(prior)))
        self.readout = nn.Parameter(torch.zeros(hidden, len(prior)))
        self.bias = nn.Parameter(torch.logit(prior.clamp(LEAST_SHARE, 0.5)))

    def forward(self, tokens: Tensor, owners: Tensor, comments: int, kept: Tensor) -> Tensor:
        """Give (comments, themes) log-odds from (tokens, h) states and (tokens,) owners.

        Dropout leaves out the same dimensions of all states at a step, as ``kept`` (h, 1) says,
        which costs nothing: it is the weights that are multiplied.

        A theme's log-odds is linear in its reading, so the readout of each token can be averaged
        in place of the states themselves, which are many times larger.
        """
        scores = tokens @ (kept * self.attention)
        places = owners[:, None].expand_as(scores)
        blank = torch.full((comments, scores.shape[1]), -torch.inf)
        highest = blank.scatter_reduce(0, places, scores.detach(), "amax")
        weights = torch.exp(scores - highest[owners])
        zeros = torch.zeros(comments, scores.shape[1])
        total = zeros.index_add(0, owners, weights)
        return (
            zeros.index_add(0, owners, weights * (tokens @ (kept * self.readout))) / total
            + self.bias
        )


def fit_head(
    states: Sequence[Floats], targets: Floats, base: ThemeHead, settings: LightPart, seed: int
) -> ThemeHead:
    """Fit attention and readout of each theme; praise and blame are read as the base reads them.

    Args:
        states: For each of n comments, (tokens, h) states.
        targets: (n, themes) 0 to 1, NaN where unknown.
        base: The head of a shipped model, for its polarity, which is common to all themes.
        settings: The recipe's part on light training.
        seed: Seed of dropout.
    """
    torch.manual_seed(seed)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # the products are too small to share
    try:
        return _fitted(states, targets, base, settings)
    finally:
        torch.set_num_threads(threads)


def _fitted(
    states: Sequence[Floats], targets: Floats, base: ThemeHead, settings: LightPart
) -> ThemeHead:
    tokens = torch.tensor(np.concatenate(states), dtype=torch.float32)
    lengths = torch.tensor([len(each) for each in states])
    owners = torch.repeat_interleave(torch.arange(len(states)), lengths)
    wanted = torch.tensor(targets, dtype=torch.float32)
    head = _Head(tokens.shape[1], torch.tensor(np.nanmean(targets, axis=0), dtype=torch.float32))
    _fit(head, tokens, owners, wanted, settings)
    return ThemeHead(
        attention=_array(head.attention),
        readout=_array(head.readout.T),
        bias=_array(head.bias),
        polarity_attention=base.polarity_attention,
        polarity=base.polarity,
        polarity_bias=base.polarity_bias,
    )


def _fit(head: _Head, tokens: Tensor, owners: Tensor, targets: Tensor, settings: LightPart) -> None:
    weights = [
        {"params": [head.attention, head.readout], "weight_decay": settings.weight_decay},
        {"params": [head.bias], "weight_decay": 0.0},
    ]
    optimiser = torch.optim.AdamW(weights, lr=settings.learning_rate)
    schedule = torch.optim.lr_scheduler.LinearLR(optimiser, 1, 0.05, settings.steps)
    known, given = ~torch.isnan(targets), torch.nan_to_num(targets)
    for _ in range(settings.steps):
        kept = nn.functional.dropout(torch.ones(tokens.shape[1], 1), settings.dropout)
        logits = head(tokens, owners, len(targets), kept)
        losses = nn.functional.binary_cross_entropy_with_logits(logits, given, reduction="none")
        loss = (losses * known).sum(1).mean()
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        schedule.step()


def _array(values: Tensor) -> npt.NDArray[np.float32]:
    return np.ascontiguousarray(values.detach().numpy())
