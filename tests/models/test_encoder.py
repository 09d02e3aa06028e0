import gc
import shutil
from pathlib import Path
from weakref import WeakValueDictionary

import numpy as np
import pytest
from tokenizers import Tokenizer

from models import DamagedArtefactError, encoder, load, read_manifest
from models.artefact import SHARED
from models.encoder import GRAPH, TOKENIZER, Encoder
from models.encoding import CommentEncoder, EncodingLimits
from models.reading import Reading
from models.theme_head import ThemeHead

QUESTION = "What could we do better?"
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
    return empty


@pytest.fixture(scope="module")
def reader(tiny_artefact: Path) -> Encoder:
    return an_encoder(tiny_artefact)


def an_encoder(folder: Path, threads: int | None = None, sha256: str = "tiny") -> Encoder:
    return Encoder(
        graph=folder / GRAPH,
        tokenizer=folder / TOKENIZER,
        head=ThemeHead.load(folder),
        limits=limits_of(folder),
        sha256=sha256,
        threads=threads,
    )


def limits_of(folder: Path) -> EncodingLimits:
    manifest = read_manifest(folder)
    return EncodingLimits(manifest.question_tokens, manifest.window_tokens)


def assert_same(one: Reading, other: Reading) -> None:
    assert one.sentences == other.sentences
    assert np.array_equal(one.logits, other.logits)
    assert np.array_equal(one.polarity, other.polarity)
    assert np.array_equal(one.weights, other.weights)


def test_taggers_of_one_encoder_hold_it_once_and_let_it_go_together(
    tiny_artefact: Path, tmp_path: Path, graphs: WeakValueDictionary[str, object]
) -> None:
    (tmp_path / SHARED).mkdir()
    for name in ("fft", "uec"):
        shutil.copytree(tiny_artefact, tmp_path / name)
        for file in (GRAPH, TOKENIZER):
            (tmp_path / name / file).replace(tmp_path / SHARED / file)
    one = load(tmp_path / "fft")
    (kept,) = graphs.values()
    other = load(tmp_path / "uec")
    assert list(graphs) == [one.manifest.files[GRAPH]] == [other.manifest.files[GRAPH]]
    assert list(graphs.values()) == [kept]
    assert one.tag(TEXTS) == other.tag(TEXTS)
    del kept, one
    gc.collect()
    assert len(graphs) == 1
    del other
    gc.collect()
    assert len(graphs) == 0


def test_a_copy_of_the_encoder_in_each_artefact_is_held_once_too(
    tiny_artefact: Path, tmp_path: Path, graphs: WeakValueDictionary[str, object]
) -> None:
    taggers = [load(tiny_artefact), load(shutil.copytree(tiny_artefact, tmp_path / "copy"))]
    assert len(graphs) == 1
    assert taggers[0].tag(TEXTS) == taggers[1].tag(TEXTS)


def test_graphs_that_differ_are_held_apart(
    tiny_artefact: Path, graphs: WeakValueDictionary[str, object]
) -> None:
    encoders = [an_encoder(tiny_artefact, sha256=name) for name in ("one", "other")]
    assert len(graphs) == len(encoders)


def test_a_comment_has_a_state_for_each_token_of_each_of_its_windows(
    reader: Encoder, tiny_artefact: Path
) -> None:
    tokenizer = Tokenizer.from_file(str(tiny_artefact / TOKENIZER))
    comments = CommentEncoder(tokenizer, limits_of(tiny_artefact))
    together = reader.states(TEXTS, [QUESTION] * len(TEXTS))
    for text, states in zip(TEXTS, together, strict=True):
        windows = comments.windows(text, QUESTION)
        assert states.shape == (sum(len(window.ids) for window in windows), 32)
        assert states.dtype == np.float32
        assert np.array_equal(states, reader.states([text], [QUESTION])[0])


def test_a_comment_of_one_window_is_read_as_the_head_reads_it(
    reader: Encoder, tiny_artefact: Path
) -> None:
    (states,) = reader.states([TEXTS[1]], [QUESTION])
    read = ThemeHead.load(tiny_artefact).read(states)
    (reading,) = reader.read([TEXTS[1]], [QUESTION])
    assert np.array_equal(reading.logits, read.logits)
    assert np.array_equal(reading.polarity, read.polarity)
    assert [span.of(TEXTS[1]) for span in reading.sentences] == [
        "nurse number 3 was so kind.",
        "The car park was full for 20 minutes.",
    ]


@pytest.mark.parametrize("threads", [1, 4, None])
def test_comments_are_read_each_apart_from_the_others_on_any_number_of_threads(
    reader: Encoder, tiny_artefact: Path, threads: int | None
) -> None:
    texts = [*TEXTS, *reversed(TEXTS)]
    together = an_encoder(tiny_artefact, threads).read(texts, [QUESTION] * len(texts))
    for text, reading in zip(texts, together, strict=True):
        assert_same(reading, reader.read([text], [QUESTION])[0])


def test_no_comments_have_no_readings(reader: Encoder) -> None:
    assert reader.read([], []) == reader.states([], []) == []


@pytest.mark.parametrize("name", [GRAPH, TOKENIZER])
def test_a_file_that_cannot_be_read_is_told_by_its_name(
    tiny_artefact: Path, tmp_path: Path, graphs: WeakValueDictionary[str, object], name: str
) -> None:
    folder = Path(shutil.copytree(tiny_artefact, tmp_path / "copy"))
    head, limits = ThemeHead.load(folder), limits_of(folder)
    (folder / name).write_bytes(b"of others")
    with pytest.raises(DamagedArtefactError, match=name):
        Encoder(folder / GRAPH, folder / TOKENIZER, head, limits, "tiny")
    assert len(graphs) == 0
