"""Tables of labels as people write them: what is taken for what, and said."""

import pytest

from galaxy_core.errors import DatasetError
from galaxy_core.label_table import read_label_table
from galaxy_core.label_words import spiral_of_share, spiral_of_t_type, spiral_of_word


def read(*lines):
    return read_label_table("\n".join(lines) + "\n", shown="labels.csv")


def spirals(*lines):
    return [row.spiral for row in read(*lines).rows]


@pytest.mark.parametrize(
    ("word", "spiral"),
    [
        *((word, 1) for word in ("1", "1.0", "True", "Spiral", "spirals", "S", "s", "SB")),
        *((word, 1) for word in ("spiral_galaxy", "barred-spiral", "late-type", "Edge-on spiral")),
        *(
            (word, 1)
            for word in ("Sa", "SBbc", "SAB(rs)bc", "(R')SB(r)b", "Sc pec", "SBc2m", "Sm")
        ),
        *((word, 0) for word in ("0", "0.0", "false", "Elliptical", "E", "e", "early type")),
        *(
            (word, 0)
            for word in ("E0", "E7", "E3.5", "E+", "cE", "Er", "Ei", "elliptical galaxies")
        ),
        *((word, None) for word in ("", "S0", "S0-a", "SB0", "E-S0", "E/S0", "S?", "I", "Irr")),
        *((word, None) for word in ("merger", "star", "Ser", "A", "2", "spiral?", "not spiral")),
    ],
)
def test_words_for_the_classes(word, spiral):
    assert spiral_of_word(word) == spiral


@pytest.mark.parametrize(
    ("stage", "spiral"),
    [
        *(("-5", 0), ("-4.2", 0), ("-3", None), ("0", None), ("1", 1), ("9.2", 1), ("10", None)),
        *((word, None) for word in ("99", "-99", "nan", "")),
    ],
)
def test_t_types_leave_lenticulars_and_irregulars_out(stage, spiral):
    assert spiral_of_t_type(stage) == spiral


def test_shares_of_votes_count_where_four_of_five_agree():
    assert [spiral_of_share(s) for s in ("0.8", "0.79", "0.21", "0.2", "?")] == [
        1, None, None, 0, None,
    ]  # fmt: skip


@pytest.mark.parametrize("header", ["file,spiral", "Filename,Class", "path;TYPE", "image\tlabel"])
def test_columns_have_many_names_and_delimiters(header):
    mark = next(mark for mark in ",;\t" if mark in header)
    table = read(header, f"a.jpg{mark}spiral", f"b.jpg{mark}E")
    assert [(row.picture, row.spiral) for row in table.rows] == [("a.jpg", 1), ("b.jpg", 0)]
    assert [table.picture_column, table.class_column] == header.split(mark)


def test_pictures_are_known_by_their_look_where_the_column_is_called_anything():
    assert read("what,class,where", "1,S,deep/a.png", "2,E,deep/b.png").picture_column == "where"


def test_pictures_may_be_named_by_their_object():
    table = read("objid,ra,dec,class", "5877,10.5,-1,S", "5878,11,2,E")
    assert table.names_objects
    assert table.rows[0].columns["ra_deg"] == "10.5"
    assert table.rows[0].columns["object_id"] == "5877"


def test_flags_of_both_classes_leave_the_uncertain_out():
    """Galaxy Zoo 1: SPIRAL = 0 does not mean elliptical."""
    lines = ("OBJID,SPIRAL,ELLIPTICAL,UNCERTAIN", "1,1,0,0", "2,0,1,0", "3,0,0,1")
    assert spirals(*lines) == [1, 0, None]


def test_a_column_of_ellipticals_is_read_the_other_way_round():
    table = read("file,elliptical", "a.jpg,1", "b.jpg,0")
    assert [row.spiral for row in table.rows] == [0, 1]
    assert "1 means elliptical" in table.understood


def test_t_types_and_shares_are_told_from_flags():
    assert spirals("file,type", "a.jpg,-5", "b.jpg,3", "c.jpg,0") == [0, 1, None]
    assert spirals("file,spiral", "a.jpg,0.95", "b.jpg,0.5", "c.jpg,0") == [1, None, 0]
    assert spirals("file,target", "a.jpg,1", "b.jpg,0") == [1, 0]


def test_numbers_of_unknown_classes_are_not_guessed():
    table = read("file,label", "a.jpg,0", "b.jpg,1", "c.jpg,9")
    assert [row.spiral for row in table.rows] == [None] * 3
    assert "go up to 9, and what they stand for is not known" in table.understood


def test_a_column_that_says_nothing_gives_way_to_one_that_does():
    lines = ("file,class,hubble_type", "a.jpg,GALAXY,SBb", "b.jpg,GALAXY,E2")
    assert read(*lines).class_column == "hubble_type"
    assert spirals(*lines) == [1, 0]


def test_what_was_understood_is_said_in_words():
    table = read("filename,class", "a.jpg,S", "b.jpg,Sb", "c.jpg,E", "d.jpg,S0", "e.jpg,")
    assert table.understood == (
        "Pictures are named by the column 'filename', classes by 'class': 2 spiral ('S', 'Sb'), "
        "1 elliptical ('E'), 2 neither ('S0', nothing)."
    )


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (
            ("ra,dec,class", "1,2,S"),
            r"names the pictures, best called 'file'.* has ra, dec, class",
        ),
        (("file,ra", "a.jpg,2"), r"says the class, best called 'spiral'.* it has file, ra"),
        (("a.jpg,spiral", "b.jpg,elliptical"), "its first line must name the columns"),
        (("",), "it has none"),
        (("file,label", '"' + "x" * 200_000), "field larger than field limit"),
    ],
)
def test_tables_that_say_too_little_are_refused_in_words(lines, says):
    with pytest.raises(DatasetError, match=says):
        read(*lines)
