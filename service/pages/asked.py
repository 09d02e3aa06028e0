"""What a page's address or form asks for, read as the same call over REST reads it."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from service.problem import invalid

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from service.errors import UnprocessableError

Asked = TypeVar("Asked", bound=BaseModel)
Pairs = list[tuple[str, str]]


def pairs_of(sent: Iterable[tuple[str, object]], names: Collection[str]) -> Pairs:
    """Give the named fields that hold something; a form sends those that are empty, too."""
    return [
        (name, value.strip())
        for name, value in sent
        if name in names and isinstance(value, str) and value.strip()
    ]


def read_as(schema: type[Asked], pairs: Pairs, repeated: Collection[str] = ()) -> Asked:
    """Read fields as what a call takes.

    Args:
        schema: What the call takes.
        pairs: Names and values.
        repeated: Names that may stand more than once.

    Raises:
        UnprocessableError: They are not as they should be.
    """
    values: dict[str, Any] = {name: value for name, value in pairs if name not in repeated}
    lists: defaultdict[str, list[str]] = defaultdict(list)
    for name, value in pairs:
        if name in repeated:
            lists[name].append(value)
    try:
        return schema.model_validate(values | lists)
    except ValidationError as error:
        # named from within the form, as a call's parameters are from within its query
        found = [{**one, "loc": ("form", *one["loc"])} for one in error.errors()]
        raise invalid(found) from None


def by_field(pairs: Iterable[tuple[str, str]], names: Iterable[str]) -> dict[str, str]:
    """Give what stands in each field, or is wrong with it; nothing where there is nothing."""
    return dict.fromkeys(names, "") | dict(pairs)


def field_errors(error: UnprocessableError, words: dict[str, str]) -> list[tuple[str, str]]:
    """Give what is wrong, field by field.

    Args:
        error: What is wrong.
        words: What to say of a field instead of what the call says.

    Returns:
        Name of the field, or nothing, and a sentence.
    """
    told = [(fault.column or "", fault.message) for fault in error.errors] or [("", str(error))]
    return [(name.partition(".")[0], _said(name, message, words)) for name, message in told]


def _said(name: str, message: str, words: dict[str, str]) -> str:
    return words.get(name.partition(".")[0]) or f"{message[:1].upper()}{message[1:]}"
