import service


def test_the_public_surface_changes_only_on_purpose() -> None:
    assert sorted(service.__all__) == [
        "BadRequestError",
        "BusyError",
        "ConflictError",
        "FieldError",
        "ForbiddenError",
        "NotFoundError",
        "ServiceError",
        "Settings",
        "SettingsError",
        "StoreError",
        "TooLargeError",
        "TooManyRequestsError",
        "UnauthorisedError",
        "UnprocessableError",
        "UnsupportedMediaError",
        "create_app",
    ]


def test_everything_named_public_exists() -> None:
    assert all(hasattr(service, name) for name in service.__all__)
