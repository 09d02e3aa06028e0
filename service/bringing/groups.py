"""What the values of a column of groups mean: by a shipped scheme, or one of the survey's own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from labelled_data import MissingGroup, shipped_equality_scheme, shipped_equality_schemes
from labelled_data.equality_groups import EqualityGroup, EqualityScheme
from labelled_data.errors import UnmappedValueError
from labelled_data.example_surveys import GroupColumn
from service.draft_records import OWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from service.bringing.inspection import ColumnSeen

_HINTS = {
    "ethnicity_nhs16": "ethnic|race",
    "ethnicity_ons2021": "ethnic|race",
    "sex": r"\bsex\b|gender",
    "gender_identity": "gender",
    "age_bands": r"\bage",
    "disability": "disab|impair",
    "religion": "relig|faith|belief",
    "sexual_orientation": "orientation|sexuality",
    "imd_decile": "imd|depriv|decile",
    "imd_quintile": "imd|depriv|quintile",
    "core20": "core ?20",
    "carer": r"\bcarer|caring",
    "pregnancy": "pregnan|matern",
    "ics_region": r"\bics|\bicb|integrated care|region|system",
}
ENOUGH = 0.5
"""Share of the filled cells that a scheme has to know where the header speaks for it."""
NEARLY_ALL = 0.95
LIKELY_OWN = 12
"""Different values up to which a column may well hold groups of the survey's own."""


def guess_scheme(column: ColumnSeen) -> str | None:
    """Guess by which shipped scheme a column tells people's groups.

    Returns:
        The id of the scheme; None where none fits.
    """
    fits = [(_fit(column, scheme), scheme) for scheme in shipped_equality_schemes()]
    best = max(fits, key=lambda fit: fit[0])
    return best[1] if best[0] > 0 else None


def guess_outcomes(column: ColumnSeen, scheme_id: str) -> dict[str, str]:
    """Guess what the values of a column mean; values that no scheme knows are left out."""
    if scheme_id == OWN:
        values = [value for value, _ in column.values or ()]
        ids = {_folded(name): group for group, name in own_groups(values).items()}
        return {value: _missing(value) or ids[_folded(value)] for value in values}
    if scheme_id == "imd_quintile" and _holds_quintiles(column):
        fifths = {str(fifth): f"quintile_{fifth}" for fifth in range(1, 6)}
        return guess_by(shipped_equality_scheme(scheme_id), column) | {
            value: fifths[value] for value, _ in column.values or () if value in fifths
        }
    return guess_by(shipped_equality_scheme(scheme_id), column)


def guess_by(scheme: EqualityScheme, column: ColumnSeen) -> dict[str, str]:
    """Give what a scheme says of the values of a column."""
    told = ((value, outcome(scheme, value)) for value, _ in column.values or ())
    return {value: group for value, group in told if group is not None}


def outcome(scheme: EqualityScheme, value: str) -> str | None:
    """Give the group that a value means, or why there is none; None where nothing says."""
    try:
        return str(scheme.group_of(value))
    except UnmappedValueError:
        return None


def own_id(value: str) -> str:
    """Make the id of a group of its name."""
    plain = re.sub("[^a-z0-9]+", "_", value.casefold()).strip("_")
    return plain if plain[:1].isalpha() and plain not in list(MissingGroup) else f"group_{plain}"


def own_groups(values: Iterable[str]) -> dict[str, str]:
    """Give the groups that a survey's own values may be: names by id, whatever their case."""
    names = {_folded(value): " ".join(value.split()) for value in values if value.strip()}
    groups: dict[str, str] = {}
    for name in names.values():
        wanted = own_id(name)
        groups[f"{wanted}_{len(groups) + 1}" if wanted in groups else wanted] = name
    return groups


def has_broad_groups(scheme_id: str) -> bool:
    """Tell whether a scheme's groups stand under broader ones, which can be compared instead."""
    return scheme_id != OWN and bool(shipped_equality_scheme(scheme_id).broad_groups)


def group_column(
    header: str, scheme_id: str, codes: Mapping[str, str], *, detailed: bool = False
) -> GroupColumn:
    """Make what a survey keeps of a column of groups.

    Broad groups are compared where there are any: of the groups below them, small numbers hide most
    of the figures.

    Args:
        header: The column.
        scheme_id: A shipped scheme, or `OWN`.
        codes: What every value means; what the scheme says anyway is not repeated.
        detailed: Whether the groups are compared even so.

    Raises:
        EqualitySchemeError: One value would mean two groups.
    """
    scheme = _own_scheme(header, codes) if scheme_id == OWN else shipped_equality_scheme(scheme_id)
    own = {value: told for value, told in codes.items() if outcome(scheme, value) != told}
    scheme.with_codes(own)
    kept = scheme if scheme_id == OWN else scheme_id
    broad = has_broad_groups(scheme_id) and not detailed
    compared: Literal["groups", "broad_groups"] = "broad_groups" if broad else "groups"
    return GroupColumn(column=header, scheme=kept, codes=own, compared=compared)


def characteristic(header: str, scheme_id: str, taken: Iterable[str]) -> str:
    """Name what a column tells of people, by its scheme; by its header if that name is taken."""
    wanted = own_id(header)
    if scheme_id != OWN:
        named = shipped_equality_scheme(scheme_id).characteristic
        wanted = wanted if named in taken else named
    return wanted if wanted not in taken else f"{wanted}_{len(set(taken)) + 1}"


def _own_scheme(header: str, codes: Mapping[str, str]) -> EqualityScheme:
    names = own_groups(codes)
    used = dict.fromkeys(told for told in codes.values() if told not in list(MissingGroup))
    groups = tuple(EqualityGroup(id=group, name=names[group]) for group in used)
    return EqualityScheme(
        id=own_id(header),
        name=" ".join(header.split()),
        version="1.0",
        source="The survey's own values",
        characteristic=own_id(header),
        groups=groups,
    )


def _fit(column: ColumnSeen, scheme_id: str) -> float:
    """Tell how well a scheme fits: 0 for not at all, more than 1 where the header says so too."""
    scheme = shipped_equality_scheme(scheme_id)
    known, groups = 0, set()
    for value, count in column.filled_values:
        told = outcome(scheme, value)
        known += count if told is not None else 0
        groups |= {told} - {None, *MissingGroup}
    share = known / max(1, column.filled)
    header = re.sub("[_-]+", " ", column.name.casefold())
    if re.search(_HINTS.get(scheme_id, "(?!)"), header):
        named = scheme_id.rpartition("_")[2] in header or scheme_id.replace("_", " ") in header
        return 1 + share + named / 10 if share >= ENOUGH and groups else 0.0
    words = any(len(value) > 2 and not value.isdigit() for value, _ in column.filled_values)
    return share if share >= NEARLY_ALL and len(groups) > 1 and words else 0.0


def _folded(value: str) -> str:
    return " ".join(value.split()).casefold()


def _holds_quintiles(column: ColumnSeen) -> bool:
    numbers = {value for value, _ in column.filled_values if value.isdigit()}
    return bool(numbers) and numbers <= {"1", "2", "3", "4", "5"}


def _missing(value: str) -> str | None:
    """Tell why a value stands for no group, in words that every scheme has."""
    if len(value) == 1 and value.isalnum():
        return None
    told = outcome(shipped_equality_scheme("sex"), value)
    return told if told in list(MissingGroup) else None
