from service import client


def test_the_client_exports_what_it_means_to() -> None:
    assert client.__all__ == [
        "Backoff",
        "Client",
        "ClientError",
        "ForeignAnswerError",
        "Format",
        "NotTaggedError",
        "ProblemError",
        "UnknownFormatError",
        "UnreachableError",
    ]
    assert all(hasattr(client, name) for name in client.__all__)
