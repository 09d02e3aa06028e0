import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
READS = "from models import load; print(load('fft').tag(['Waited for hours'])[0].status)"


def test_reading_a_comment_leaves_nothing_in_the_users_folder(tmp_path: Path) -> None:
    own = {name: value for name, value in os.environ.items() if not name.startswith("ORT_")}
    ended = subprocess.run(
        [sys.executable, "-c", READS],
        env=own | {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ended.stdout.strip() == "tagged"
    assert not list(tmp_path.rglob("*"))
