import models


def test_the_public_surface_changes_only_on_purpose() -> None:
    assert sorted(models.__all__) == [
        "ArtefactError",
        "DamagedArtefactError",
        "Decision",
        "Effort",
        "ForeignArtefactError",
        "Manifest",
        "ModelError",
        "OperatingPoint",
        "Polarity",
        "Prediction",
        "QuestionMismatchError",
        "Status",
        "Tag",
        "Tagger",
        "TrainingRecord",
        "UnknownModelError",
        "file_sha256",
        "load",
        "read_manifest",
        "shipped_models",
        "write_manifest",
    ]


def test_everything_named_public_exists() -> None:
    assert all(hasattr(models, name) for name in models.__all__)
