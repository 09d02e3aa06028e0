from service.counts import outputs


def test_the_public_members_are_these() -> None:
    assert outputs.__all__ == ["counts_csv", "counts_report", "counts_workbook", "trend_csv"]
    assert all(hasattr(outputs, name) for name in outputs.__all__)
