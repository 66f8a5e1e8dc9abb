"""``fetch`` on the command line, against an archive on loopback."""

import csv
import io
import sys

import pytest

from galaxy_core import cli
from tests.archives.fake_archives import FakeArchive, sky_server


@pytest.fixture
def server(monkeypatch, tmp_path):
    monkeypatch.setenv("GALAXY_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv("SDSS_API_KEY", raising=False)
    with FakeArchive(sky_server) as archive:
        monkeypatch.setenv("ASTRO_DB_HOST", archive.url)
        yield archive


def lines_of(folder):
    with (folder / "provenance.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_names_and_positions_become_a_folder_with_provenance(server, tmp_path, capsys):
    out = tmp_path / "out"
    assert cli.main(["fetch", "M51", "202.5, 47.2", "--out", str(out), "--pixels", "64"]) == 0
    lines = lines_of(out)
    assert {line["target"] for line in lines} == {"M51", "202.5, 47.2"}
    assert all((out / line["file"]).stat().st_size for line in lines)
    printed = capsys.readouterr()
    assert "2 fetched, 0 there already, 0 failed" in printed.out
    assert "2/2, " in printed.err
    assert "/s, 0 failed" in printed.err


def test_a_failure_costs_its_own_line_and_status_1(server, tmp_path, capsys):
    out = tmp_path / "out"
    assert cli.main(["fetch", "M51", "10.0 -60.0", "--out", str(out), "--size", "200"]) == 1
    status = {line["target"]: line["error_type"] for line in lines_of(out)}
    assert status == {"M51": "", "10.0 -60.0": "NotInFootprint"}
    assert "1 failed  10.0 -60.0: NotInFootprint: " in capsys.readouterr().err.replace("/s, ", "")


def test_a_second_run_goes_on(server, tmp_path, capsys):
    out = tmp_path / "out"
    table = tmp_path / "list.csv"
    table.write_text("name,note\nM51,a\nM63,b\n")
    assert cli.main(["fetch", "M51", "--out", str(out)]) == 0
    heard = len(server.heard)
    assert cli.main(["fetch", "--list", str(table), "--out", str(out)]) == 0
    assert len(server.heard) == heard + 1
    assert "1 fetched, 1 there already" in capsys.readouterr().out


def test_a_file_among_the_targets_is_read_as_a_list(server, tmp_path, monkeypatch):
    (tmp_path / "mine.csv").write_text("name\nM51\nM63\n")
    (tmp_path / "M64").write_text("no list: a galaxy's name comes first")
    monkeypatch.chdir(tmp_path)
    assert cli.main(["fetch", "mine.csv", "M64", "--out", str(tmp_path / "out")]) == 0
    assert {line["target"] for line in lines_of(tmp_path / "out")} == {"M51", "M63", "M64"}


def test_list_from_standard_input(server, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"# mine\nM51\n")))
    assert cli.main(["fetch", "--list", "-", "--out", str(tmp_path / "out")]) == 0
    assert [line["target"] for line in lines_of(tmp_path / "out")] == ["M51"]


def test_nothing_to_fetch_is_wrong_usage(server, tmp_path, capsys):
    assert cli.main(["fetch", "--out", str(tmp_path)]) == 2
    assert "Nothing to fetch" in capsys.readouterr().err


def test_unreadable_list_and_unknown_survey_are_one_sentence(server, tmp_path, capsys):
    missing = tmp_path / "none.csv"
    assert cli.main(["fetch", "--list", str(missing), "--out", str(tmp_path / "o")]) == 1
    assert "none.csv cannot be read: No such file" in capsys.readouterr().err
    assert cli.main(["fetch", "M51", "--survey", "nope", "--out", str(tmp_path / "o")]) == 1
    assert "No survey 'nope'" in capsys.readouterr().err
    assert server.heard == []
