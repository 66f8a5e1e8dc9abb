"""What is seen on standard error when TensorFlow starts: nothing of it, everything of ours."""

import subprocess
import sys
from pathlib import Path

import pytest

from galaxy_core.cnn.tensorflow_start import _notes_left_out

ROOT = Path(__file__).parents[2]
NOTES = (
    "WARNING: All log messages before absl::InitializeLog() is called are written to STDERR\n"
    "I0000 00:00:1795684204.374376   31847 port.cc:153] oneDNN custom operations are on. You "
    "may see slightly different numerical results.\n"
)


def test_a_command_writes_its_lines_and_nothing_else(tmp_path):
    (tmp_path / "page.jpg").write_text("<html></html>")
    done = subprocess.run(
        [sys.executable, "-m", "galaxy_core", "classify", str(tmp_path / "page.jpg"), "--json"],
        cwd=ROOT,
        env={"PATH": ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    (line,) = done.stdout.splitlines()
    assert line.startswith("{")


def test_what_is_no_note_is_written_in_its_order(capfd):
    program = "import os; os.write(2, b'E0000 00:00:1.5 7 port.cc:1] disc full\\n')"
    with _notes_left_out():
        print("ours, before", file=sys.stderr, flush=True)
        subprocess.run([sys.executable, "-c", f"import os; os.write(2, {NOTES.encode()!r})"])
        subprocess.run([sys.executable, "-c", program])
    print("after", file=sys.stderr, flush=True)
    assert capfd.readouterr().err == (
        "ours, before\nE0000 00:00:1.5 7 port.cc:1] disc full\nafter\n"
    )


def _failing_import():
    with _notes_left_out():
        print("no such processor", file=sys.stderr, flush=True)
        raise ImportError


def test_what_was_written_before_a_failure_is_seen(capfd):
    with pytest.raises(ImportError):
        _failing_import()
    assert capfd.readouterr().err == "no such processor\n"
