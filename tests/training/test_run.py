from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from labelled_data import DataError, LabelledComment, shipped_codebook, write_labelled
from models import file_sha256, read_manifest
from tests.training.drawn_comments import codebook, comment
from training import DataTooSmallError, TrainingError
from training.run import run_recipe

if TYPE_CHECKING:
    from pathlib import Path

    from tests.command_line import CommandLine

BOOK = codebook("small", "waiting", "kindness")
ENOUGH = 20
TOO_FEW = r"^(\d+) distinct comments with text are too few"


class Desk:
    """A folder with a codebook and recipes that keep no test comments.

    Training refuses fewer than twenty comments and says how many it was given, which tells what
    was read without training on it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for book in (BOOK, codebook("second", "parking")):
            content = json.dumps(book.model_dump(exclude_none=True))
            (folder / f"{book.id}.yaml").write_text(content, "utf-8")

    def data(self, name: str, number: int, *more: LabelledComment) -> Path:
        """A file of comments that only differ in their number, and some more."""
        file = self.folder / name
        file.parent.mkdir(exist_ok=True)
        comments = [comment(f"slow {row}") for row in range(number)]
        write_labelled(file, [*comments, *more], BOOK)
        return file

    def published(self, number: int) -> Path:
        """A file as that of the FFT comments, none of which has a label."""
        labels = [theme.source_label or "" for theme in shipped_codebook("fft").themes]
        columns = ["Comment ID", "FFT question", "FFT answer", "Comment sentiment", *labels]
        header = ",".join(f'"{column}"' for column in columns)
        rows = [f"{row},Why?,slow {row},5" + "," * len(labels) for row in range(number)]
        file = self.folder / "published.csv"
        file.write_text("\n".join([header, *rows, ""]), "utf-8")
        return file

    def recipe(self, *parts: dict[str, object], **settings: object) -> Path:
        """A recipe of one codebook, or of those given."""
        one = {"id": "one", "codebook": "small.yaml", "data": {"test_share": 0}}
        path = self.folder / "recipe.yaml"
        content = {"id": "run", "version": "1", "learn": parts or [one], **settings}
        path.write_text(json.dumps(content), "utf-8")
        return path

    def pair(self) -> Path:
        """A recipe of two codebooks."""
        none: dict[str, object] = {"data": {"test_share": 0}}
        one = {"id": "one", "codebook": "small.yaml", **none}
        return self.recipe(one, {"id": "other", "codebook": "second.yaml", **none})

    def read(self, recipe: Path, data: list[str], corrections: tuple[str, ...] = ()) -> int:
        """How many distinct comments a recipe with too few of them was given."""
        with pytest.raises(DataTooSmallError, match=TOO_FEW) as refused:
            run_recipe(recipe, self.folder / "out", data, corrections)
        return int(str(refused.value).split()[0])


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_the_data_a_recipe_names_lies_beside_it(desk: Desk) -> None:
    desk.data("data/mine.csv", 5)
    part: dict[str, object] = {"id": "one", "codebook": "small.yaml"}
    recipe = desk.recipe({**part, "data": {"path": "data/mine.csv", "test_share": 0}})
    assert desk.read(recipe, []) == 5


@pytest.mark.parametrize("named", ["{}", "one={}"])
def test_given_data_takes_the_place_of_what_the_recipe_names(desk: Desk, named: str) -> None:
    part: dict[str, object] = {"id": "one", "codebook": "small.yaml"}
    recipe = desk.recipe({**part, "data": {"path": "none.csv", "test_share": 0}})
    assert desk.read(recipe, [named.format(desk.data("mine.csv", 7))]) == 7


def test_a_file_may_have_an_equals_sign_in_its_name(desk: Desk) -> None:
    assert desk.read(desk.recipe(), [f"one={desk.data('year=2024.csv', 6)}"]) == 6


def test_each_codebook_gets_the_data_that_is_named_for_it(desk: Desk) -> None:
    enough, few = desk.data("enough.csv", ENOUGH), desk.data("few.csv", 3)
    recipe = desk.pair()
    assert desk.read(recipe, [f"other={few}", f"one={enough}"]) == 3
    assert desk.read(recipe, [f"one={desk.data('fewer.csv', 2)}", f"other={few}"]) == 2


def test_the_published_file_is_read_where_the_recipe_says_so(desk: Desk) -> None:
    data = {"format": "qdc", "test_share": 0}
    recipe = desk.recipe({"id": "one", "codebook": "fft", "data": data})
    assert desk.read(recipe, [str(desk.published(4))]) == 4


def test_corrections_replace_what_they_correct_and_add_what_is_new(desk: Desk) -> None:
    data = desk.data("mine.csv", 5)
    again = desk.data("again.csv", 0, comment("SLOW 1!", "waiting"), comment("new", "kindness"))
    assert desk.read(desk.recipe(), [str(data)], (str(again),)) == 6
    assert desk.read(desk.recipe(), [str(data)], (f"one={again}",)) == 6


def test_corrections_of_several_people_all_count(desk: Desk) -> None:
    data = desk.data("mine.csv", 5)
    first = desk.data("first.csv", 0, comment("slow 1", "waiting"), comment("one more"))
    second = desk.data("second.csv", 0, comment("slow 1", "kindness"), comment("two more"))
    assert desk.read(desk.recipe(), [str(data)], (str(first), str(second))) == 7


def test_corrections_reach_only_the_codebook_that_is_named(desk: Desk) -> None:
    enough, few = desk.data("enough.csv", ENOUGH), desk.data("few.csv", 3)
    again = desk.folder / "again.csv"
    again.write_text("text,themes\nnew,parking\n", "utf-8")
    both = [f"one={enough}", f"other={few}"]
    assert desk.read(desk.pair(), both, (f"other={again}",)) == 4


METHODS = pytest.mark.parametrize("method", ["fine_tune", "light"])


def with_further(*files: str) -> dict[str, object]:
    """A codebook with files of comments to learn from only."""
    data = {"test_share": 0, "further": files}
    return {"id": "one", "codebook": "small.yaml", "data": data}


@METHODS
def test_further_comments_do_not_make_up_for_too_few(desk: Desk, method: str) -> None:
    desk.data("more.csv", ENOUGH)
    recipe = desk.recipe(with_further("more.csv"), method=method)
    assert desk.read(recipe, [str(desk.data("mine.csv", 4))]) == 4


def test_further_comments_are_learnt_beside_whatever_data_is_given(
    desk: Desk, tiny_artefact: Path
) -> None:
    said = [comment(f"kind {row}", "kindness") for row in range(ENOUGH)]
    mine = desk.data("mine.csv", ENOUGH, *said)
    more = desk.data("data/more.csv", 0, comment("KIND 1!", "waiting"), comment("ages", "waiting"))
    again = desk.data("data/again.csv", 0, comment("hours", "waiting"))
    light = {"encoder_of": str(tiny_artefact), "steps": 1}
    recipe = desk.recipe(
        with_further("data/more.csv", "data/again.csv"), method="light", light=light, folds=2
    )
    run_recipe(recipe, desk.folder / "out", [str(mine)])
    record = read_manifest(desk.folder / "out").training
    assert record.comments == 2 * ENOUGH + 2
    files = (mine, more, again)
    assert record.data_sha256 == {file.name: file_sha256(file) for file in files}


@METHODS
def test_further_comments_that_cannot_be_used_are_refused_before_anything_is_learnt(
    desk: Desk, method: str
) -> None:
    enough = str(desk.data("enough.csv", ENOUGH))
    missing = desk.recipe(with_further("none.csv"), method=method)
    assert "none.csv cannot be read" in refused(desk, missing, [enough])
    (desk.folder / "more.csv").write_text("text,themes\nfull,parking\n", "utf-8")
    foreign = desk.recipe(with_further("more.csv"), method=method)
    sentence = "more.csv row 2, column 'themes': codebook 'small' has no theme 'parking'"
    assert sentence in refused(desk, foreign, [enough])


def refused(desk: Desk, recipe: Path, data: list[str], corrections: tuple[str, ...] = ()) -> str:
    """The sentence with which a run is refused; nothing is left of it."""
    with pytest.raises((TrainingError, DataError)) as error:
        run_recipe(recipe, desk.folder / "out", data, corrections)
    assert not (desk.folder / "out").exists()
    assert not (desk.folder / ".out.training").exists()
    return str(error.value)


def test_an_artefact_that_is_not_made_is_refused(desk: Desk) -> None:
    recipe, file = desk.pair(), desk.data("mine.csv", 5)
    sentence = "recipe.yaml: makes no artefact 'third', only one, other"
    assert refused(desk, recipe, [f"third={file}"]).endswith(sentence)
    assert refused(desk, recipe, [], (f"third={file}",)).endswith(sentence)
    assert refused(desk, recipe, [f"={file}"]).endswith("makes no artefact '', only one, other")


def test_a_file_for_one_of_several_codebooks_must_say_for_which(desk: Desk) -> None:
    recipe = desk.pair()
    sentence = "recipe.yaml: makes one, other; say which mine.csv is for, as ID=FILE"
    assert refused(desk, recipe, ["mine.csv"]).endswith(sentence)
    assert refused(desk, recipe, [], ("mine.csv",)).endswith(sentence)


def test_two_files_of_data_for_one_codebook_are_refused(desk: Desk) -> None:
    file = desk.data("mine.csv", 5)
    sentence = "more than one file of data is given for 'one'"
    assert refused(desk, desk.recipe(), [f"one={file}", str(file)]).endswith(sentence)


@pytest.mark.parametrize("nothing", ["one=", ""])
def test_a_name_without_a_file_is_refused(desk: Desk, nothing: str) -> None:
    sentence = "no file is given for 'one'; say it as ID=FILE"
    assert refused(desk, desk.recipe(), [nothing]).endswith(sentence)
    assert refused(desk, desk.recipe(), [], (nothing,)).endswith(sentence)


def test_a_codebook_without_data_is_refused(desk: Desk) -> None:
    sentence = "names no data for {!r}; say where it is with --data"
    assert refused(desk, desk.recipe(), []).endswith(sentence.format("one"))
    enough = desk.data("enough.csv", ENOUGH)
    assert refused(desk, desk.pair(), [f"one={enough}"]).endswith(sentence.format("other"))


def test_files_that_cannot_be_read_are_refused_before_anything_is_learnt(desk: Desk) -> None:
    enough, missing = str(desk.data("enough.csv", ENOUGH)), str(desk.folder / "none.csv")
    assert "none.csv cannot be read" in refused(desk, desk.recipe(), [missing])
    assert "none.csv cannot be read" in refused(desk, desk.recipe(), [enough], (missing,))
    told_apart = desk.recipe(distillation={"unlabelled": ["none.csv"]})
    assert "none.csv cannot be read" in refused(desk, told_apart, [enough])
    without = desk.recipe(distillation={"unlabelled": ["recipe.yaml"]})
    assert "recipe.yaml" in refused(desk, without, [enough])


def test_unlabelled_comments_without_a_text_are_refused_before_anything_is_learnt(
    desk: Desk,
) -> None:
    enough = str(desk.data("enough.csv", ENOUGH))
    (desk.folder / "more.csv").write_text("comment\nslow\n", "utf-8")
    recipe = desk.recipe(distillation={"unlabelled": ["more.csv"]})
    assert "no column 'text'" in refused(desk, recipe, [enough])


def test_a_correction_with_a_theme_of_another_codebook_is_refused(desk: Desk) -> None:
    enough, again = desk.data("enough.csv", ENOUGH), desk.folder / "again.csv"
    again.write_text("text,themes\nslow 1,parking\n", "utf-8")
    sentence = refused(desk, desk.recipe(), [str(enough)], (str(again),))
    assert "again.csv row 2, column 'themes': codebook 'small' has no theme 'parking'" in sentence


def test_the_published_file_is_refused_for_a_codebook_without_its_themes(desk: Desk) -> None:
    recipe = desk.recipe({"id": "one", "codebook": "small.yaml", "data": {"format": "qdc"}})
    sentence = "has the themes of the codebook 'fft', not of 'small'"
    assert refused(desk, recipe, [str(desk.published(4))]).endswith(sentence)


def test_a_codebook_that_is_not_there_is_refused(desk: Desk) -> None:
    file = str(desk.data("mine.csv", 5))
    named = desk.recipe({"id": "one", "codebook": "none"})
    assert refused(desk, named, [file]).startswith("there is no codebook 'none'")
    beside = desk.recipe({"id": "one", "codebook": "none.yaml"})
    assert "none.yaml cannot be read" in refused(desk, beside, [file])


def test_a_crosswalk_from_a_codebook_that_is_not_learnt_is_refused(desk: Desk) -> None:
    part: dict[str, object] = {"id": "one", "codebook": "small.yaml", "crosswalks": ["fft"]}
    enough = str(desk.data("enough.csv", ENOUGH + 10))
    assert "from 'fft', which the recipe does not learn" in refused(
        desk, desk.recipe(part), [enough]
    )


def test_the_same_codebook_under_two_names_is_refused(desk: Desk) -> None:
    parts: list[dict[str, object]] = [
        {"id": name, "codebook": "small.yaml", "data": {"test_share": 0}}
        for name in ("one", "other")
    ]
    enough = desk.data("enough.csv", ENOUGH)
    data = [f"{name}={enough}" for name in ("one", "other")]
    assert refused(desk, desk.recipe(*parts), data).endswith("learns the codebook 'small' twice")


def test_an_output_that_exists_is_refused(desk: Desk) -> None:
    enough = str(desk.data("enough.csv", ENOUGH))
    with pytest.raises(TrainingError, match="exists already; choose another output folder"):
        run_recipe(desk.recipe(), desk.folder, [enough])


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--data", "third=x.csv"), "makes no artefact 'third', only one, other"),
        (("--data", "x.csv"), "say which x.csv is for, as ID=FILE"),
        (("--data", "one=x.csv", "--data", "one=y.csv"), "more than one file of data is given"),
        (("--corrections", "third=x.csv"), "makes no artefact 'third', only one, other"),
        ((), "names no data for 'one'; say where it is with --data"),
    ],
)
def test_the_command_refuses_with_one_sentence(
    desk: Desk, run: CommandLine, options: tuple[str, ...], sentence: str
) -> None:
    ended = run("train", desk.pair(), "--output", desk.folder / "out", *options)
    assert ended.status == 2
    assert sentence in ended.stderr
    assert ended.stderr.count("\n") == 1
    assert ended.stdout == ""


def test_the_command_takes_data_and_corrections_many_times(desk: Desk, run: CommandLine) -> None:
    files = [desk.data("enough.csv", ENOUGH), desk.data("few.csv", 3)]
    options = [f"--data={name}={file}" for name, file in zip(("one", "other"), files, strict=True)]
    for name in ("first.csv", "second.csv"):
        again = desk.folder / name
        again.write_text(f"text,themes\n{name},parking\n", "utf-8")
        options.append(f"--corrections=other={again}")
    ended = run("train", desk.pair(), "--output", desk.folder / "out", *options)
    assert (ended.status, ended.stdout) == (2, "")
    assert ended.stderr.startswith("5 distinct comments")


def test_a_recipe_that_cannot_be_read_is_refused_by_the_command(
    desk: Desk, run: CommandLine
) -> None:
    ended = run("train", desk.folder / "none.yaml", "--output", desk.folder / "out")
    assert (ended.status, ended.stdout) == (2, "")
    assert "none.yaml: cannot be read" in ended.stderr
    assert ended.stderr.count("\n") == 1
