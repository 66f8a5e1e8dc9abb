"""Positions in any usual spelling; what is unclear is said, not guessed."""

import pytest

from galaxy_core.archives.positions import parse_objid, parse_position
from galaxy_core.errors import NameNotResolved

M51 = (202.46958, 47.19528)


@pytest.mark.parametrize(
    "text",
    [
        "13:29:52.7 +47:11:43",
        "13:29:52.7+47:11:43",
        "13 29 52.7 47 11 43",
        "13 29 52.7 +47 11 43",
        "13h29m52.7s +47d11m43s",
        "13h 29m 52.7s 47d 11m 43s",
        "13ʰ29ᵐ52.7ˢ +47°11′43″",
        "13h29m52.7s, +47° 11' 43\"",
        "13h29m52.7s +47°11'43''",
        "J132952.7+471143",
        "SDSS J132952.70+471143.0",
        "SDSSJ132952.70+471143.0",
        "2MASX J13295270+4711430",
        "132952.7+471143",
        "RA 13:29:52.7 Dec +47:11:43",
        "RA: 13h29m52.7s, DEC: +47d11m43s",
        "α=13h29m52.7s δ=+47°11′43″",
        "Dec +47:11:43 RA 13:29:52.7",
        "J2000 13:29:52.7 +47:11:43",
        "13:29:52.7 +47:11:43 (J2000)",
        "202.46958 47.19528",
        "202.46958, 47.19528",
        "202.46958,+47.19528",
        "202.46958+47.19528",
        "202.46958\t47.19528",
        "202.46958; 47.19528",
        "202.46958° +47.19528°",
        "202.46958 deg, 47.19528 deg",
        "(202.46958, 47.19528)",
        "ra=202.46958 dec=47.19528",
        "13.4979722h +47.19528d",
        "13 29.878333 47 11.71667",
        "202d28m10.5s 47d11m43s",
    ],
)
def test_every_usual_spelling_of_one_position(text):
    position = parse_position(text)
    assert (position.ra_deg, position.dec_deg) == pytest.approx(M51, abs=2e-5)


@pytest.mark.parametrize(
    ("text", "ra_deg", "dec_deg"),
    [
        ("00:00:00 -00:30:00", 0.0, -0.5),
        ("0 −90", 0.0, -90.0),
        ("360 0", 0.0, 0.0),
        ("359.9999 –5", 359.9999, -5.0),
        ("1:2:3 -0:0:36", 15.5125, -0.01),
    ],
)
def test_signs_and_ends_of_the_range(text, ra_deg, dec_deg):
    position = parse_position(text)
    assert (position.ra_deg, position.dec_deg) == pytest.approx((ra_deg, dec_deg))


@pytest.mark.parametrize(
    "text",
    ["M51", "M 82", "NGC 5194", "3C 273", "47 Tuc", "Hoag's Object", "2MASX", "Draco", "dec",
     "ra", "PSR J1329+4711", "HMS 12", "", "nan nan", "1e5 2", "Sgr A*", "30 Dor"],
)  # fmt: skip
def test_names_are_no_positions(text):
    assert parse_position(text) is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("51", "one number alone"),
        ("202,47 47,195", "more than one comma; write decimals with a point"),
        ("13 29 52 47 11", "5 numbers cannot be halved"),
        ("10 20 30", "3 numbers cannot be halved"),
        ("202:28:10 47:11:43", "not below 24 h; mark degrees with d or °"),
        ("47.195 202.47", "are RA and Dec swapped?"),
        ("-12.5 30", "right ascension is negative"),
        ("400 10", "not within 0 to 360"),
        ("13:61:00 +47:11:43", "minutes and seconds are below 60"),
        ("13:29:52.7 +47:11:60", "minutes and seconds are below 60"),
        ("13.5:29:52 47:11:43", "only the last number"),
        ("202.47 +-47", "more than one sign"),
        ("13-29-52 +47-11-43", "more than one sign"),
        ("202.47 12h30m", "declination is in degrees"),
        ("l=104.85 b=68.56", "not in ICRS (J2000)"),
        ("B1950 13:27:46 +47:27:10", "not in ICRS (J2000)"),
        ("13h29m52.7s", "cannot be halved"),
        ("9" * 300, "at most 200 characters"),
    ],
)
def test_unclear_positions_say_why(text, why):
    with pytest.raises(NameNotResolved) as raised:
        parse_position(text)
    assert why in str(raised.value)
    assert "13:29:52.7 +47:11:43" in str(raised.value)


@pytest.mark.parametrize(
    ("text", "objid"),
    [
        ("1237648720693755918", 1237648720693755918),
        (" 587722952767439450 ", 587722952767439450),
        ("9999999999999999999", None),
        ("12376487206937559", 12376487206937559),
        ("1237", None),
        ("1237648720693755918.0", None),
        ("١٢٣٤٥٦٧٨٩٠١٢٣٤٥٦٧٨", None),
    ],
)
def test_objids(text, objid):
    assert parse_objid(text) == objid
