from __future__ import annotations

import inspect

import service.errors
from service.errors import ServiceError, SettingsError

KINDS = [
    kind
    for _, kind in inspect.getmembers(service.errors, inspect.isclass)
    if issubclass(kind, ServiceError) and kind not in (ServiceError, SettingsError)
]


def test_each_kind_of_error_has_its_own_name_and_a_status_of_its_kind() -> None:
    assert len({kind.slug for kind in KINDS}) == len(KINDS)
    assert all(400 <= kind.status < 600 for kind in KINDS)
    assert all(kind.title for kind in KINDS)


def test_the_tree_shown_at_the_top_is_the_whole_tree() -> None:
    shown = service.errors.__doc__ or ""
    assert SettingsError.__name__ in shown
    for kind in KINDS:
        assert kind.__name__ in shown
        assert str(kind.status) in shown
