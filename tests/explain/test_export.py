"""Exports: what is written can be read back, lies where it should, and runs nothing."""

import io
import re
from html.parser import HTMLParser

import numpy as np
import pytest
from astropy.io import fits
from astropy.wcs import WCS
from PIL import Image

from galaxy_core.cnn.answer import answer_from_logits
from galaxy_core.cutout import Cutout, Origin, Provenance
from galaxy_core.explain.export import map_png, maps_npz
from galaxy_core.explain.export_fits import MapLabels, map_fits
from galaxy_core.explain.inspection import TargetClass
from galaxy_core.explain.methods import METHODS, explain
from galaxy_core.explain.paint import ELLIPTICAL_RGB, SPIRAL_RGB
from galaxy_core.explain.report import ReportContent, percent, report_html
from galaxy_core.explain.trust.assess import Case, trust_card
from galaxy_core.explain.trust.place import regions_from_masks
from galaxy_core.framing import Framing
from tests.explain.networks import galaxies, weighted_sum_network

NASTY = '<script>alert("x")</script> & "M51"'


@pytest.fixture(scope="module")
def network():
    return weighted_sum_network(np.ones((32, 32), np.float32) / 50)


@pytest.fixture(scope="module")
def explanation(network):
    return explain("grad_cam", network, galaxies(1, 32))


def sky_wcs() -> WCS:
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = ["RA---TAN", "DEC--TAN"]
    wcs.wcs.crval = [202.47, 47.2]
    wcs.wcs.crpix = [40.0, 60.0]
    angle = np.radians(25)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    # Row 0 at the top: declination falls with y where north is up.
    wcs.wcs.cd = 2e-4 * turn @ np.diag([-1.0, -1.0])
    return wcs


def test_fits_map_lies_where_the_cutout_does(explanation):
    framing = Framing(48.3, 61.7, 20.0, (0, 0, 0), 13.0)
    plane = explanation.on_input()[0]
    labels = MapLabels("grad_cam", "Conv", "it's é")
    data = map_fits(plane, framing, wcs=sky_wcs(), labels=labels)
    with fits.open(io.BytesIO(data)) as units:
        units.verify("exception")
        np.testing.assert_array_equal(units[0].data[::-1], plane)
        assert units[0].header["METHOD"] == "grad_cam"
        assert units[0].header["MODEL"] == "it's ?"
        assert (units[0].header["LAYER"], units[0].header["CLASS"]) == ("Conv", "both")
        found = WCS(units[0].header)
    for row, column in ((0, 0), (31, 31), (5, 20)):
        y = framing.centre_y_px + ((row + 0.5) / 32 * 2 - 1) * framing.half_size_px
        x = framing.centre_x_px + ((column + 0.5) / 32 * 2 - 1) * framing.half_size_px
        expected = sky_wcs().pixel_to_world(x, y)
        assert found.pixel_to_world(column, 31 - row).separation(expected).arcsec < 0.01


def test_fits_map_without_coordinates_has_none(explanation):
    data = map_fits(explanation.on_input()[0], Framing(5, 5, 5, (0, 0, 0), 3))
    header = fits.getheader(io.BytesIO(data))
    assert "CRVAL1" not in header
    assert len(data) % 2880 == 0


def test_png_and_npz_hold_the_map(explanation):
    inputs = galaxies(1, 32)
    image = Image.open(io.BytesIO(map_png(explanation, 0, inputs[0], scale=0, enlarge=2)))
    assert image.width == 64
    arrays = np.load(io.BytesIO(maps_npz(explanation, inputs)))
    np.testing.assert_array_equal(arrays["maps"], explanation.maps)
    np.testing.assert_array_equal(arrays["spiral"] - arrays["elliptical"], explanation.maps)
    assert str(arrays["method"]) == "grad_cam"
    read_me = str(arrays["read_me"])
    for key in arrays.files:
        assert key == "read_me" or key.removesuffix("_on_input") in read_me


@pytest.mark.parametrize("target", TargetClass)
def test_fits_and_npz_hold_the_map_of_the_chosen_class(network, target):
    found = explain("layer_cam", network, galaxies(1, 32))
    planes, reasons = found.on_input_for(target)
    assert planes.min() >= 0
    np.testing.assert_array_equal(planes, np.abs(found.shown_for(target)[0]))
    labels = MapLabels("layer_cam", found.layer, "m", target, reasons[0])
    with fits.open(
        io.BytesIO(map_fits(planes[0], Framing(5, 5, 5, (0, 0, 0), 3), labels=labels))
    ) as units:
        assert units[0].header["CLASS"] == target
        assert units[0].header["LAYER"] == found.layer
        np.testing.assert_array_equal(units[0].data[::-1], planes[0])
    arrays = np.load(io.BytesIO(maps_npz(found, galaxies(1, 32))))
    np.testing.assert_array_equal(arrays[f"{target}_on_input"], planes)


@pytest.mark.parametrize("target", [None, *TargetClass])
def test_png_ends_with_its_scale_on_white(target):
    """The bar's ends are the colours of the two classes, or black where it starts at 0."""
    halves = np.repeat(np.array([[-0.02, 0.02]], np.float32), 16, axis=1).repeat(32, axis=0)
    found = explain("layer_cam", weighted_sum_network(halves), galaxies(1, 32))
    data = map_png(found, 0, galaxies(1, 32)[0], scale=0, target=target, enlarge=8)
    strip = np.asarray(Image.open(io.BytesIO(data)))[32 * 8 :]
    assert (strip[0] == 255).all()
    left, right = strip[9, 6], strip[9, -7]
    expected = {
        None: (ELLIPTICAL_RGB, SPIRAL_RGB),
        TargetClass.SPIRAL: ((0, 0, 0), SPIRAL_RGB),
        TargetClass.ELLIPTICAL: (ELLIPTICAL_RGB, (0, 0, 0)),
    }[target]
    assert (tuple(left), tuple(right)) == expected
    assert strip[18:].min() < 100  # the numbers


def test_fits_says_unit_meaning_and_galaxy(explanation):
    plane, framing = explanation.on_input()[0], Framing(5, 5, 5, (0, 0, 0), 3)
    said = MapLabels("saliency", unit="logit / brightness", galaxy="M 51", signed=False)
    header = fits.getheader(io.BytesIO(map_fits(plane, framing, labels=said)))
    assert (header["OBJECT"], header["BUNIT"]) == ("M 51", "logit / brightness")
    assert "not for which class" in "".join(header["COMMENT"])


def test_fits_keeps_the_equinox_of_older_coordinates(explanation):
    old = sky_wcs()
    old.wcs.radesys, old.wcs.equinox = "FK4", 1950.0
    plane, framing = explanation.on_input()[0], Framing(5, 5, 5, (0, 0, 0), 3)
    header = fits.getheader(io.BytesIO(map_fits(plane, framing, wcs=old)))
    assert (header["RADESYS"], header["EQUINOX"]) == ("FK4", 1950.0)


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found, self.attributes = [], []

    def handle_starttag(self, tag, attrs):
        self.found.append(tag)
        self.attributes += attrs


@pytest.fixture(scope="module")
def html(network):
    picture = galaxies(1, 32)[0]
    galaxy = np.zeros((32, 32), bool)
    galaxy[8:24, 8:24] = True
    keys = ("grad_cam", "saliency", "edges", "layer_cam")
    case = Case(network, picture, regions=regions_from_masks(galaxy))
    cards = [trust_card(METHODS[key], case) for key in keys[:3]]
    cutout = Cutout(
        np.random.default_rng(0).random((50, 70, 3), dtype=np.float32),
        Provenance(Origin.UPLOAD, NASTY, sha256="ab" * 32, credit=NASTY),
        wcs=sky_wcs(),
        warnings=(NASTY,),
    )
    model = network.classifier.card
    return report_html(
        ReportContent(
            cutout=cutout,
            framing=Framing(25, 35, 20, (0, 0, 0), 13),
            picture=picture,
            answer=answer_from_logits(np.array([12.0, 9.0]), model),
            model=model,
            explanations=tuple(explain(key, network, picture[None]) for key in keys),
            trust={(card.method, card.layer): card for card in cards},
            versions={"keras": "3.15"},
            created_utc="2026-11-22T21:00:00Z",
        )
    )


def test_report_holds_everything_and_asks_for_nothing(html):
    tags = Tags()
    tags.feed(html)
    assert "script" not in tags.found
    assert tags.found.count("img") == 6
    sources = [value for name, value in tags.attributes if name in ("src", "href")]
    assert all(value.startswith("data:image/png;base64,") for value in sources)
    assert not re.search(r"https?://", html.replace("http-equiv", ""))
    assert not any(name.startswith("on") for name, _ in tags.attributes)
    for text in ("Spiral", "&gt; 99.9 %", "Faithfulness", "Sanity", "keras 3.15", "ab" * 32):
        assert text in html
    assert html.count("This map had not been tested when the report was made") == 1
    ra, dec = sky_wcs().wcs_pix2world(35, 25, 0)
    assert f"{ra:.5f}°, {dec:+.5f}° (ICRS)" in html
    assert "Of 4 maps 3 were tested" in html
    assert "not tested: LayerCAM." in html
    assert "Faithfulness is judged on the map for spiral alone" in html


def test_report_escapes_what_strangers_wrote(html):
    assert "<script>" not in html
    assert html.count("&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;") >= 3


@pytest.mark.parametrize(
    ("probability", "text"),
    [(0.99999, "> 99.9 %"), (1e-9, "< 0.1 %"), (0.93, "93 %"), (0.997, "99 %")],
)
def test_percent_is_never_certain(probability, text):
    assert percent(probability) == text


def test_a_blank_map_carries_its_reason_in_every_file():
    network = weighted_sum_network(np.zeros((64, 64), np.float32))
    picture = galaxies(1)
    found = explain("grad_cam", network, picture)
    reason = "The logit does not respond to anything in layer Conv for this galaxy."
    assert found.reasons == (reason,)
    png = Image.open(io.BytesIO(map_png(found, 0, picture[0], scale=0)))
    assert png.text["Comment"] == reason
    assert str(np.load(io.BytesIO(maps_npz(found, picture)))["reasons"][0]) == reason
    framing = Framing(31.5, 31.5, 32, (0, 0, 0), 20)
    file = map_fits(found.on_input()[0], framing, labels=MapLabels("grad_cam", reason=reason))
    header = fits.getheader(io.BytesIO(file))
    assert "".join(header["COMMENT"]).endswith(reason)
    # Whoever sees the file sees it as well: below the map, dark on white.
    assert np.asarray(png)[64 * 6 :].min() < 100
    assert png.height > 64 * 6
