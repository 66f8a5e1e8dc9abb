"""Filters by their many spellings, and which of them is red."""

import pytest

from galaxy_core.intake.bands import band_of_file, choose_colours, is_filter, wavelength_nm


@pytest.mark.parametrize(
    ("spelling", "expected"),
    [
        ("r", 623), ("r'", 623), ("rp", 623), ("SDSS-R", 623), ("sdss_r", 623), ("HSC-I", 763),
        ("HSC-Y", 1004), ("r.MP9602", 623), ("g DECam SDSS c0001 4720.0 1520.0", 477),
        ("Sloan I", 763), ("R", 658), ("Bessell R", 658), ("V", 551), ("Johnson B", 445),
        ("F814W", 814), ("f606w", 606), ("F160W", 1600), ("F105W", 1050), ("F098M", 980),
        ("F435W", 435), ("F850LP", 850), ("JWST F444W", 4440), ("JWST F070W", 700),
        ("F1000W", 10000), ("Ks", 2159), ("J", 1235), ("H", 1662), ("FUV", 154), ("W1", 3350),
        ("IRAC2", 4490), ("irac 1", None), ("CLEAR", None), ("", None), ("SCI", None),
        ("H-alpha", 1662),
    ],
)  # fmt: skip
def test_spellings_of_filters(spelling, expected):
    assert wavelength_nm(spelling) == expected


@pytest.mark.parametrize("slot", ["CLEAR1L", "CLEAR", "N/A", "open", "", "  "])
def test_open_slots_are_no_filters(slot):
    assert not is_filter(slot)


@pytest.mark.parametrize(
    ("name", "planes", "bands"),
    [
        ("HSC_grizy_cube_wcs_5x50x50.fits", 5, ("g", "r", "i", "z", "y")),
        ("m51_grz.fits.gz", 3, ("g", "r", "z")),
        ("hstx4784y3950.r.fits", 1, ("r",)),
        ("ngc1300_F814W.fits", 1, ("F814W",)),
        ("ngc1300.fits", 1, ()),
        ("grizy.fits", 3, ()),
        ("rig.fits", 3, ("r", "i", "g")),
        ("ugg.fits", 3, ()),
    ],
)
def test_bands_in_a_files_name(name, planes, bands):
    assert band_of_file(name, planes) == bands


@pytest.mark.parametrize(
    ("wavelengths", "chosen"),
    [
        ([477, 623, 763], (2, 1, 0)),
        ([763, 623, 477], (0, 1, 2)),
        ([354, 477, 623, 763, 913], (3, 2, 1)),
        ([445, 551, 658, 806], (3, 2, 0)),
        ([1235, 1662, 2159], (2, 1, 0)),
        ([435, 606, 814, 1600], (2, 1, 0)),
        ([606, None, 814], (2, None, 0)),
        ([623, 623], None),
        ([None, None, None], None),
        ([], None),
    ],
)
def test_longer_waves_are_redder(wavelengths, chosen):
    assert choose_colours(wavelengths) == chosen
