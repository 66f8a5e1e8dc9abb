"""The pure modules below the pages: caches' bounds, loading, exports, figures."""

import asyncio
import csv
import io
import json
import platform
import threading
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import ImageFont

from galaxy_core.cnn.answer import Answer
from galaxy_core.cnn.pipeline import FileAnswer
from galaxy_core.cnn.verdict import Verdict
from galaxy_core.cutout import Cutout, Origin, Provenance
from galaxy_core.errors import ModelRefused, NotAnImage
from galaxy_core.framing import Framing
from pages.shared import export, figures, memory
from pages.shared.networks import Networks
from pages.shared.panels.table import shown_cells
from pages.shared.recent import RecentCutouts
from pages.shared.results import ResultRow
from pages.shared.widgets import plain


def cutout(side: int) -> Cutout:
    pixels = np.zeros((side, side, 3), dtype=np.float32)
    return Cutout(pixels, Provenance(Origin.UPLOAD, "x"))


def stored(name: str):
    return SimpleNamespace(card=SimpleNamespace(name=name, weights_sha256=name, created_utc=""))


def test_recent_cutouts_are_bounded_by_bytes_and_the_oldest_goes():
    recent, made = RecentCutouts(limit_bytes=3 * 8 * 8 * 3 * 4), []

    def get(key):
        return recent.get(key, lambda: made.append(key) or cutout(8))

    for key in "abc":
        get(key)
    get("a")
    get("d")  # b is the one used longest ago
    get("a")
    get("b")
    assert made == list("abcdb")


def test_newest_cutout_is_kept_even_if_it_alone_is_above_the_limit():
    recent, made = RecentCutouts(limit_bytes=100), []
    for key in ("big", "big", "other", "big"):
        recent.get(key, lambda key=key: made.append(key) or cutout(64))
    assert made == ["big", "other", "big"]


def test_cutout_larger_than_the_largest_is_made_anew_each_time():
    recent, made = RecentCutouts(largest_bytes=100), []
    for _ in range(2):
        recent.get("big", lambda: made.append(1) or cutout(64))
    assert len(made) == 2


def test_network_is_loaded_once_and_off_the_asking_thread():
    threads = []

    def load(entry):
        threads.append(threading.current_thread())
        return entry

    networks = Networks(load=load)
    first, again = networks.request(stored("a")), networks.request(stored("a"))
    assert first is again
    first.result(timeout=10)
    assert threads != [threading.current_thread()]
    assert len(threads) == 1


def test_networks_kept_are_bounded():
    loaded = []
    networks = Networks(load=lambda entry: loaded.append(entry.card.name), most=2)
    for name in ("a", "b", "c", "a"):
        networks.request(stored(name)).result(timeout=10)
    assert loaded == ["a", "b", "c", "a"]


def test_network_that_failed_is_tried_again_only_when_asked():
    tries = []

    def load(entry):
        tries.append(1)
        raise ModelRefused("no")

    networks = Networks(load=load)
    for _ in range(2):
        with pytest.raises(ModelRefused):
            networks.request(stored("a")).result(timeout=10)
    assert len(tries) == 1
    networks.forget_failures()
    with pytest.raises(ModelRefused):
        networks.request(stored("a")).result(timeout=10)
    assert len(tries) == 2


LINES = [
    FileAnswer(
        "=cmd|'/c calc'!A1.png",
        "teaching",
        Answer(-2.5, 0.08, (0.08,) * 8, Verdict.ELLIPTICAL),
        ("one.", "two."),
    ),
    FileAnswer("ok.png", "teaching", None, error=NotAnImage("ok.png is no image.")),
]


def test_csv_has_the_fields_of_the_command_line_and_no_formula():
    text = export.to_csv(LINES).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert list(rows[0]) == list(LINES[0].to_json())
    assert rows[0]["path"].startswith("'=")
    assert float(rows[0]["logit"]) == -2.5
    assert rows[0]["warnings"] == "one. two."
    assert rows[1]["error"] == "NotAnImage: ok.png is no image."
    assert rows[1]["probability_spiral"] == ""


def test_json_holds_the_objects_of_the_command_line():
    assert json.loads(export.to_json(LINES)) == [line.to_json() for line in LINES]


def test_where_an_archive_gave_a_picture_its_url_is_told():
    urls = ["https://skyserver.sdss.org/x?ra=1", ""]
    rows = list(csv.DictReader(io.StringIO(export.to_csv(LINES, urls).decode("utf-8-sig"))))
    assert [row["url"] for row in rows] == urls
    assert [one["url"] for one in json.loads(export.to_json(LINES, urls))] == urls
    assert "url" not in export.to_csv(LINES, ["", ""]).decode().splitlines()[0]


def test_stage_shows_picture_and_square_whole():
    framing = Framing(49.5, 9.5, 30.0, (0.0, 0.0, 0.0), 20.0)  # reaches 20 px out on the left
    stage = figures.stage(100, 100, framing)
    assert (stage.left_px, stage.width_px) == (-20.0, 120.0)
    assert stage.picture.left == pytest.approx(20 / 120)
    assert stage.square.left == 0.0
    assert stage.square.width == pytest.approx(60 / 120)
    assert stage.square.top == pytest.approx(0.2)
    assert stage.reaches_beyond_picture


def test_stage_of_a_square_inside_the_picture_is_the_picture():
    stage = figures.stage(100, 60, Framing(29.5, 49.5, 30.0, (0.0, 0.0, 0.0), 20.0))
    assert (stage.picture.width, stage.picture.height) == (1.0, 1.0)
    assert not stage.reaches_beyond_picture


def test_strangers_text_is_no_markdown():
    assert plain("[x](http://y) **b** :red[a]") == (r"\[x\]\(http\://y\) \*\*b\*\* \:red\[a\]")


def test_table_sorts_by_the_exact_probability_and_shows_it_in_whole_percent():
    def row(name, probability):
        answer = Answer(7.0, probability, (probability,) * 8, Verdict.SPIRAL)
        return ResultRow(name, "", FileAnswer(name, "teaching", answer))

    unread = ResultRow("x", "", FileAnswer("x", "teaching", None, error=NotAnImage("No image.")))
    styled = shown_cells([row("b", 0.99995), row("a", 0.99991), row("c", 0.9962), unread])
    by_probability = styled.data.sort_values("Spiral", ascending=False)
    assert list(by_probability["Name"]) == ["b", "a", "c", "x"]
    assert list(styled.data["Spiral"])[:3] == [0.99995, 0.99991, 0.9962]
    page = styled.to_html()
    assert page.count("> 99.9 %</td>") == 2 + 2  # the value, and the spread of its views
    assert list(styled.data["Over 8 views"]) == ["> 99.9 %", "> 99.9 %", "99 %", ""]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("elliptical −0.0066", "elliptical -0.0066"),
        ("Galaxie d’été · 星.jpg…", "Galaxie d'ete · ?.jpg..."),
    ],
)
def test_what_is_written_into_a_picture_has_a_glyph_for_each_letter(text, written):
    assert export.writable(text) == written
    font = ImageFont.load_default(15)
    box = bytes(font.getmask("\ufffe"))  # what the font draws for a letter that it has not
    assert all(bytes(font.getmask(letter)) != box for letter in written)


def test_freed_memory_goes_back_to_the_system_where_the_c_library_is_glibc():
    is_glibc = platform.libc_ver()[0] == "glibc"
    assert memory.share_arenas() is is_glibc
    assert (asyncio.run(memory.give_back()) is not None) is is_glibc
