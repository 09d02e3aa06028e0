import pytest

from labelled_data import MissingGroup, shipped_equality_scheme, shipped_equality_schemes
from service.counts.characteristics import of_scheme, of_values


@pytest.mark.parametrize("scheme_id", shipped_equality_schemes())
def test_every_group_stands_under_its_broad_group_or_for_itself(scheme_id: str) -> None:
    scheme = shipped_equality_scheme(scheme_id)
    made = of_scheme("it", "It", scheme, "groups", "column")
    assert [node.id for node in made.nodes] == [*scheme.group_ids, *MissingGroup]
    for group, broad in zip(scheme.groups, made.broad, strict=False):
        assert made.broad_nodes[broad].id == (group.parent or group.id)
    assert [made.broad_nodes[broad] for broad in made.broad[-3:]] == list(made.nodes[-3:])
    if not scheme.broad_groups:
        assert made.broad_nodes == made.nodes


def test_only_reasons_why_there_is_no_group_are_missing() -> None:
    made = of_scheme("sex", "Sex", shipped_equality_scheme("sex"), "groups", "column")
    assert {node.id for node in made.nodes if node.missing} == set(MissingGroup)
    assert made.broad == tuple(range(len(made.nodes)))


def test_a_columns_own_values_are_groups_but_for_reasons() -> None:
    made = of_values("ward", ["A", "B", "not_asked"])
    assert [node.id for node in made.nodes] == ["A", "B", *MissingGroup]
    assert (made.id, made.name, made.column) == ("ward", "ward", "ward")
