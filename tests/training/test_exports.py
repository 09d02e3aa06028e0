import training


def test_the_public_surface_changes_only_on_purpose() -> None:
    assert sorted(training.__all__) == [
        "DataTooSmallError",
        "ForeignRunError",
        "ParityError",
        "Recipe",
        "RecipeError",
        "TrainingError",
        "load_recipe",
    ]


def test_everything_named_public_exists() -> None:
    assert all(hasattr(training, name) for name in training.__all__)
