"""Regions: strokes, loops and parts, from a browser or a link to pixels."""

import re

import numpy as np
import pytest

from galaxy_core.errors import RecipeError
from galaxy_core.framing import find_framing
from galaxy_core.what_if.change import (
    MOST_CHANGES,
    Change,
    Fill,
    decode_changes,
    encode_changes,
    painted_over,
)
from galaxy_core.what_if.knobs import apply_changes
from galaxy_core.what_if.region import (
    MOST_POINTS,
    MOST_STROKES,
    Disc,
    Painted,
    Part,
    Stroke,
    decode_region,
    encode_region,
    stroke_through,
)
from galaxy_core.what_if.regions import region_mask
from tests.what_if.test_knobs import FRAMING, SKY, spiral

BLANK = np.zeros((100, 200, 3), np.float32)


def covered(region, pixels=BLANK):
    return region_mask(pixels, FRAMING, region)


def test_a_tap_of_the_brush_is_a_disc_of_its_radius():
    tapped = covered(Painted((Stroke(((0.5, 0.25),), 0.1),)))
    disc = covered(Disc(0.5, 0.25, 0.1))
    assert tapped.sum() == pytest.approx(disc.sum(), rel=0.15)  # Pillow's discs are a bit large
    assert (tapped & disc).sum() > 0.95 * disc.sum()


def test_a_stroke_covers_a_band_as_wide_as_the_brush():
    mask = covered(Painted((Stroke(((0.5, 0.2), (0.5, 0.8)), 0.1),)))
    assert mask[:, 100].sum() == pytest.approx(20, abs=2)
    assert np.flatnonzero(mask[:, 100]).mean() == pytest.approx(49.5, abs=1)
    assert mask[50].sum() == pytest.approx(120 + 20, abs=3)


def test_a_loop_of_the_lasso_covers_its_inside():
    loop = Stroke(((0.2, 0.2), (0.2, 0.6), (0.8, 0.6), (0.8, 0.2)), 0)
    mask = covered(Painted((loop,)))
    assert mask.sum() == pytest.approx(60 * 80, rel=0.05)
    assert mask[50, 80]
    assert not mask[10, 80]


def test_strokes_of_one_region_add_up():
    one, two = Stroke(((0.2, 0.2),), 0.1), Stroke(((0.8, 0.8),), 0.1)
    both = covered(Painted((one, two)))
    np.testing.assert_array_equal(both, covered(Painted((one,))) | covered(Painted((two,))))


def test_what_is_brushed_off_is_sky_and_nothing_else_changes():
    region = Painted((Stroke(((0.5, 0.5), (0.5, 0.7)), 0.08),))
    changed = apply_changes(spiral(), FRAMING, [Change("erase", 1.0, region)])
    mask = region_mask(spiral(), FRAMING, region)
    np.testing.assert_allclose(changed[mask], np.broadcast_to(SKY, (mask.sum(), 3)), atol=1e-6)
    np.testing.assert_array_equal(changed[~mask], spiral()[~mask])


def test_bulge_and_arms_lie_where_they_were_put():
    pixels = spiral()
    bulge, arms = (region_mask(pixels, FRAMING, part) for part in (Part.BULGE, Part.ARMS))
    y, x = np.mgrid[:90, :110]
    radius = np.hypot(y - 44, x - 54)
    assert bulge[radius < 5].all()
    assert not bulge[radius > 7].any()
    assert not (bulge & arms).any()
    angle = np.arctan2(y - 44.0, x - 54.0)
    crest = np.cos(2 * angle - 3 * np.log(radius + 1))
    ring = (radius > 8) & (radius < 20)
    assert crest[arms & ring].mean() > 0.5
    assert crest[~arms & ring].mean() < 0


def test_erasing_the_neighbours_leaves_the_galaxy():
    pixels = spiral()
    pixels[8:12, 8:12] = 0.9
    changed = apply_changes(pixels, FRAMING, [Change("erase", 1.0, Part.NEIGHBOURS)])
    np.testing.assert_allclose(changed[10, 10], SKY, atol=1e-6)
    np.testing.assert_array_equal(changed[40:48, 50:58], pixels[40:48, 50:58])


def test_no_neighbours_means_nothing_is_erased():
    pixels = spiral()
    framing = find_framing(pixels)
    changed = apply_changes(pixels, framing, [Change("erase", 1.0, Part.NEIGHBOURS)])
    np.testing.assert_array_equal(changed, pixels)


# --- a stroke from a browser --------------------------------------------------------------


def test_a_long_stroke_is_thinned_and_keeps_its_ends():
    way = [(0.1 + 0.8 * k / 399, 0.5) for k in range(400)]
    stroke = stroke_through(way, 0.05)
    assert len(stroke.points) <= MOST_POINTS
    assert stroke.points[0] == pytest.approx(way[0], abs=1e-3)
    assert stroke.points[-1] == pytest.approx(way[-1], abs=1e-3)


def test_points_beyond_the_picture_come_to_its_edge():
    points = np.array(stroke_through([(-3.0, 0.5), (0.5, 7.0)], 0.1).points)
    np.testing.assert_allclose(points, [(0, 0.5), (0.5, 1)], atol=1e-3)


@pytest.mark.parametrize(
    ("points", "radius"),
    [
        ([], 0.1),
        ([(0.1, float("nan"))], 0.1),
        ([(0.1, float("inf"))], 0.1),
        ([(0.1, 0.1)], -1.0),
        ([(0.1, 0.1)], 0.6),
        ([(0.1, 0.1)], float("nan")),
        ([(0.1, 0.1), (0.2, 0.2)], 0.0),
    ],
)
def test_impossible_strokes_are_refused_in_words(points, radius):
    with pytest.raises(RecipeError, match="stroke"):
        stroke_through(points, radius)


# --- in a recipe and in a link ------------------------------------------------------------


def stroke(number=0):
    return stroke_through([(0.1 + 0.01 * number, 0.2), (0.3, 0.4), (0.5, 0.9)], 0.05)


def test_strokes_in_a_row_make_one_region_and_another_kind_begins_anew():
    recipe = ()
    for number in range(3):
        recipe = painted_over(recipe, stroke(number), knob="erase", fill=Fill.SKY)
    assert len(recipe) == 1
    assert len(recipe[0].region.strokes) == 3
    recipe = painted_over(recipe, stroke(), knob="keep", fill=Fill.SKY)
    assert [change.knob for change in recipe] == ["erase", "keep"]


def test_a_full_region_is_followed_by_another_but_there_is_one_to_keep():
    erased = kept = ()
    for number in range(MOST_STROKES):
        erased = painted_over(erased, stroke(number), knob="erase", fill=Fill.SKY)
        kept = painted_over(kept, stroke(number), knob="keep", fill=Fill.SKY)
    assert len(painted_over(erased, stroke(), knob="erase", fill=Fill.SKY)) == 2
    with pytest.raises(RecipeError, match="1 to 12 strokes, got 13"):
        painted_over(kept, stroke(), knob="keep", fill=Fill.SKY)


def test_a_full_recipe_takes_no_stroke():
    full = (Change("dim", 1.0),) * MOST_CHANGES
    with pytest.raises(RecipeError, match="at most 40 changes"):
        painted_over(full, stroke(), knob="erase", fill=Fill.SKY)


@pytest.mark.parametrize(
    "region",
    [
        Disc(0.25, 0.75, 0.1),
        Part.ARMS,
        Painted((stroke(), stroke(2))),
        Painted((Stroke(((0.0, 1.0), (1.0, 0.0), (0.123, 0.987)), 0),)),
        Painted((Stroke(((0.5, 0.5),), 1e-9),)),
    ],
)
def test_regions_survive_a_link(region):
    assert decode_region(encode_region(region)) == region
    recipe = (Change("erase", 1.0, region, Fill.AZIMUTHAL), Change("dim", 1.0))
    text = encode_changes(recipe)
    assert decode_changes(text) == recipe
    assert re.fullmatch(r"[A-Za-z0-9:_.~-]*", text)


def test_a_stroke_of_many_points_stays_short_in_a_link():
    long = stroke_through([(k / 399, k / 399) for k in range(400)], 0.05)
    assert len(encode_region(Painted((long,)))) < 260


@pytest.mark.parametrize(
    "text",
    ["p.", "p.1", "p.2AAAA", "p.1AA!!!!", "p.0AA", "p.1..0000", "p." + "1040000" * 13, "moon"],
)
def test_hostile_regions_are_refused_in_words(text):
    with pytest.raises(RecipeError) as caught:
        decode_changes(f"erase:1:{text}_sky")
    assert len(str(caught.value)) < 250
