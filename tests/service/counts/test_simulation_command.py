from __future__ import annotations

from typer.testing import CliRunner

from service.counts.simulation_command import app


def test_the_figures_are_printed_as_a_table() -> None:
    done = CliRunner().invoke(app, ["--surveys", "40", "--seed", "3"])
    assert done.exit_code == 0, done.output
    assert "Shares in 40 made-up surveys (seed 3)" in done.output
    for row in ("everyone", "each group", "worse group"):
        assert row in done.output
    assert "of times as counted" in done.output
