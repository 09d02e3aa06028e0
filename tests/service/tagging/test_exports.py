from service import tagging


def test_the_public_surface_changes_only_on_purpose() -> None:
    assert sorted(tagging.__all__) == ["Batcher", "LoadedModels", "Worker", "WorkerSettings"]
