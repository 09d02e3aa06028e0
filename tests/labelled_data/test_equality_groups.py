from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from labelled_data import (
    EqualityScheme,
    EqualitySchemeError,
    LabelError,
    MissingGroup,
    UnmappedValueError,
    load_equality_scheme,
    shipped_equality_scheme,
    shipped_equality_schemes,
)

if TYPE_CHECKING:
    from pathlib import Path

GOOD = """\
id: tea
name: Tea
version: "1.0"
source: The tea trolley
characteristic: tea
broad_groups:
  - {id: hot, name: Hot tea}
groups:
  - {id: black, name: Black tea, parent: hot, codes: [B, "1"]}
  - {id: green, name: Green tea, parent: hot, codes: [G]}
  - {id: warm, name: Lukewarm, ranges: [{from: 20, to: 39}]}
  - {id: iced, name: Iced tea, codes: [I], ranges: [{from: 0, to: 9}, {from: 15, to: 19}]}
not_stated: [Z]
not_known: [X, "99"]
"""

SCHEMES = {
    scheme_id: shipped_equality_scheme(scheme_id) for scheme_id in shipped_equality_schemes()
}


def written(folder: Path, content: str) -> Path:
    path = folder / "tea.yaml"
    path.write_text(content, encoding="utf-8")
    return path


@pytest.fixture
def tea(tmp_path: Path) -> EqualityScheme:
    return load_equality_scheme(written(tmp_path, GOOD))


def meanings(scheme: EqualityScheme) -> list[tuple[str, str]]:
    """Gives each value a scheme names with what it says it means, ranges left out."""
    missing = (scheme.not_stated, scheme.not_known, scheme.not_asked)
    return [
        *((code, group.id) for group in scheme.groups for code in (group.name, *group.codes)),
        *((code, why) for why, codes in zip(MissingGroup, missing, strict=True) for code in codes),
    ]


def test_groups_keep_their_order_and_know_their_broad_group(tea: EqualityScheme) -> None:
    assert tea.group_ids == ("black", "green", "warm", "iced")
    assert [tea.group(group_id).parent for group_id in tea.group_ids] == ["hot", "hot", None, None]


def test_a_group_that_is_not_there_is_an_error(tea: EqualityScheme) -> None:
    with pytest.raises(EqualitySchemeError, match="the scheme 'tea' has no group 'white'"):
        tea.group("white")


@pytest.mark.parametrize("value", ["B", "b", "\tB ", "1", "Black tea", "BLACK TEA\n"])
def test_a_value_is_matched_whatever_its_case_and_the_space_around_it(
    tea: EqualityScheme, value: str
) -> None:
    assert tea.group_of(value) == "black"


@pytest.mark.parametrize(
    ("value", "group"),
    [("0", "iced"), ("9", "iced"), ("15", "iced"), ("39", "warm"), ("20.0", "warm")],
)
def test_a_whole_number_in_a_range_means_its_group(
    tea: EqualityScheme, value: str, group: str
) -> None:
    assert tea.group_of(value) == group


def test_a_code_comes_before_a_range(tea: EqualityScheme) -> None:
    assert tea.group_of("1") == "black"


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("z", MissingGroup.NOT_STATED),
        ("99", MissingGroup.NOT_KNOWN),
        ("", MissingGroup.NOT_ASKED),
        ("  ", MissingGroup.NOT_ASKED),
    ],
)
def test_declined_not_known_and_not_asked_are_told_apart(
    tea: EqualityScheme, value: str, why: MissingGroup
) -> None:
    outcome = tea.group_of(value)
    assert isinstance(outcome, MissingGroup)
    assert outcome is why


@pytest.mark.parametrize(
    "value", ["coffee", "10", "40", "-1", "20.5", "hot", "Hot tea", "black", "1e1"]
)
def test_an_unmapped_value_is_an_error_that_names_it(tea: EqualityScheme, value: str) -> None:
    with pytest.raises(UnmappedValueError, match="'tea' does not say which group") as caught:
        tea.group_of(value)
    assert repr(value) in str(caught.value)
    assert (caught.value.scheme, caught.value.value) == ("tea", value)
    assert isinstance(caught.value, LabelError)


@given(value=st.text(min_size=41))
def test_a_long_value_is_shortened_in_the_message(value: str) -> None:
    error = UnmappedValueError("tea", value)
    assert repr(f"{value[:39]}…") in str(error)
    assert error.value == value


def test_the_codes_of_a_survey_are_added_and_override(tea: EqualityScheme) -> None:
    own = tea.with_codes({"rooibos ": "black", "g": "warm", "": "not_stated", "25": "not_known"})
    values = ("Rooibos", "G", "", "25", "26", "B")
    expected = ("black", "warm", MissingGroup.NOT_STATED, MissingGroup.NOT_KNOWN, "warm", "black")
    assert tuple(own.group_of(value) for value in values) == expected
    assert isinstance(own.group_of("25"), MissingGroup)
    assert (tea.group_of("G"), tea.group_of("")) == ("green", MissingGroup.NOT_ASKED)


def test_codes_given_again_replace_those_given_before(tea: EqualityScheme) -> None:
    own = tea.with_codes({"Mint": "green", "7": "warm"}).with_codes({"mint": "iced"})
    assert (own.group_of("MINT"), own.group_of("7")) == ("iced", "warm")


@pytest.mark.parametrize(
    ("codes", "message"),
    [
        ({"mint": "herbal"}, "own codes of 'tea': there is no group 'herbal'"),
        ({"mint": "hot"}, "there is no group 'hot'"),
        ({"mint": "green", "Mint ": "black"}, "the code 'mint' means 2 different things"),
    ],
)
def test_codes_of_a_survey_that_cannot_be_are_refused(
    tea: EqualityScheme, codes: dict[str, str], message: str
) -> None:
    with pytest.raises(EqualitySchemeError, match=message):
        tea.with_codes(codes)


def test_a_scheme_cannot_be_changed(tea: EqualityScheme) -> None:
    with pytest.raises(ValidationError):
        tea.version = "2.0"  # type: ignore[misc]


def test_a_scheme_with_codes_of_a_survey_survives_being_stored(tea: EqualityScheme) -> None:
    own = tea.with_codes({"Mint": "green"})
    assert EqualityScheme.model_validate_json(own.model_dump_json()) == own


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("id: green", "id: black", "the group id 'black' stands 2 times"),
        ("id: green", "id: hot", "the group id 'hot' stands 2 times"),
        ("id: green", "id: not_known", "the group id 'not_known' stands 2 times"),
        ("id: green", "id: Green", r"groups\[1\].id"),
        ("[G]", "[G, ' b']", "the code 'b' means 2 different things"),
        ("[G]", "[G, iced TEA]", "the code 'iced tea' means 2 different things"),
        ("[Z]", "[Z, x]", "the code 'x' means 2 different things"),
        ("[Z]", "[Z, '']", "the code '' means 2 different things"),
        ("[G]", "[G, '']", r"groups\[1\].codes\[1\]"),
        ("[G]", "[4]", r"groups\[1\].codes\[0\]: Input should be a valid string"),
        ("[G]", "[No]", r"groups\[1\].codes\[0\]: Input should be a valid string"),
        ("from: 20", "from: 19", "the ranges from 19 and from 15 overlap"),
        ("from: 20", "from: 40", r"groups\[2\].ranges\[0\]: the range from 40 to 39 is empty"),
        ("from: 20", "from: -1", r"ranges\[0\].from"),
        ("parent: hot, codes: [G]", "parent: cold", "broad group 'cold' of 'green' is not there"),
        ("name: Tea\n", "name: Tea\nname: Coffee\n", "line 1: the key 'name' stands 2 times"),
        ("name: Tea\n", "name: Tea\ncolour: brown\n", "colour: Extra inputs"),
        ('version: "1.0"', "version: 1.0", "version: Input should be a valid string"),
        ("source: The tea trolley\n", "", "source: Field required"),
        ("id: tea", "id: [tea", "is not an equality scheme at line 2"),
    ],
)
def test_a_wrong_scheme_is_refused_with_its_place(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    path = written(tmp_path, GOOD.replace(old, new))
    with pytest.raises(EqualitySchemeError, match=message) as caught:
        load_equality_scheme(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", ["", "- a\n- b\n", "just words"])
def test_a_file_without_named_fields_is_no_scheme(tmp_path: Path, content: str) -> None:
    with pytest.raises(EqualitySchemeError, match="is not an equality scheme"):
        load_equality_scheme(written(tmp_path, content))


def test_a_file_that_is_missing_or_is_not_text_is_told(tmp_path: Path) -> None:
    with pytest.raises(EqualitySchemeError, match="cannot be read"):
        load_equality_scheme(tmp_path / "none.yaml")
    path = tmp_path / "tea.yaml"
    path.write_bytes(b"\xff\xfe\x00\x81")
    with pytest.raises(EqualitySchemeError, match="is not UTF-8 text"):
        load_equality_scheme(path)
    path.write_bytes(b"id: \x07")
    with pytest.raises(EqualitySchemeError, match="is not YAML text"):
        load_equality_scheme(path)


def test_every_shipped_scheme_loads_under_its_own_name() -> None:
    assert shipped_equality_schemes() == (
        "age_bands",
        "carer",
        "core20",
        "disability",
        "ethnicity_nhs16",
        "ethnicity_ons2021",
        "gender_identity",
        "ics_region",
        "imd_decile",
        "imd_quintile",
        "pregnancy",
        "religion",
        "sex",
        "sexual_orientation",
    )
    assert all(scheme.id == scheme_id for scheme_id, scheme in SCHEMES.items())


def test_an_unknown_scheme_is_told_with_those_there_are() -> None:
    with pytest.raises(EqualitySchemeError, match=r"no equality scheme 'xyz'.*age_bands, carer"):
        shipped_equality_scheme("xyz")


@given(data=st.data())
def test_every_value_a_shipped_scheme_names_means_what_it_says(data: st.DataObject) -> None:
    scheme = SCHEMES[data.draw(st.sampled_from(shipped_equality_schemes()))]
    value, meaning = data.draw(st.sampled_from(meanings(scheme)))
    space = st.text(" \t\n\u00a0", max_size=3)
    shown = data.draw(st.sampled_from([value, value.upper(), value.lower()]))
    assert scheme.group_of(data.draw(space) + shown + data.draw(space)) == meaning


@pytest.mark.parametrize("scheme", SCHEMES.values(), ids=SCHEMES)
def test_every_value_of_a_shipped_scheme_means_one_thing(scheme: EqualityScheme) -> None:
    named = {value.casefold(): meaning for value, meaning in meanings(scheme)}
    assert len(named) == len({(value.casefold(), meaning) for value, meaning in meanings(scheme)})
    assert set(named.values()) == {*scheme.group_ids, *MissingGroup}


@given(data=st.data(), value=st.text())
def test_what_no_shipped_scheme_names_is_never_given_a_group(
    data: st.DataObject, value: str
) -> None:
    scheme = SCHEMES[data.draw(st.sampled_from(shipped_equality_schemes()))]
    named = {name.strip().casefold() for name, _ in meanings(scheme)}
    if value.strip().casefold() in named or value.strip().removesuffix(".0").isdecimal():
        return
    with pytest.raises(UnmappedValueError) as caught:
        scheme.group_of(value)
    assert caught.value.value == value


@given(age=st.integers(0, 120))
def test_every_age_falls_into_the_one_band_that_spans_it(age: int) -> None:
    scheme = SCHEMES["age_bands"]
    spanning = [g.id for g in scheme.groups for numbers in g.ranges if age in numbers]
    assert [scheme.group_of(str(age))] == spanning


@pytest.mark.parametrize(
    ("age", "band", "broad"),
    [
        ("0", "under_16", "children"),
        ("15", "under_16", "children"),
        ("16", "age_16_24", "aged_16_34"),
        ("34", "age_25_34", "aged_16_34"),
        ("35-44", "age_35_44", "aged_35_54"),
        ("74", "age_65_74", "aged_55_74"),
        ("99", "age_85_plus", "aged_75_plus"),
        ("85+", "age_85_plus", "aged_75_plus"),
    ],
)
def test_years_and_bands_mean_the_same_groups(age: str, band: str, broad: str) -> None:
    scheme = SCHEMES["age_bands"]
    assert scheme.group_of(age) == band
    assert scheme.group(band).parent == broad


@given(age=st.integers(121, 10**12))
def test_nobody_is_older_than_120(age: int) -> None:
    with pytest.raises(UnmappedValueError):
        SCHEMES["age_bands"].group_of(str(age))


def test_chinese_stands_under_asian_in_the_census_and_under_other_in_nhs_records() -> None:
    census, nhs = SCHEMES["ethnicity_ons2021"], SCHEMES["ethnicity_nhs16"]
    assert census.group(census.group_of("Chinese")).parent == "asian"
    assert nhs.group(nhs.group_of("R")).parent == "other"


def test_the_schemes_of_ethnicity_have_as_many_groups_as_their_standards() -> None:
    census, nhs = SCHEMES["ethnicity_ons2021"], SCHEMES["ethnicity_nhs16"]
    assert (len(census.groups), len(census.broad_groups)) == (19, 5)
    assert (len(nhs.groups), len(nhs.broad_groups)) == (16, 5)
    letters = "ABCDEFGHJKLMNPRS"
    assert tuple(nhs.group_of(letter) for letter in letters) == nhs.group_ids
    assert nhs.group_of("Z") is MissingGroup.NOT_STATED
    assert {nhs.group_of("99"), nhs.group_of("X")} == {MissingGroup.NOT_KNOWN}


def test_a_census_number_is_not_guessed_at() -> None:
    with pytest.raises(UnmappedValueError, match="'13'"):
        SCHEMES["ethnicity_ons2021"].group_of("13")


@pytest.mark.parametrize("scheme_id", ["disability", "carer", "pregnancy"])
def test_8_is_declined_and_9_is_not_known(scheme_id: str) -> None:
    scheme = SCHEMES[scheme_id]
    assert (scheme.group_of("Y"), scheme.group_of("N")) == scheme.group_ids
    assert scheme.group_of("8") is MissingGroup.NOT_STATED
    assert scheme.group_of("9") is MissingGroup.NOT_KNOWN


def test_the_letters_and_the_numbers_of_sexual_orientation_mean_the_same() -> None:
    scheme = SCHEMES["sexual_orientation"]
    for letter, number in (("S", "1"), ("G", "2"), ("L", "2"), ("B", "3"), ("O", "4"), ("8", "Z")):
        assert scheme.group_of(letter) == scheme.group_of(number)
    assert {scheme.group_of("U"), scheme.group_of("9")} == {MissingGroup.NOT_KNOWN}


def test_each_letter_of_religion_has_its_own_meaning() -> None:
    scheme = SCHEMES["religion"]
    assert tuple(scheme.group_of(letter) for letter in "ABCDEFGHIJKL") == scheme.group_ids
    assert scheme.group_of("M") is MissingGroup.NOT_STATED
    assert scheme.group_of("N") is MissingGroup.NOT_KNOWN


@given(decile=st.integers(1, 10))
def test_a_decile_tells_the_quintile_and_whether_it_is_core20(decile: int) -> None:
    value = str(decile)
    assert SCHEMES["imd_decile"].group_of(value) == f"decile_{decile}"
    assert SCHEMES["imd_quintile"].group_of(value) == f"quintile_{(decile + 1) // 2}"
    assert SCHEMES["core20"].group_of(value) == ("core20" if decile <= 2 else "not_core20")


def test_the_42_systems_stand_in_seven_regions_by_name_and_by_code() -> None:
    scheme = SCHEMES["ics_region"]
    assert (len(scheme.groups), len(scheme.broad_groups)) == (42, 7)
    assert {group.parent for group in scheme.groups} == {broad.id for broad in scheme.broad_groups}
    assert len({code for group in scheme.groups for code in group.codes}) == 42
    assert scheme.group_of("Norfolk and Waveney") == scheme.group_of("QMM")


def test_the_name_of_a_region_is_not_taken_for_a_system() -> None:
    for region in ("North East", "South West", "London"):
        with pytest.raises(UnmappedValueError):
            SCHEMES["ics_region"].group_of(region)
