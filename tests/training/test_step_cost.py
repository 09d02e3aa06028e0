from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import torch

from labelled_data import distinct, write_labelled
from tests.training.test_run import Desk
from training.errors import RecipeError
from training.pipeline import student_settings
from training.run import recipe_costs
from training.step_cost import Products, step_costs

if TYPE_CHECKING:
    from pathlib import Path

    from labelled_data import Codebook, LabelledComment
    from tests.command_line import CommandLine
    from training.recipe import Recipe

THEMES = ("waiting", "kindness", "parking")


def test_products_are_noted_there_and_back_and_nothing_else() -> None:
    products, weights = Products(), torch.ones(3, 4, requires_grad=True)
    torch.autograd.backward((torch.ones(2, 3) @ weights).sum())
    assert products.noted == 0
    with products:
        loss = (torch.ones(2, 3) @ weights).relu().sum()
        torch.autograd.backward(loss)  # a product forwards, one backwards
    torch.ones(2, 3) @ torch.ones(3, 4)
    assert products.noted == 2
    assert products.seconds() > 0


def test_every_network_of_a_recipe_is_measured(
    tiny_recipe: Recipe, tiny_comments: list[LabelledComment]
) -> None:
    told: list[str] = []
    found = list(step_costs(distinct(tiny_comments, THEMES), tiny_recipe, 3, told.append))
    assert [each.network for each in found] == told
    assert {"student", "quick encoder"} <= set(told)
    for each in found:
        assert each.steps == 3
        assert each.milliseconds > 0
        assert each.products_milliseconds > 0
        assert each.share == each.products_milliseconds / each.milliseconds


def test_a_recipe_without_a_network_has_no_steps(tmp_path: Path) -> None:
    recipe = Desk(tmp_path).recipe(method="light")
    with pytest.raises(RecipeError, match="trains no network"):
        recipe_costs(recipe, (), 1, print)


def test_the_command_says_what_is_wrong_with_a_recipe(tmp_path: Path, run: CommandLine) -> None:
    ended = run("benchmark-training", str(tmp_path / "none.yaml"))
    assert ended.status == 2
    assert "none.yaml" in ended.stderr


def test_the_command_prints_a_line_for_each_network(
    tmp_path: Path,
    run: CommandLine,
    tiny_recipe: Recipe,
    tiny_codebook: Codebook,
    tiny_comments: list[LabelledComment],
) -> None:
    write_labelled(tmp_path / "comments.csv", tiny_comments, tiny_codebook)
    book = json.dumps(tiny_codebook.model_dump(exclude_none=True))
    (tmp_path / "tiny.yaml").write_text(book, "utf-8")
    part = tiny_recipe.learn[0].model_copy(update={"codebook": "tiny.yaml"})
    recipe = tiny_recipe.model_copy(update={"learn": (part,)})
    (tmp_path / "recipe.yaml").write_text(recipe.model_dump_json(), "utf-8")
    given = ("--data", tmp_path / "comments.csv", "--steps", 2)
    ended = run("benchmark-training", tmp_path / "recipe.yaml", *given)
    assert ended.status == 0, ended.stderr
    header, *lines = ended.stdout.splitlines()
    assert header.split()[0] == "network"
    told = {line[:14].strip(): line[14:].replace(",", "").split() for line in lines}
    assert {"student", "quick encoder"} <= set(told)
    assert told["student"][0] == str(student_settings(recipe).batch)
    for comments, step, products, share in told.values():
        told_share = int(share.removesuffix("%")) / 100
        rounding = 0.5 + 0.5 * told_share + 0.005 * (int(step) + 0.5)
        assert int(comments) > 0
        assert abs(int(products) - told_share * int(step)) <= rounding + 1e-9
