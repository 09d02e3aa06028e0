from hypothesis import given
from hypothesis import strategies as st

from service.counts.outputs.sheet_names import LONGEST, sheet_names

texts = st.text() | st.sampled_from(["History", "Sex", "sex", "'Sex'", "[]", "😀" * 40, "a" * 40])


@given(st.lists(texts, max_size=12))
def test_names_are_what_excel_takes_and_differ(titles: list[str]) -> None:
    names = sheet_names(titles)
    assert len({name.casefold() for name in names}) == len(titles)
    for name in names:
        assert name
        assert len(name.encode("utf-16-le")) // 2 <= LONGEST
        assert not set("[]:*?/\\") & set(name)
        assert not name.startswith("'")
        assert not name.endswith("'")
        assert name.casefold() != "history"


def test_ordinary_names_stay_and_repeated_ones_are_numbered() -> None:
    assert sheet_names(["Age band and Sex", "Sex", "Sex"]) == [
        "Age band and Sex",
        "Sex",
        "Sex (2)",
    ]
