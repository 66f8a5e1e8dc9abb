"""The classify page in each of its states, as a script sees it."""

import pytest

from pages.shared.panels import opened
from tests.pages.conftest import black_file, galaxy_file, words


def components(page, name):
    return [e for e in page.get("bidi_component") if e.proto.component_name.endswith(name)]


def test_network_that_wakes_while_the_page_is_drawn_is_no_failure(app, monkeypatch):
    real, asked = opened.ready_network, []

    def not_at_first(stored):
        asked.append(stored)
        return None if len(asked) < 3 else real(stored)

    app()  # by now it is awake
    monkeypatch.setattr(opened, "ready_network", not_at_first)
    page = app()
    assert not page.error
    assert "probability of spiral" in words(page)


def test_first_visit_shows_a_sample_its_answer_and_its_maps(app):
    page = app()
    text = words(page)
    assert "probability of spiral" in text
    assert "What the network sees: 64 × 64 pixels" in text
    assert "rotations and flips" in text
    assert {b.label for b in page.button} >= {"Previous", "Next"}


def test_link_opens_exactly_what_it_names(app):
    page = app(
        sample="elliptical",
        layer="Conv1_Edges",
        maps_layer="Conv1_Edges",
        evidence="elliptical",
        map="5",
        order="index",
        scale="own",
        framing="120.0,118.0,60.0",
    )
    assert page.selectbox(key="classify.widget.layer").value == "Conv1_Edges"
    assert page.selectbox(key="classify.widget.open_map").value == 5
    assert "Map 5 of Conv1_Edges" in words(page)
    assert page.number_input(key="classify.widget.framing.half_size_px").value == 60.0
    assert page.query_params["framing"] == "120.0,118.0,60.0"
    assert not [note for note in page.info if "The link" in note.value]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sample", "no-such-galaxy"),
        ("model", "../../etc/passwd"),
        ("layer", "<script>alert(1)</script>"),
        ("evidence", "astrology"),
        ("opacity", "1000"),
        ("framing", "nan,nan,inf"),
        ("framing", "1,2"),
        ("map", "-1"),
    ],
)
def test_unknown_value_in_a_link_costs_a_notice_only(app, name, value):
    page = app(**{name: value})
    assert f"The link asks for {name}" in page.info[0].value
    assert "probability of spiral" in words(page)


def test_framing_that_cannot_be_cut_out_is_shown_as_found(app):
    page = app(framing="10.0,10.0,90000.0")
    assert "Shown as found" in page.info[0].value
    assert "probability of spiral" in words(page)


def test_next_and_previous_walk_through_the_samples_and_around(app):
    page = app(sample="elliptical")
    page.button(key="classify.Previous").click().run()
    assert page.query_params["sample"] == "star-field"
    page.button(key="classify.Next").click().run()
    assert page.query_params["sample"] == "elliptical"


def test_picture_without_a_galaxy_is_not_trusted_and_says_why(app):
    page = app()
    page.file_uploader[0].set_value([black_file()]).run()
    assert "should not be trusted" in words(page)
    assert page.warning[0].value == "No galaxy stands out from the sky in this picture\\."


def test_framing_follows_the_numbers_and_can_be_undone(app):
    page = app(sample="elliptical")
    half = page.number_input(key="classify.widget.framing.half_size_px")
    found = half.value
    half.set_value(40.0).run()
    assert page.query_params["framing"].endswith(",40.0")
    assert "Set by you." in words(page)
    next(b for b in page.button if b.label == "Undo").click().run()
    assert "framing" not in page.query_params
    assert page.number_input(key="classify.widget.framing.half_size_px").value == found


def test_upload_is_answered(app):
    page = app()
    page.file_uploader[0].set_value([galaxy_file("M 31.png")]).run()
    text = words(page)
    assert "M 31\\.png" in text
    assert "probability of spiral" in text
    assert not page.dataframe
    assert "sample" not in page.query_params
    assert page.query_params["source"] == "upload"


def test_bad_upload_is_one_clear_sentence(app):
    page = app()
    page.file_uploader[0].set_value([("page.jpg", b"<html>hello</html>", "image/jpeg")]).run()
    (error,) = page.error
    assert "page" in error.value
    assert "probability of spiral" not in words(page)
    assert "Traceback" not in words(page)


def test_many_uploads_are_a_table_and_a_bad_one_costs_its_own_row(app):
    page = app()
    files = [galaxy_file(f"g{n}.png", seed=n) for n in range(4)]
    files.insert(1, ("empty.png", b"", "image/png"))
    files.insert(3, ("../../evil\nname.png", b"\x89PNG\r\n\x1a\n", "image/png"))
    page.file_uploader[0].set_value(files).run()
    table = page.dataframe[0].value
    assert list(table["Name"]) == [
        "g0.png",
        "empty.png",
        "g1.png",
        "evil name.png",
        "g2.png",
        "g3.png",
    ]
    assert list(table["Verdict"] == "Not read") == [False, True, False, True, False, False]
    assert table["Spiral"].notna().tolist() == [True, False, True, False, True, True]
    assert all(table["Remarks"][table["Verdict"] == "Not read"].str.len() > 10)
    assert "2 of them could not be read" in words(page)
    page.button(key="classify.Next").click().run()
    assert "empty" in page.error[0].value
    page.button(key="classify.Next").click().run()
    assert "probability of spiral" in words(page)


def test_clearing_uploads_returns_to_the_samples(app):
    page = app()
    page.file_uploader[0].set_value([galaxy_file("a.png"), galaxy_file("b.png", seed=1)]).run()
    next(b for b in page.button if b.label == "Clear uploads").click().run()
    assert not page.dataframe
    assert "sample" in page.query_params


def test_link_to_an_upload_says_that_no_link_carries_pictures(app):
    page = app(source="upload")
    assert "which no link carries" in page.info[0].value


def test_without_a_network_the_galaxy_is_shown_and_what_is_missing_said(app, no_models):
    page = app()
    assert "no network" in page.warning[0].value
    assert "What the network sees" in words(page)


def test_folder_of_samples_joins_the_strip(app, tmp_path, monkeypatch):
    from pages.shared import caches

    folder = tmp_path / "pictures"
    folder.mkdir()
    (folder / "mine.png").write_bytes(galaxy_file()[1])
    monkeypatch.setenv("GALAXY_SAMPLES_DIR", str(folder))
    caches.settings.clear()
    caches.samples.clear()
    key = caches.samples()[0][-1].key
    page = app(sample=key)
    assert "mine" in words(page)
    assert "probability of spiral" in words(page)


def test_folder_picture_that_is_gone_is_said(app):
    page = app(sample="folder-gone-00000000")
    assert "There is no sample" in page.error[0].value


def test_a_map_of_the_link_that_is_not_there_costs_a_sentence(app):
    page = app(sample="elliptical", map="999")
    assert "has no map 999: it has 64, from 0" in page.info[0].value.replace("\\", "")
