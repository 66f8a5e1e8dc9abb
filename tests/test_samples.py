"""Every sample renders and can be linked to; a hostile folder costs only its own files."""

import os
import re
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from galaxy_core.cutout import Origin
from galaxy_core.errors import IntakeError, SampleNotFound
from galaxy_core.samples import (
    Expected,
    SampleKind,
    embedded_samples,
    folder_samples,
    load_sample,
)
from galaxy_core.simulate import GALLERY

SHARED = Path(__file__).parents[2] / "shared" / "galaxies"


@pytest.fixture
def folder(tmp_path):
    inside = tmp_path / "samples"
    inside.mkdir()
    return inside


def save_picture(path, value=120):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.full((32, 32, 3), value, dtype=np.uint8)).save(path, format="PNG")
    return path


# The table


@pytest.mark.parametrize("sample", embedded_samples(), ids=lambda sample: sample.key)
def test_every_sample_renders_and_is_described(sample):
    cutout = load_sample(sample.key)
    assert cutout.pixels.shape == (256, 256, 3)
    assert cutout.provenance.origin is Origin.SIMULATED
    assert cutout.name == sample.title
    assert re.fullmatch("[a-z0-9-]+", sample.key)
    assert sample.description.endswith(".")
    assert 30 < len(sample.description) < 120
    brightest = cutout.pixels.max(axis=2)
    assert brightest.max() > 0.7
    assert np.median(brightest[:16]) < 0.15  # the sky is dark


def test_keys_are_unique_and_each_has_its_scene():
    keys = [sample.key for sample in embedded_samples()]
    assert len(set(keys)) == len(keys)
    assert set(keys) == set(GALLERY)


def test_what_a_newcomer_wants_to_try_is_there():
    kinds = {sample.kind for sample in embedded_samples()}
    assert kinds == set(SampleKind) - {SampleKind.PICTURE}
    expected = [sample.expected for sample in embedded_samples()]
    assert expected.count(Expected.SPIRAL) >= 4
    assert Expected.ELLIPTICAL in expected
    assert Expected.NONE in expected


def test_all_samples_together_render_within_a_breath():
    start = time.process_time()
    for sample in embedded_samples():
        load_sample(sample.key)
    # Measured 0.5 s; the rest is for slow machines.
    assert time.process_time() - start < 4.0


@pytest.mark.parametrize("key", ["", "no-such", "folder-x-00000000", "../../etc/passwd", "a\nb"])
def test_an_unknown_key_is_refused_in_one_line(key, folder):
    with pytest.raises(SampleNotFound) as caught:
        load_sample(key, samples_dir=folder)
    assert str(caught.value).startswith("There is no sample called ")
    assert "\n" not in str(caught.value)


# A folder of pictures


def test_an_empty_folder_gives_nothing_and_complains_of_nothing(folder):
    assert folder_samples(folder) == type(folder_samples(folder))((), ())


def test_pictures_are_listed_by_name_and_can_be_loaded(folder):
    for name in ("b.png", "a.JPG", "NGC 4565 (edge-on).png"):
        save_picture(folder / name)
    (folder / "notes.txt").write_text("no picture")
    (folder / "deeper.png").mkdir()
    found = folder_samples(folder)
    assert [sample.title for sample in found.samples] == ["NGC 4565 (edge-on)", "a", "b"]
    assert found.skipped == ("deeper.png is left out: it is no regular file.",)
    for sample in found.samples:
        assert re.fullmatch("folder-[a-z0-9-]+", sample.key)
        assert sample.kind is SampleKind.PICTURE
        cutout = load_sample(sample.key, samples_dir=folder)
        assert cutout.provenance.origin is Origin.SAMPLE
        assert cutout.pixels.shape == (32, 32, 3)


def test_a_key_does_not_change_when_other_pictures_come(folder):
    save_picture(folder / "m51.png")
    before = folder_samples(folder).samples[0].key
    save_picture(folder / "a.png")
    save_picture(folder / "M51.png")
    keys = [sample.key for sample in folder_samples(folder).samples]
    assert before in keys
    assert len(set(keys)) == 3


@pytest.mark.parametrize(
    ("row", "expected", "words"),
    [
        ({"spiral": "1", "label": ""}, Expected.SPIRAL, "as a spiral"),
        ({"spiral": "0", "label": "spiral"}, Expected.ELLIPTICAL, "as an elliptical"),
        ({"spiral": "", "label": "Elliptical"}, Expected.ELLIPTICAL, "as an elliptical"),
        ({"spiral": "", "label": "irregular"}, Expected.NONE, "as neither"),
        ({"spiral": "", "label": ""}, Expected.NONE, "without a label"),
    ],
)
def test_labels_say_what_to_expect(folder, row, expected, words):
    save_picture(folder / "deep" / "er" / "x.png")
    (folder / "labels.csv").write_text(
        f"file,label,spiral\ndeep/er/x.png,{row['label']},{row['spiral']}\n"
    )
    (sample,) = folder_samples(folder).samples
    assert sample.expected is expected
    assert words in sample.description
    assert load_sample(sample.key, samples_dir=folder).name == "x.png"


def test_a_large_folder_is_spread_evenly_and_says_so(folder):
    for number in range(20):
        save_picture(folder / f"{number:02d}.png")
    found = folder_samples(folder, limit=5)
    assert [sample.title for sample in found.samples] == ["00", "04", "08", "12", "16"]
    assert found.skipped == (
        "The folder of samples holds 20 pictures; 5 of them, evenly spread, are shown.",
    )
    hidden = folder_samples(folder).samples[1]
    assert load_sample(hidden.key, samples_dir=folder).name == "01.png"


def test_files_that_are_no_pictures_are_passed_over_by_name(folder):
    save_picture(folder / "good.png")
    (folder / "page.jpg").write_bytes(b"<!doctype html><html><body>hi</body></html>")
    (folder / "empty.png").write_bytes(b"")
    os.mkfifo(folder / "pipe.png")
    found = folder_samples(folder)
    assert [sample.title for sample in found.samples] == ["good"]
    assert found.skipped == (
        "empty.png is left out: it is empty.",
        "page.jpg is left out: it is an HTML page.",
        "pipe.png is left out: it is no regular file.",
    )


def test_a_truncated_picture_fails_alone_when_it_is_loaded(folder):
    whole = save_picture(folder / "whole.png").read_bytes()
    (folder / "broken.png").write_bytes(whole[:40])
    broken, good = folder_samples(folder).samples
    assert load_sample(good.key, samples_dir=folder)
    with pytest.raises(IntakeError, match=r"broken\.png"):
        load_sample(broken.key, samples_dir=folder)


def test_links_and_labels_that_lead_out_of_the_folder_are_not_followed(folder, tmp_path):
    secret = save_picture(tmp_path / "secret.png")
    (folder / "link.png").symlink_to(secret)
    (folder / "loop.png").symlink_to("loop.png")
    (folder / "way").symlink_to(tmp_path)
    save_picture(folder / "here.png")
    (folder / "alias.png").symlink_to("here.png")
    names = ["../secret.png", str(secret), "way/secret.png", "gone.png", "a\0b.png"]
    (folder / "labels.csv").write_text("file,spiral\n" + "".join(f"{n},1\n" for n in names))
    found = folder_samples(folder)
    assert [sample.title for sample in found.samples] == ["alias", "here"]
    outside = [line for line in found.skipped if "outside the folder" in line]
    assert len(outside) == 4
    assert "gone.png is left out: there is no such file." in found.skipped
    assert any(line.startswith("loop.png is left out") for line in found.skipped)


def test_a_key_cannot_open_what_the_list_leaves_out(folder, tmp_path):
    link = folder / "picture.png"
    save_picture(link)
    key = folder_samples(folder).samples[0].key
    link.unlink()
    link.symlink_to(save_picture(tmp_path / "secret.png"))
    with pytest.raises(SampleNotFound):
        load_sample(key, samples_dir=folder)


def test_hostile_names_become_plain_titles(folder):
    save_picture(folder / "line\nbreak\u202e.png")
    save_picture(folder / "🌀.png")
    save_picture(folder / ("x" * 200 + ".png"))
    for sample in folder_samples(folder).samples:
        assert sample.title.isprintable()
        assert len(sample.title) <= 80
        assert re.fullmatch("[a-z0-9-]{1,80}", sample.key)
        assert load_sample(sample.key, samples_dir=folder)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"word,spiral\nx,1\n", "needs a column that names the pictures"),
        (b"", "needs a column that names the pictures"),
        (b"\xff\xfe\x00\x01", "left out"),
        (b'file,label\n"' + b"x" * 200_000, "field larger than field limit"),
    ],
)
def test_unreadable_labels_are_reported_and_the_pictures_still_shown(folder, content, says):
    save_picture(folder / "good.png")
    (folder / "labels.csv").write_bytes(content)
    found = folder_samples(folder)
    assert [sample.title for sample in found.samples] == ["good"]
    assert len(found.skipped) == 1
    assert says in found.skipped[0]


def test_labels_outside_the_folder_are_not_read(folder, tmp_path):
    save_picture(folder / "good.png")
    (tmp_path / "labels.csv").write_text("file,spiral\ngood.png,1\n")
    (folder / "labels.csv").symlink_to(tmp_path / "labels.csv")
    found = folder_samples(folder)
    assert found.samples[0].expected is Expected.NONE
    assert found.skipped == ("labels.csv is left out: it lies outside the folder.",)


def test_a_folder_that_vanished_is_reported(tmp_path):
    found = folder_samples(tmp_path / "gone")
    assert found.samples == ()
    assert found.skipped == ("The folder of samples cannot be read: No such file or directory.",)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the real galaxies are not beside this checkout")
def test_the_real_galaxies_list_and_load():
    found = folder_samples(SHARED, limit=10)
    assert len(found.samples) == 10
    assert {sample.expected for sample in found.samples} >= {Expected.SPIRAL, Expected.ELLIPTICAL}
    assert load_sample(found.samples[0].key, samples_dir=SHARED).height_px > 100
