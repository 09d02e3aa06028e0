"""Reading YAML files into models, strictly: each fault is told with its place in the file."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

if TYPE_CHECKING:
    from collections.abc import Hashable
    from pathlib import Path

    from labelled_data.errors import DataError

Model = TypeVar("Model", bound=BaseModel)


def read_model(path: Path, model: type[Model], kind: str, error: type[DataError]) -> Model:
    """Reads a model from a YAML file.

    Args:
        path: The file.
        model: What it describes.
        kind: What to call that in a message, such as "an equality scheme".
        error: What to raise.

    Returns:
        The model, validated.

    Raises:
        DataError: Of the class `error`, if the file cannot be read, is not YAML, repeats a key, or
            does not describe the model.
    """
    try:
        content = _StrictLoader(path.read_text(encoding="utf-8-sig")).get_single_data()
    except OSError as fault:
        raise error(f"{path} cannot be read: {fault.strerror}") from fault
    except UnicodeDecodeError as fault:
        raise error(f"{path} is not UTF-8 text") from fault
    except yaml.MarkedYAMLError as fault:
        line = f" at line {fault.problem_mark.line + 1}" if fault.problem_mark else ""
        raise error(f"{path} is not {kind}{line}: {fault.problem}") from fault
    except yaml.YAMLError as fault:
        raise error(f"{path} is not YAML text") from fault
    if not isinstance(content, dict):
        raise error(f"{path} is not {kind}: it does not hold named fields")
    try:
        return model.model_validate(content)
    except ValidationError as fault:
        raise error(f"{path}: {first_fault(fault)}") from fault


def first_fault(error: ValidationError) -> str:
    """Gives the first fault of a model in one line, with its place."""
    fault = error.errors()[0]
    place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in fault["loc"])
    message = fault["msg"].removeprefix("Value error, ")
    return f"{place.removeprefix('.')}: {message}" if place else message


class _StrictLoader(yaml.SafeLoader):
    """Safe YAML that refuses a key given twice, where plain YAML keeps the last."""

    def construct_mapping(
        self, node: yaml.MappingNode, deep: bool = False
    ) -> dict[Hashable, object]:
        keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        for key, times in Counter(keys).items():
            if times > 1:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key!r} stands {times} times", node.start_mark
                )
        return super().construct_mapping(node, deep)
