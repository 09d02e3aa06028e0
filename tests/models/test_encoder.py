import gc
import shutil
from collections.abc import Sequence
from pathlib import Path
from weakref import WeakValueDictionary

import numpy as np
import pytest
from tokenizers import Tokenizer

from models import DamagedArtefactError, encoder, load, read_manifest
from models.artefact import EMBEDDINGS, GRAPH, QUICK_GRAPH, SHARED, TOKENIZER
from models.encoder import BUDGET, Encoder, mean_state
from models.encoding import CommentEncoder, EncodingLimits, Window
from models.reading import Reading
from models.theme_head import ThemeHead

QUESTION = "What could we do better?"
GRAPHS = (GRAPH, QUICK_GRAPH)
TEXTS = (
    "waited 5 hours to be seen",
    "nurse number 3 was so kind. The car park was full for 20 minutes.",
    "zzz",
    "a wait of 9 hours is too long. " * 30 + "and no parking within 2 miles",
)


@pytest.fixture
def graphs(monkeypatch: pytest.MonkeyPatch) -> WeakValueDictionary[str, object]:
    """The graphs in use, those of the session's other taggers aside."""
    empty: WeakValueDictionary[str, object] = WeakValueDictionary()
    monkeypatch.setattr(encoder, "_graphs", empty)
    monkeypatch.setattr(encoder, "_embeddings", WeakValueDictionary())
    return empty


@pytest.fixture(scope="module")
def reader(tiny_artefact: Path) -> Encoder:
    return an_encoder(tiny_artefact)


def an_encoder(folder: Path, threads: int | None = None, sha256: str = "tiny") -> Encoder:
    return Encoder(
        graph=folder / GRAPH,
        embeddings=folder / EMBEDDINGS,
        head=ThemeHead.load(folder),
        sha256=(sha256, sha256),
        threads=threads,
    )


@pytest.fixture(scope="module")
def comments(tiny_artefact: Path) -> CommentEncoder:
    manifest = read_manifest(tiny_artefact)
    limits = EncodingLimits(manifest.question_tokens, manifest.window_tokens)
    return CommentEncoder(Tokenizer.from_file(str(tiny_artefact / TOKENIZER)), limits)


def windows_of(comments: CommentEncoder, texts: Sequence[str]) -> list[list[Window]]:
    return comments.windows_of(texts, [QUESTION] * len(texts))


def assert_same(one: Reading, other: Reading) -> None:
    assert one.sentences == other.sentences
    # the head multiplies all tokens of a run at once, whose number may turn a last digit
    assert one.logits == pytest.approx(other.logits, abs=1e-5)
    assert one.polarity == pytest.approx(other.polarity, abs=1e-5)
    for theme in range(len(one.logits)):
        assert one.weights(theme) == pytest.approx(other.weights(theme), abs=1e-5)


def test_taggers_of_one_encoder_hold_it_once_and_let_it_go_together(
    tiny_artefact: Path, tmp_path: Path, graphs: WeakValueDictionary[str, object]
) -> None:
    (tmp_path / SHARED).mkdir()
    for name in ("fft", "uec"):
        shutil.copytree(tiny_artefact, tmp_path / name)
        for file in (GRAPH, EMBEDDINGS, TOKENIZER):
            (tmp_path / name / file).replace(tmp_path / SHARED / file)
    one = load(tmp_path / "fft")
    kept = list(graphs.values())
    other = load(tmp_path / "uec")
    assert set(graphs) == {one.manifest.files[name] for name in GRAPHS}
    assert list(graphs.values()) == kept
    assert one.tag(TEXTS) == other.tag(TEXTS)
    del kept, one
    gc.collect()
    assert len(graphs) == len(GRAPHS)
    del other
    gc.collect()
    assert len(graphs) == 0


def test_a_copy_of_the_encoder_in_each_artefact_is_held_once_too(
    tiny_artefact: Path, tmp_path: Path, graphs: WeakValueDictionary[str, object]
) -> None:
    taggers = [load(tiny_artefact), load(shutil.copytree(tiny_artefact, tmp_path / "copy"))]
    assert len(graphs) == len(GRAPHS)
    assert len(encoder._embeddings) == 1
    assert taggers[0].tag(TEXTS) == taggers[1].tag(TEXTS)


def test_graphs_that_differ_are_held_apart(
    tiny_artefact: Path, graphs: WeakValueDictionary[str, object]
) -> None:
    encoders = [an_encoder(tiny_artefact, sha256=name) for name in ("one", "other")]
    assert len(graphs) == len(encoders)


def test_a_comment_has_a_state_for_each_token_of_each_of_its_windows(
    reader: Encoder, comments: CommentEncoder
) -> None:
    together = reader.states(windows_of(comments, TEXTS))
    for text, states in zip(TEXTS, together, strict=True):
        (windows,) = windows_of(comments, [text])
        assert states.shape == (sum(len(window.ids) for window in windows), 32)
        assert states.dtype == np.float32
        assert np.array_equal(states, reader.states([windows])[0])


def test_a_comment_of_one_window_is_read_as_the_head_reads_it(
    reader: Encoder, comments: CommentEncoder, tiny_artefact: Path
) -> None:
    windows = windows_of(comments, [TEXTS[1]])
    (states,) = reader.states(windows)
    read = ThemeHead.load(tiny_artefact).read(states)
    (reading,) = reader.read([TEXTS[1]], windows)
    assert np.array_equal(reading.logits, read.logits)
    assert np.array_equal(reading.polarity, read.polarity)
    assert np.allclose(reading.state, mean_state(states), atol=1e-6)
    assert [span.of(TEXTS[1]) for span in reading.sentences] == [
        "nurse number 3 was so kind.",
        "The car park was full for 20 minutes.",
    ]


@pytest.mark.parametrize("threads", [1, 4, None])
def test_comments_are_read_each_apart_from_the_others_on_any_number_of_threads(
    reader: Encoder, comments: CommentEncoder, tiny_artefact: Path, threads: int | None
) -> None:
    texts = [*TEXTS, *reversed(TEXTS)]
    encoder = an_encoder(tiny_artefact, threads)
    for text, reading in zip(texts, encoder.read(texts, windows_of(comments, texts)), strict=True):
        assert_same(reading, reader.read([text], windows_of(comments, [text]))[0])


def test_so_many_comments_of_one_length_that_they_take_several_runs_are_all_read(
    reader: Encoder, comments: CommentEncoder
) -> None:
    texts = [f"waited {n % 7 + 2} hours to be seen" for n in range(BUDGET // 5)]
    readings = reader.read(texts, windows_of(comments, texts))
    assert len(readings) == len(texts)
    for text, reading in zip(texts, readings, strict=True):
        assert reading.text == text
        assert_same(reading, readings[texts.index(text)])


def test_no_comments_have_no_readings(reader: Encoder) -> None:
    assert reader.read([], []) == reader.states([]) == []


@pytest.mark.parametrize("name", [GRAPH, EMBEDDINGS])
def test_a_file_that_cannot_be_read_is_told_by_its_name(
    tiny_artefact: Path, tmp_path: Path, graphs: WeakValueDictionary[str, object], name: str
) -> None:
    folder = Path(shutil.copytree(tiny_artefact, tmp_path / "copy"))
    (folder / name).write_bytes(b"of others")
    with pytest.raises(DamagedArtefactError, match=name):
        an_encoder(folder)
    assert len(graphs) == 0
