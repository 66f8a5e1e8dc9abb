"""What a link says: every view survives the way into a link and back."""

import pytest

from pages.shared.links import (
    EvidenceKind,
    FramingChoice,
    Known,
    MapOrder,
    MapScale,
    View,
    from_query,
    to_query,
)

KNOWN = Known(lambda key: key in ("a", "b"), {"teaching": ("C1", "C2"), "other": ("X1",)})


@pytest.mark.parametrize(
    "view",
    [
        View(sample="a"),
        View(upload=True),
        View(
            sample="b",
            model="other",
            layer="X1",
            maps_layer="X1",
            evidence=EvidenceKind.ELLIPTICAL,
            opacity=0,
            framing=FramingChoice(-1.5, 20.0, 3.0),
            order=MapOrder.INDEX,
            scale=MapScale.OWN,
            open_map=0,
        ),
    ],
)
def test_view_survives_the_link(view):
    assert from_query(to_query(view), KNOWN) == (view, ())


def test_layers_are_those_of_the_network_that_the_link_names():
    view, notices = from_query({"layer": "X1", "model": "other"}, KNOWN)
    assert (view.layer, notices) == ("X1", ())
    view, notices = from_query({"layer": "X1", "model": "teaching"}, KNOWN)
    assert view.layer == ""
    assert len(notices) == 1


def test_other_parameters_are_nobodys_business():
    assert from_query({"utm_source": "x", "sample": "a"}, KNOWN) == (View(sample="a"), ())


@pytest.mark.parametrize("text", ["1e9,1,1", "1,1,0", "1,1,-4", "1;1;1", "١,١,٣", ""])
def test_framing_of_a_link_is_three_plain_numbers(text):
    view, notices = from_query({"framing": text}, KNOWN)
    assert view.framing is None
    assert len(notices) == 1


def test_notice_shows_strangers_text_short_and_on_one_line():
    _, (notice,) = from_query({"model": "a\nb" + "x" * 500}, KNOWN)
    assert "\n" not in notice
    assert len(notice) < 100
