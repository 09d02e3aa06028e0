from hypothesis import given
from hypothesis import strategies as st

from service.counts.outputs.grid import grid
from service.counts.outputs.heatmap import heatmap, luminance, shade
from tests.service.counts.outputs.tables import SEX, table


def rgb(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour.removeprefix("#")))


@given(st.floats(0, 1), st.floats(0.001, 1))
def test_every_figure_is_legible_on_its_cell(share: float, top: float) -> None:
    fill, ink = shade(min(share, top), top)
    lighter, darker = sorted((luminance(rgb(fill)), luminance(rgb(ink))), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= 4.5


def test_a_larger_share_is_darker() -> None:
    lights = [luminance(rgb(shade(step / 20, 1)[0])) for step in range(21)]
    assert lights == sorted(lights, reverse=True)


def test_hidden_cells_are_dashed_and_starred() -> None:
    made = table({"sex": SEX}, ("Waiting",))
    rows = [
        row.model_copy(update={"hidden": True, "share": None, "count": None})
        if row.kind == "group"
        else row
        for row in made.rows
    ]
    chart = heatmap(grid(made.model_copy(update={"rows": tuple(rows)})), "Sex")
    assert chart is not None
    assert chart.svg.count(">*</text>") == len(SEX)
    assert chart.svg.count("stroke-dasharray") == len(SEX)
    assert chart.description.endswith(f"Hidden: {len(SEX)}.")
