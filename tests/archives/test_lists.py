"""Lists as people have them; a VOTable from a stranger cannot fetch, unpack or allocate."""

import pytest

from galaxy_core.archives.lists import MOST_ROWS, read_list
from galaxy_core.errors import NameNotResolved

VOTABLE = """<?xml version="1.0"?>
<VOTABLE version="1.4" xmlns="http://www.ivoa.net/xml/VOTable/v1.3"><RESOURCE><TABLE>
<FIELD name="main_id" datatype="char" arraysize="*"/>
<FIELD name="east" ID="ra" datatype="double"/><FIELD name="DEC" datatype="double"/>
<DATA><TABLEDATA>
<TR><TD>M 51</TD><TD>202.4696</TD><TD>47.1952</TD></TR>
<TR><TD>M 87</TD><TD>187.7059</TD><TD>12.3911</TD></TR>
</TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>"""


def test_pasted_lines():
    text = "# my galaxies\nM51\n\n  13:29:52.7 +47:11:43 \nRA 13:29:52 Dec +47:11:43\n"
    assert read_list(text) == ["M51", "13:29:52.7 +47:11:43", "RA 13:29:52 Dec +47:11:43"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("M51, 202.47, 47.195", "M51 @ 202.47, 47.195"),
        ("My galaxy\t13:29:52.7\t+47:11:43", "My galaxy @ 13:29:52.7, +47:11:43"),
        ("NGC 1300 49.92 -19.41", "NGC 1300 @ 49.92, -19.41"),
        ("NGC 1300", "NGC 1300"),
        ("SDSS J132952.7+471143", "SDSS J132952.7+471143"),
        ("RA 202.47 Dec 47.195", "RA 202.47 Dec 47.195"),
        ("x, 999, 99", "x, 999, 99"),
    ],
)
def test_names_before_positions_are_kept(line, expected):
    assert read_list(line) == [expected]


def test_bare_pairs_without_heading_stay_lines():
    assert read_list("202.47,47.195\n187.7,12.39\n") == ["202.47,47.195", "187.7,12.39"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name,RA,Dec\nx,202.47,47.195\n", ["x @ 202.47, 47.195"]),
        ("_RAJ2000;_DEJ2000\n13:29:52;+47:11:43\n", ["13:29:52, +47:11:43"]),
        ("objid\tspiral\n1237648720693755918\t1\n", ["1237648720693755918"]),
        ("Galaxy,Type\nM51,Sbc\n\nM87,E0\n", ["M51", "M87"]),
        ('Object,ra,dec\n"NGC 1300",,\nM51,202.4,47.1\n', ["NGC 1300", "M51 @ 202.4, 47.1"]),
        ("﻿name\nM51\n", ["M51"]),
        ("name,ra,dec\nM51\n", ["M51"]),
        ("ra,dec\n1,2\n", ["1, 2"]),
        ("objid,ra,dec\n1237648720693755918,1,2\n", ["1237648720693755918 @ 1, 2"]),
        ("objid,name\n1237648720693755918,x\n", ["x @ 1237648720693755918"]),
    ],
)
def test_csv(text, expected):
    assert read_list(text.encode()) == expected


@pytest.mark.parametrize("right_ascension", ["ra", "RA_d", "_RAJ2000"])
def test_votable_by_column_names(right_ascension):
    table = VOTABLE.replace('name="east"', f'name="{right_ascension}"')
    assert read_list(table) == ["M 51 @ 202.4696, 47.1952", "M 87 @ 187.7059, 12.3911"]


def test_votable_falls_back_on_names():
    assert read_list(VOTABLE) == ["M 51", "M 87"]


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (
            '<?xml version="1.0"?>',
            '<?xml version="1.0"?><!DOCTYPE V [<!ENTITY a "b">]>',
            "entities",
        ),
        ('arraysize="*"', 'arraysize="2000000000"', "more cells than are read"),
        ('arraysize="*"', 'arraysize="9999x9999"', "more cells than are read"),
        ("<TABLE>", '<TABLE nrows="999999999999">', "more cells than are read"),
        (
            "<TABLEDATA>",
            "<BINARY><STREAM href='http://10.0.0.1/x'/></BINARY><TABLEDATA>",
            "binary",
        ),
        ("</VOTABLE>", "", "no sound XML"),
        ('name="main_id"', 'name="spin"', "needs columns ra and dec, or objid, or name"),
    ],
)
def test_hostile_votables_are_refused(old, new, why):
    with pytest.raises(NameNotResolved, match=why):
        read_list(VOTABLE.replace(old, new))


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"\xff\xfe\x00", "not UTF-8"),
        (b"M51\0", "no text"),
        (b"x" * (6 * 2**20), "at most 5 MB"),
        (b"M51\n" * (MOST_ROWS + 1), "at most 50,000"),
        (b"mass,colour\n1,2\nname\n", None),
    ],
)
def test_what_is_no_list(data, why):
    if why is None:
        assert read_list(data) == ["mass,colour", "1,2", "name"]
    else:
        with pytest.raises(NameNotResolved, match=why):
            read_list(data)
