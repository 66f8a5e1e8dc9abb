"""The what-if lab, as a script sees it."""

import re
from dataclasses import replace

import keras
import pytest

from galaxy_core.cnn.card import write_card
from galaxy_core.errors import RecipeError
from galaxy_core.what_if.change import Fill, encode_changes, painted_over
from galaxy_core.what_if.region import stroke_through
from pages.shared.study.brush import reported_stroke
from tests.pages.conftest import words
from tests.pages.test_adopted import CARD
from tests.pages.test_shared_study import study_page


def probability(page) -> str:
    return re.search(r'data-testid="probability">([^<]+)<', words(page)).group(1)


def test_slider_changes_the_answer_enters_the_link_and_can_be_undone():
    page = study_page("what_if", sample="grand-design-spiral")
    before = probability(page)
    page.slider(key="study.knob.farther").set_value(5.0).run()
    after = probability(page)
    assert after != before
    assert page.query_params["recipe"] == "farther:5"
    assert "farther 5 doublings" in words(page).replace("\\", "")
    page.button(key="what_if.Undo").click().run()
    assert probability(page) == before
    assert "recipe" not in page.query_params
    page.button(key="what_if.Redo").click().run()
    assert probability(page) == after
    page.button(key="what_if.Reset").click().run()
    assert page.slider(key="study.knob.farther").value == 0.0


def test_link_brings_the_recipe_back():
    page = study_page("what_if", recipe="rotate:30~erase:1:0.5_0.5_0.1_sky", reframe="1")
    assert page.slider(key="study.knob.rotate").value == 30.0
    assert page.toggle(key="study.widget.reframe").value
    assert "erase a disc" in words(page)
    assert page.query_params["recipe"] == "rotate:30~erase:1:0.5_0.5_0.1_sky"
    assert not page.error


def test_unreadable_recipe_costs_a_notice_only():
    page = study_page("what_if", recipe="<script>:1")
    assert "cannot be read" in page.info[0].value
    assert probability(page)


def test_region_is_erased_by_its_button():
    page = study_page("what_if")
    page.slider(key="study.widget.disc_radius").set_value(20).run()
    page.button(key="what_if.erase").click().run()
    assert page.query_params["recipe"] == "erase:1:0.5_0.5_0.2_sky"


@pytest.mark.parametrize("part", ["arms", "bulge", "neighbours"])
def test_a_part_of_the_galaxy_goes_with_one_click(part):
    page = study_page("what_if", sample="grand-design-spiral")
    page.button(key=f"what_if.erase {part}").click().run()
    assert page.query_params["recipe"] == f"erase:1:{part}_sky"
    assert f"erase the {part} (filled with empty sky)" in words(page).replace("\\", "")
    assert not page.error


def test_link_brings_strokes_back():
    stroke = stroke_through([(0.4, 0.3), (0.5, 0.6)], 0.05)
    recipe = painted_over((), stroke, knob="erase", fill=Fill.AZIMUTHAL)
    page = study_page("what_if", recipe=encode_changes(recipe))
    said = words(page).replace("\\", "")
    assert "erase what one stroke covers (filled with the average at that radius)" in said
    assert page.query_params["recipe"] == encode_changes(recipe)
    assert not page.error


GOOD = {"points": [[0.3, 0.4], [0.6, 0.5]], "radius": 0.05, "act": "erase", "fill": "sky"}


def test_a_reported_stroke_is_read_x_first():
    found = reported_stroke(GOOD)
    assert found.stroke == stroke_through([(0.4, 0.3), (0.5, 0.6)], 0.05)
    assert (found.knob, found.fill) == ("erase", Fill.SKY)


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        "a stroke",
        {},
        GOOD | {"points": "no"},
        GOOD | {"points": [[0.1]]},
        GOOD | {"points": []},
        GOOD | {"points": [[0.1, float("nan")]]},
        GOOD | {"points": [[0.1, 0.2]] * 401},
        GOOD | {"radius": 3},
        GOOD | {"radius": "wide"},
        GOOD | {"act": "explode"},
        GOOD | {"fill": "lava"},
    ],
)
def test_what_is_no_stroke_is_refused_in_words(wrong):
    with pytest.raises(RecipeError, match="stroke"):
        reported_stroke(wrong)


def test_feature_maps_follow_the_changes_and_the_curves_say_who_flips_where():
    page = study_page("what_if", sample="grand-design-spiral")
    plain = words(page).replace("\\", "")
    shares = re.findall(r"share ([+−][\d.]+) → ([+−][\d.]+)", plain)
    assert len(set(re.findall(r"<figcaption>Map (\d+)", plain))) == 8
    assert all(before == after for before, after in shares)
    assert re.search(r"Teaching network flips (at [\d.]+ doublings|nowhere)", plain)
    page.slider(key="study.knob.farther").set_value(4.0).run()
    shares = re.findall(r"share ([+−][\d.]+) → ([+−][\d.]+)", words(page))
    assert any(before != after for before, after in shares)


def test_search_says_what_it_tried_and_each_find_can_be_done_instead_of_the_other():
    page = study_page("what_if", sample="grand-design-spiral", recipe="rotate:30")
    page.button(key="what_if.search").click().run()
    said = words(page).replace("\\", "")
    assert "flips the verdict to Elliptical is" in said
    assert "knobs one by one" in said
    page.button(key="what_if.flip 0").click().run()
    page.button(key="what_if.refresh").click().run()
    assert "Searched from these changes: rotate 30 °" in words(page).replace("\\", "")
    page.button(key="what_if.flip 1").click().run()
    done = page.query_params["recipe"].split("~")
    assert (len(done), done[0]) == (2, "rotate:30")
    # Of another network nothing was searched.
    page.sidebar.selectbox[0].set_value("research").run()
    assert "knobs one by one" not in words(page)


@pytest.fixture
def a_large_store(tmp_path):
    """Four networks more than the shipped ones; one of them of another size, one damaged."""
    layers = keras.layers
    for number, side in enumerate((64, 96, 64, 64)):
        folder = tmp_path / "models" / f"own-{number}"
        folder.mkdir(parents=True)
        inputs = keras.Input((side, side, 3))
        maps = layers.Conv2D(2, 3, activation="relu", name="First")(inputs)
        ends = layers.Dense(1, activation="sigmoid")(layers.GlobalAveragePooling2D()(maps))
        keras.Model(inputs, ends).save(folder / "model.keras")
        name = f"own-{number}"
        card = replace(CARD, name=name, title=f"Own {number}", input_size_px=side)
        card = replace(card, convolution_layers=("First",), evidence_scale={"First": 1.0})
        write_card(card, folder / "card.json")
    (tmp_path / "models" / "own-3" / "model.keras").write_bytes(b"no network")


def test_curves_come_of_four_networks_however_many_and_however_large(a_large_store):
    """More networks than are held in memory: the page once ran again for ever."""
    page = study_page("what_if", sample="grand-design-spiral")
    offered = page.multiselect(key="study.beside")
    assert len(offered.options) == 6
    said = words(page)
    assert re.search("Teaching network flips (at|nowhere)", said)
    assert re.search("Own 1 flips (at|nowhere)", said)
    assert "Own 2" not in said
    offered.set_value(["own-2", "own-1", "own-3"]).run()
    said = words(page)
    assert re.search("Own 2 flips (at|nowhere)", said)
    assert "Research network" not in said
    assert "Could not be loaded: Own 3." in said.replace("\\", "")
    assert page.query_params["beside"] == "own-2,own-1,own-3"
    assert not page.error


def test_link_names_the_networks_that_are_compared(a_large_store):
    page = study_page("what_if", beside="own-1,not-there")
    assert page.multiselect(key="study.beside").value == ["own-1"]
    page = study_page("what_if", beside="<b>")
    assert "compares networks that are not there" in page.info[0].value


def test_settings_outlive_a_visit_to_another_page_and_stand_in_the_link():
    page = study_page("what_if", disc="20,30,40", fill="azimuthal", measures="1")
    assert page.slider(key="study.widget.disc_x").value == 20
    assert page.selectbox(key="study.widget.fill").value == Fill.AZIMUTHAL
    assert "leaves its level" in words(page)
    page.toggle(key="study.widget.physical").set_value(True).run()
    page.switch_page("pages/inside.py").run()
    page.switch_page("pages/what_if.py").run()
    assert page.toggle(key="study.widget.physical").value
    assert page.slider(key="study.widget.disc_radius").value == 40
    found = {name: page.query_params[name] for name in ("disc", "fill", "measures", "physical")}
    assert found == {"disc": "20,30,40", "fill": "azimuthal", "measures": "1", "physical": "1"}
