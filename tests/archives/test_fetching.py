"""Folders of galaxies that can be broken off and taken up, and fetching beside a page."""

import asyncio
import csv
import hashlib
import time

import pytest

from galaxy_core.archives import (
    Endpoints,
    FetchJob,
    FetchPlan,
    ImageFormat,
    Network,
    fetch_into,
    fetch_to_folder,
)
from galaxy_core.archives.fetching import file_name
from galaxy_core.archives.lists import read_list
from galaxy_core.errors import ArchiveError
from galaxy_core.settings import Settings
from tests.archives.conftest import QUICK
from tests.archives.fake_archives import FakeArchive, answer, drip, galaxy_jpeg, sky_server

WHERE = ("M51", "13:29:52.7 +30:11:43", "202.5, 47.2")


def network(url):
    return Network(Endpoints().using("skyserver", url), QUICK, seed=1)


def run(url, folder, targets=WHERE, *, data_dir, **options):
    seen = []
    progress = fetch_to_folder(
        FetchPlan(targets, size_arcsec=100.0, size_px=64, **options),
        folder,
        settings=Settings(data_dir),
        network=network(url),
        on_progress=seen.append,
    )
    return progress, seen


def lines_of(folder):
    with (folder / "provenance.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_pictures_and_provenance(tmp_path):
    with FakeArchive(sky_server) as server:
        progress, seen = run(server.url, tmp_path / "out", data_dir=tmp_path)
    assert (progress.total, progress.fetched, progress.failed) == (3, 3, 0)
    assert [report.done for report in seen] == [0, 1, 2, 3]
    assert progress.per_s > 0
    for line in lines_of(tmp_path / "out"):
        data = (tmp_path / "out" / line["file"]).read_bytes()
        assert data == galaxy_jpeg(64)
        assert line["sha256"] == hashlib.sha256(data).hexdigest()
        assert line["status"] == "fetched"
        assert (line["survey"], line["release"]) == ("SDSS", "DR18")
        assert float(line["pixel_scale_arcsec"]) == pytest.approx(100 / 64)
    assert {line["target"] for line in lines_of(tmp_path / "out")} == set(WHERE)


def test_names_of_a_list_with_positions_are_kept_in_the_provenance(tmp_path):
    listed = read_list("name,ra,dec\nVV 1,202.47,47.195\nMy 2nd,187.70,12.39\n")
    with FakeArchive(sky_server) as server:
        run(server.url, tmp_path / "out", data_dir=tmp_path, targets=listed)
    lines = sorted(lines_of(tmp_path / "out"), key=lambda line: line["name"])
    assert [line["name"] for line in lines] == ["My 2nd", "VV 1"]
    assert [float(line["ra_deg"]) for line in lines] == [187.7, 202.47]
    assert lines[1]["file"].startswith("VV_1_")


def test_a_second_run_goes_on_where_the_first_broke_off(tmp_path):
    out = tmp_path / "out"
    with FakeArchive(sky_server) as server:
        run(server.url, out, WHERE[:2], data_dir=tmp_path / "a")
        heard = len(server.heard)
        # One picture was damaged since, and the machine stopped in the middle of a line.
        damaged = file_name("M51", "sdss", ImageFormat.JPEG)
        (out / damaged).write_bytes(b"half")
        with (out / "provenance.csv").open("a") as file:
            file.write('"202.5, 4')
        progress, _ = run(server.url, out, data_dir=tmp_path / "b")
        assert len(server.heard) - heard == 2
    assert (progress.skipped, progress.fetched) == (1, 2)
    assert sorted(line["target"] for line in lines_of(out)) == sorted(WHERE)


def test_failures_are_written_down_and_tried_again(tmp_path):
    out = tmp_path / "out"
    with FakeArchive(lambda _: answer(b"", status="400 No")) as server:
        progress, _ = run(server.url, out, ("M51", "nowhere at all 5,5,5", "1 2 3"),
                          data_dir=tmp_path)  # fmt: skip
    assert progress.failed == 3
    errors = {line["target"]: line["error_type"] for line in lines_of(out)}
    assert errors["M51"] == "ArchiveUnavailable"
    assert errors["1 2 3"] == "NameNotResolved"
    with FakeArchive(sky_server) as server:
        progress, _ = run(server.url, out, ("M51",), data_dir=tmp_path)
    assert (progress.fetched, progress.skipped) == (1, 0)
    assert [line["status"] for line in lines_of(out)] == ["fetched"]


def test_a_target_written_twice_is_fetched_once(tmp_path):
    with FakeArchive(sky_server) as server:
        progress, _ = run(server.url, tmp_path / "o", ("M51", " M51 "), data_dir=tmp_path)
    assert progress.total == 1


def test_cancelling_keeps_what_is_there_and_leaves_no_socket(tmp_path):
    def script(heard):
        return answer(galaxy_jpeg(64)) if heard.number <= 2 else drip(galaxy_jpeg(64))

    async def main(server):
        plan = FetchPlan([f"{ra}, 30" for ra in range(140, 170)], size_arcsec=50, size_px=64)
        run_it = fetch_into(
            plan, tmp_path / "o", settings=Settings(tmp_path), network=network(server.url)
        )
        task = asyncio.create_task(run_it)
        while len(server.heard) < 6:
            await asyncio.sleep(0.02)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert server.client_sockets() == 0

    with FakeArchive(script) as server:
        asyncio.run(main(server))
    for line in lines_of(tmp_path / "o"):
        assert (tmp_path / "o" / line["file"]).exists()
    assert not list((tmp_path / "o").glob("*.tmp"))


def test_a_folder_with_another_csv_is_left_alone(tmp_path):
    (tmp_path / "provenance.csv").write_text("a,b\n1,2\n")
    refused = pytest.raises(ArchiveError, match="is no list of fetched galaxies")
    with FakeArchive(sky_server) as server, refused:
        run(server.url, tmp_path, data_dir=tmp_path)
    assert (tmp_path / "provenance.csv").read_text() == "a,b\n1,2\n"


@pytest.mark.parametrize("target", ["../../etc/passwd", "a/b\\c", "con", "", "…", "x" * 500, ".x"])
def test_file_names_are_safe(target):
    name = file_name(target, "hips:CDS/P/x", ImageFormat.JPEG)
    assert not set('/\\:*?"<>|') & set(name)
    assert not name.startswith(".")
    assert len(name) < 120
    assert name != file_name(target + "!", "hips:CDS/P/x", ImageFormat.JPEG)


# --- beside a page -------------------------------------------------------------------------


def test_a_job_runs_beside_and_shows_partial_results(tmp_path):
    def script(heard):
        return answer(galaxy_jpeg(256), after_s=0.0 if heard.number == 1 else 0.6)

    with FakeArchive(script) as server:
        job = FetchJob(["M51", "M63", "xx 1,2,3"], "sdss", settings=Settings(tmp_path),
                       network=network(server.url)).start()  # fmt: skip
        seen = []
        while (state := job.state).running:
            seen.append(len(state.found))
            time.sleep(0.02)
        state = job.wait(5)
        assert server.client_sockets() == 0
    assert seen[0] < 3
    assert (state.total, state.cancelled, state.error) == (3, False, None)
    found = {item.text: item for item in state.found}
    assert found["M51"].cutout.name == "M51"
    assert found["M51"].size_reason == "its catalogued major axis"
    assert isinstance(found["xx 1,2,3"].error, ArchiveError)


def test_a_cancelled_job_ends_soon_and_keeps_what_it_found(tmp_path):
    def script(heard):
        return answer(galaxy_jpeg(256)) if heard.number == 1 else drip(galaxy_jpeg(256))

    with FakeArchive(script) as server:
        job = FetchJob(["M51", "M63", "M64"], "sdss", settings=Settings(tmp_path),
                       network=network(server.url)).start()  # fmt: skip
        while not job.state.found:
            time.sleep(0.02)
        job.cancel()
        state = job.wait(10)
        assert server.client_sockets() == 0
    assert (state.running, state.cancelled) == (False, True)
    assert len(state.found) >= 1
    job.cancel()  # once more is no error


def test_a_job_for_no_survey_says_why(tmp_path):
    state = FetchJob(["M51"], "nope", settings=Settings(tmp_path)).start().wait(10)
    assert not state.running
    assert "No survey 'nope'" in str(state.error)
