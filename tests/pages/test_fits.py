"""FITS on the classify page: bands, stretch, parts of a field, as a script sees it."""

import io
import re

import numpy as np
import pytest
from astropy.io import fits
from astropy.wcs import WCS

from galaxy_core.intake.fits_reader import FitsReader
from pages.shared import caches
from pages.shared.fits_look import FitsLook, adjusted
from pages.shared.results import uploaded
from tests.pages import conftest


def words(page):
    return conftest.words(page).replace("\\", "")  # Markdown's escapes


def fits_file(name="m.fits", *, bands="gri", side=96, with_wcs=True):
    """Return an upload: one unit a band, a disc of its own brightness in each, on noise."""
    y, x = np.mgrid[:side, :side] - side / 2
    header = fits.Header()
    if with_wcs:
        wcs = WCS(naxis=2)
        wcs.wcs.ctype = "RA---TAN", "DEC--TAN"
        wcs.wcs.crval = 150.0, 20.0
        wcs.wcs.crpix = side / 2, side / 2
        wcs.wcs.cdelt = -0.5 / 3600, 0.5 / 3600
        header = wcs.to_header()
    units = [fits.PrimaryHDU()]
    for number, band in enumerate(bands):
        light = (number + 1) * 100 * np.exp(-np.hypot(x, y * 1.3) / (side / 12))
        noise = np.random.default_rng(number).normal(5, 1, (side, side))
        unit = fits.ImageHDU((light + noise).astype(np.float32), header)
        unit.header["FILTER"] = band
        units.append(unit)
    buffer = io.BytesIO()
    fits.HDUList(units).writeto(buffer)
    return (name, buffer.getvalue(), "application/fits")


@pytest.fixture
def opened(app):
    """Return a page with an upload opened."""

    def opens(**options):
        page = app()
        return page.file_uploader[0].set_value([fits_file(**options)]).run()

    return opens


def test_mask_of_the_file_can_be_applied(app):
    _, data, _ = fits_file(bands="r")
    with fits.open(io.BytesIO(data)) as units:
        mask = np.zeros((96, 96), np.uint8)
        mask[40:60] = 1
        units.append(fits.ImageHDU(mask, name="MASK"))
        buffer = io.BytesIO()
        units.writeto(buffer)
    page = app()
    page.file_uploader[0].set_value([("m.fits", buffer.getvalue(), "application/fits")]).run()
    before = network_input(page)
    chooser = page.selectbox(key="fits.mask")
    assert chooser.options == ["none", "2 MASK · 96 × 96"]
    chooser.select_index(1).run()
    assert not page.exception
    assert "Pixels without a number, taken as sky: 1,920." in words(page)
    assert network_input(page) != before


def network_input(page):
    return next(
        e.proto.body for e in page.get("html") if "pixels that the network sees" in e.proto.body
    )


def test_bands_are_guessed_by_wavelength_and_can_be_chosen(opened):
    page = opened()
    assert not page.exception
    shown = {c: page.selectbox(key=f"fits.{c}").value for c in ("red", "green", "blue")}
    assert [key.hdu for key in shown.values()] == [3, 2, 1]
    before = network_input(page)
    page.selectbox(key="fits.red").set_value(shown["blue"]).run()
    assert page.selectbox(key="fits.red").value.hdu == 1
    assert network_input(page) != before
    next(b for b in page.button if b.label == "As guessed").click().run()
    assert network_input(page) == before


def test_one_band_is_grey(opened):
    page = opened(bands="r")
    assert "1 · r · 96 × 96" in str(page.selectbox(key="fits.band").options)


def test_stretch_moves_the_network_input(opened):
    page = opened()
    before = network_input(page)
    page.slider(key="fits.faintness").set_value(1.0).run()
    assert not page.exception
    assert network_input(page) != before
    assert "probability of spiral" in words(page)


def test_three_stretches_each_have_their_probability(opened):
    text = words(opened())
    for name in ("Linear", "Asinh", "Logarithmic"):
        assert f"**{name}**" in text
    assert text.count("waiting for the network") == 0


def test_part_is_cut_out_by_position(opened):
    page = opened()
    page.text_input(key="fits.where").set_value("150.0 20.0")
    page.number_input(key="fits.size").set_value(20.0)
    next(b for b in page.button if b.label == "Cut out").click().run()
    assert re.search(r"m\.fits · 4[0-3] × 4[0-3] px", words(page))  # rounding may take one more
    next(b for b in page.button if b.label == "Whole field").click().run()
    assert "m.fits · 96 × 96 px" in words(page)


def test_part_outside_the_field_is_said_and_the_field_stays(opened):
    page = opened()
    page.text_input(key="fits.where").set_value("10.0 -60.0")
    next(b for b in page.button if b.label == "Cut out").click().run()
    assert "Shown as guessed" in words(page)
    assert "m.fits · 96 × 96 px" in words(page)


def test_without_coordinates_it_says_so_and_goes_on_in_pixels(opened):
    page = opened(with_wcs=False)
    assert "states no sky coordinates; sizes are in pixels" in words(page)
    assert not [i for i in page.text_input if i.key == "fits.where"]
    assert "probability of spiral" in words(page)


def test_without_coordinates_a_part_is_cut_out_by_pixel(opened):
    page = opened(with_wcs=False)
    for key, value in (("fits.x", 49), ("fits.y", 30), ("fits.px", 40)):
        page.number_input(key=key).set_value(value)
    next(b for b in page.button if b.label == "Cut out").click().run()
    assert "m.fits · 41 × 41 px" in words(page)
    next(b for b in page.button if b.label == "Whole field").click().run()
    assert "m.fits · 96 × 96 px" in words(page)


def test_part_of_an_averaged_field_comes_at_full_resolution(opened, monkeypatch):
    monkeypatch.setattr(caches, "FITS_PIXELS", 56 * 56)
    page = opened(with_wcs=False, side=112)  # a file of its own: what was read stays cached
    assert "m.fits · 56 × 56 px" in words(page)
    assert "Averaged down in blocks of 2 × 2 pixels" in words(page)
    page.number_input(key="fits.px").set_value(30)  # of the file
    next(b for b in page.button if b.label == "Cut out").click().run()
    assert "m.fits · 31 × 31 px" in words(page)
    assert "Averaged down" not in words(page)


def test_files_of_one_band_each_become_one_colour_picture_if_wished(app):
    page = app()
    files = [fits_file(f"{band}.fits", bands=band) for band in "rgi"]
    page.file_uploader[0].set_value(files).run()
    assert len(page.dataframe[0].value) == 3
    assert "r.fits · 96 × 96 px" in words(page)
    grey = network_input(page)
    page.toggle(key="fits.as one").set_value(True).run()
    assert not page.exception
    assert "r.fits + g.fits + i.fits · 96 × 96 px" in words(page)
    shown = {c: page.selectbox(key=f"fits.{c}").value for c in ("red", "green", "blue")}
    assert [key.plane for key in shown.values()] == [2, 0, 1]
    assert network_input(page) != grey
    page.slider(key="fits.faintness").set_value(0.5).run()
    assert "probability of spiral" in words(page)
    page.toggle(key="fits.as one").set_value(False).run()
    assert network_input(page) == grey


def test_files_that_make_no_colour_picture_say_why(app):
    page = app()
    files = [fits_file("g.fits", bands="g"), fits_file("r.fits", bands="r", side=80)]
    page.file_uploader[0].set_value(files).run()
    assert "make no colour picture. Bands of one picture must have one size" in words(page)
    assert not [toggle for toggle in page.toggle if toggle.key == "fits.as one"]


def test_list_of_uploads_is_read_by_the_reader_that_is_given():
    read = []

    class Recording(FitsReader):
        def open(self, source, *, name):
            read.append(name)
            return super().open(source, name=name)

    class Upload:
        def __init__(self, name, data, _):
            self.name, self.file_id, self._data = name, name, data

        def getvalue(self):
            return self._data

    files = [Upload(*fits_file("a.fits")), Upload(*fits_file("b.fits", bands="r"))]
    with Recording() as reader:
        cutouts = [one.read() for one in uploaded(files, reader)]
    assert read == [cutout.name for cutout in cutouts] == ["a.fits", "b.fits"]


def test_picture_that_is_no_fits_has_no_such_controls(app):
    page = app()
    page.file_uploader[0].set_value([conftest.galaxy_file()]).run()
    assert "bands and stretch" not in words(page)


def test_adjusted_stretch_is_the_guess_where_nothing_was_chosen():
    from galaxy_core.intake.colour import Stretch

    guess = Stretch(q=8.0, linear_range=30.0, black=(1.0, 2.0, 3.0), weight=(1.0, 2.0, 0.0))
    assert adjusted(guess, FitsLook()) == guess
    chosen = adjusted(guess, FitsLook(faintness=1.0, bend=2.0, black_sigma=2.0))
    assert (chosen.q, chosen.linear_range) == (2.0, pytest.approx(3.0))
    assert chosen.black == (3.0, 3.0, 3.0)  # 2 σ of noise 1, over each weight; none has no black
