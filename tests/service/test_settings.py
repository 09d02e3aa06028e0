from __future__ import annotations

from pathlib import Path

import pytest

from service import Settings, SettingsError
from service.settings import data_folder

HOME = Path("/home/ann")


@pytest.fixture(autouse=True)
def _nothing_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"SAYSO_{name.upper()}", raising=False)


def test_by_default_only_this_computer_can_reach_it() -> None:
    settings = Settings.read()
    assert settings.host == "127.0.0.1"
    assert settings.is_loopback
    assert not Settings.read(host="0.0.0.0").is_loopback  # noqa: S104


def test_the_environment_sets_what_is_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAYSO_PORT", "9000")
    monkeypatch.setenv("SAYSO_MODELS", "uec, ics")
    monkeypatch.setenv("SAYSO_ALLOWED_HOSTS", "sayso.example.nhs.uk,*.example,")
    settings = Settings.read(port=None)
    assert settings.port == 9000
    assert settings.models == ("uec", "ics")
    assert settings.allowed_hosts == ("sayso.example.nhs.uk", "*.example")
    assert Settings.read(port=1234).port == 1234


def test_the_store_is_a_file_in_the_data_folder_unless_it_is_said_where(tmp_path: Path) -> None:
    assert Settings.read(data_dir=tmp_path).store_url == f"sqlite:///{tmp_path}/sayso.db"
    elsewhere = "postgresql://me:secret@db/sayso"
    settings = Settings.read(database_url=elsewhere)
    assert settings.store_url == elsewhere
    assert "secret" not in repr(settings)


@pytest.mark.parametrize(
    ("name", "value"),
    [("port", "web"), ("models", ""), ("workers", "-1"), ("tag_queue", "0"), ("log_level", "x")],
)
def test_a_setting_that_is_wrong_is_named_in_one_sentence_without_its_value(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"SAYSO_{name.upper()}", value)
    with pytest.raises(SettingsError, match=f"the setting {name} ") as wrong:
        Settings.read()
    assert "\n" not in str(wrong.value)


def test_a_setting_that_nobody_knows_is_refused() -> None:
    with pytest.raises(SettingsError, match="colour"):
        Settings.read(colour="red")


def test_data_goes_where_each_platform_keeps_it() -> None:
    assert data_folder("linux", {}, HOME) == HOME / ".local" / "share" / "sayso"
    assert data_folder("linux", {"XDG_DATA_HOME": "/data"}, HOME) == Path("/data/sayso")
    assert data_folder("darwin", {}, HOME) == HOME / "Library" / "Application Support" / "sayso"
    assert data_folder("win32", {}, HOME) == HOME / "AppData" / "Local" / "sayso"
    assert data_folder("win32", {"LOCALAPPDATA": "/local"}, HOME) == Path("/local/sayso")
