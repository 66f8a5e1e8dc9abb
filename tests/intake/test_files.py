"""Files on this machine: bounded reading, odd paths, and names that are safe to show."""

import os
import threading

import numpy as np
import pytest
from PIL import Image

from galaxy_core.cutout import Origin
from galaxy_core.errors import IntakeError, TooLarge
from galaxy_core.intake import display_name, read_cutout, read_file
from galaxy_core.intake.limits import MAX_PICTURE_BYTES


@pytest.fixture
def picture(tmp_path):
    path = tmp_path / "ngc1.png"
    Image.new("RGB", (32, 32), (255, 0, 0)).save(path)
    return path


def test_a_file_is_the_same_cutout_as_its_bytes(picture):
    cutout, twin = read_file(picture), read_cutout(picture.read_bytes(), name="ngc1.png")
    np.testing.assert_array_equal(cutout.pixels, twin.pixels)
    assert cutout.provenance.origin is Origin.FILE
    assert cutout.name == "ngc1.png"
    assert cutout.provenance.sha256 == twin.provenance.sha256


def test_a_missing_file_says_so(tmp_path):
    with pytest.raises(IntakeError, match=r"^m51\.jpg cannot be read: there is no such file\.$"):
        read_file(tmp_path / "m51.jpg")


def test_a_folder_says_so(tmp_path):
    with pytest.raises(IntakeError, match="is a folder; a picture or FITS file is expected"):
        read_file(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(IntakeError, match="is no regular file"):
        read_file(tmp_path / "pipe")


def test_a_zero_byte_in_the_path_says_so(tmp_path):
    with pytest.raises(IntakeError, match="its path is not valid"):
        read_file(tmp_path / "a\0b.png")


def test_a_file_over_the_limit_is_not_read(tmp_path):
    path = tmp_path / "large.png"
    with path.open("wb") as file:
        file.truncate(MAX_PICTURE_BYTES + 1)
    with pytest.raises(TooLarge, match="at most 50 MB are read"):
        read_file(path)


def test_decoding_in_threads_gives_what_one_thread_gives(picture):
    data = picture.read_bytes()
    truth = read_cutout(data, name="a").pixels
    results = []

    def decode():
        results.extend(
            np.array_equal(read_cutout(data, name="a").pixels, truth) for _ in range(50)
        )

    threads = [threading.Thread(target=decode) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [True] * 400


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("m51.jpg", "m51.jpg"),
        ("../../etc/passwd", "passwd"),
        ("C:\\galaxies\\m51.jpg", "m51.jpg"),
        ("m\n51\r.jpg", "m 51 .jpg"),
        ("a\u202egpj.exe", "a gpj.exe"),
        ("\x1b[31mred", "[31mred"),
        ("galaxie spirale é.png", "galaxie spirale é.png"),
        ("\ud800.jpg", ".jpg"),
        ("", "unnamed"),
        ("..", "unnamed"),
        ("///", "unnamed"),
        ("\0\n", "unnamed"),
    ],
)
def test_display_name_holds_nothing_hidden(given, shown):
    assert display_name(given) == shown


def test_display_name_is_bounded_and_keeps_its_ending():
    shown = display_name("a" * 5000 + ".fits")
    assert len(shown) == 80
    assert display_name("b" * 200 + ".fits").endswith("b.fits")
