"""Fetching galaxies on the page, from an archive on loopback, as a script sees it."""

import time

import pytest

from tests.archives.fake_archives import FakeArchive, answer, drip, galaxy_jpeg, sky_server
from tests.pages import conftest


@pytest.fixture
def archive(monkeypatch):
    """Return a function that lets a script stand in the place of SkyServer."""
    servers = []

    def play(script=sky_server):
        server = FakeArchive(script)
        servers.append(server)
        server.__enter__()
        monkeypatch.setenv("ASTRO_DB_HOST", server.url)
        return server

    yield play
    for server in servers:
        server.__exit__()


def words(page):
    return conftest.words(page).replace("\\", "")  # Markdown's escapes


def settled(page, *, until, within_s=240):
    """Run the page as its own timer would, until it says something."""
    deadline = time.monotonic() + within_s
    while until not in words(page):
        assert time.monotonic() < deadline, f"It never said: {until}"
        time.sleep(0.2)
        page.run()
    return page


def test_link_fetches_and_says_where_the_picture_is_from(app, archive):
    server = archive()
    page = settled(app(survey="sdss", name="M51"), until="probability of spiral")
    text = words(page)
    assert "M51 · 256 × 256 px · archive · SDSS · DR18" in text
    assert page.query_params["survey"] == "sdss"
    assert page.query_params["name"] == "M51"
    assert "sample" not in page.query_params
    assert len(server.heard) == 1


def test_name_that_is_typed_is_fetched_and_enters_the_link(app, archive):
    archive()
    page = app(survey="sdss", name="M51")  # a link opens the Fetch tab
    settled(page, until="probability of spiral")
    page.text_input(key="fetch.text").set_value("202.5, 47.2")
    next(b for b in page.button if b.label == "Fetch").click().run()
    settled(page, until="202.5, 47.2 · 256")
    assert page.query_params["name"] == "202.5, 47.2"


def slow_for_m64(heard):
    """Answer as SkyServer would, but for ever slowly for M64, which lies at declination 21."""
    if heard.parameters.get("dec", "").startswith("21."):
        return drip(galaxy_jpeg())
    return sky_server(heard)


def test_list_shows_each_as_it_comes_and_a_failure_costs_its_own_place(app, archive):
    archive(slow_for_m64)
    page = settled(app(survey="sdss", name="M51"), until="probability of spiral")
    page.text_area(key="fetch.list").set_value("M63\n1,2,3\nM64")
    next(b for b in page.button if b.label == "Fetch").click().run()
    settled(page, until="M63 · 256")
    strip = next(
        e
        for e in page.get("bidi_component")
        if e.proto.component_name.endswith("strip") and "Fetched galaxies" in str(e.proto)
    )
    assert "more than one comma" in str(strip.proto)
    page.button(key="fetch.cancel").click().run()
    settled(page, until="2 of them could not be fetched")
    assert "cancelled before its turn" in page.dataframe[0].value["Remarks"][2]


def test_list_becomes_a_table_that_is_walked_through_and_taken_away(app, archive):
    archive()
    page = settled(app(survey="sdss", name="M51"), until="probability of spiral")
    page.text_area(key="fetch.list").set_value("M63\n1,2,3\nM64")
    next(b for b in page.button if b.label == "Fetch").click().run()
    settled(page, until="**3 galaxies of the list**, 1 of them could not be fetched")
    table = page.dataframe[0].value
    assert list(table["Name"]) == ["M63", "1,2,3", "M64"]
    assert list(table["Verdict"] == "Not fetched") == [False, True, False]
    assert table["Spiral"].notna().tolist() == [True, False, True]
    assert "more than one comma" in table["Remarks"][1]
    page.button(key="classify.Next").click().run()
    assert page.query_params["name"] == "1,2,3"
    assert any(b.label == "Fetch again" for b in page.button)
    page.button(key="classify.Next").click().run()
    assert "M64 · 256 × 256 px · archive · SDSS" in words(page)
    page.button(key="classify.Next").click().run()
    assert page.query_params["name"] == "M63"  # around at the end


def test_one_of_a_list_that_is_fetched_again_stays_in_its_place(app, archive):
    down = True

    def script(heard):
        if down and heard.parameters.get("dec", "").startswith("21."):  # M64
            return answer(b"<h1>Maintenance</h1>", "text/html", status="403 Forbidden")
        return sky_server(heard)

    archive(script)
    page = settled(app(survey="sdss", name="M51"), until="probability of spiral")
    page.text_area(key="fetch.list").set_value("M63\nM64")
    next(b for b in page.button if b.label == "Fetch").click().run()
    settled(page, until="1 of them could not be fetched")
    page.button(key="classify.Next").click().run()
    down = False
    next(b for b in page.button if b.label == "Fetch again").click().run()
    settled(page, until="M64 · 256")
    settled(page, until="**2 galaxies of the list**\n")
    assert list(page.dataframe[0].value["Name"]) == ["M63", "M64"]
    assert page.dataframe[0].value["Spiral"].notna().all()


def test_outside_the_footprint_another_survey_is_offered_never_taken(app, archive):
    server = archive()
    page = settled(app(survey="sdss", name="M83"), until="is not in SDSS")
    offers = [b.label for b in page.button if b.label.startswith("Fetch from")]
    assert "Fetch from DESI Legacy Surveys" in offers
    assert "probability of spiral" not in words(page)
    assert page.query_params["survey"] == "sdss"
    assert server.heard == []


def test_cancelling_ends_it_and_the_samples_stay(app, archive):
    server = archive(lambda heard: drip(galaxy_jpeg()))
    page = app(survey="sdss", name="M51")
    page.button(key="fetch.cancel").click().run()
    settled(page, until="was cancelled")
    assert server.client_sockets() == 0
    assert any(b.label == "Fetch again" for b in page.button)


def test_an_archive_that_is_down_is_said_calmly(app, archive):
    archive(lambda heard: answer(b"<h1>Maintenance</h1>", "text/html", status="403 Forbidden"))
    page = settled(app(survey="sdss", name="M51"), until="need no network")
    assert not page.error
    assert "Traceback" not in words(page)
    assert page.warning


def test_survey_that_does_not_exist_is_said(app, archive):
    archive()
    page = settled(app(survey="nope", name="M51"), until="No survey")
    assert not page.exception


def test_first_visit_asks_no_archive(app, archive):
    server = archive()
    assert "probability of spiral" in words(app())
    assert server.heard == []


def test_lists_come_as_files_as_well(app, archive):
    archive()
    page = settled(app(survey="sdss", name="M51"), until="probability of spiral")
    lists = next(one for one in page.file_uploader if "list as a file" in one.label)
    lists.set_value(("mine.csv", b"name,type\nM63,Sbc\nM64,Sab\n", "text/csv"))
    next(b for b in page.button if b.label == "Fetch").click().run()
    settled(page, until="M63 · 256")
    assert page.query_params["name"] == "M63"


def test_any_hips_is_asked_for_by_its_identifier(app, archive):
    archive()
    page = app(survey="hips:CDS/P/DSS2/red", name="1,2,3")  # no position: nothing is asked
    assert page.selectbox(key="fetch.survey").value == "hips:CDS/P/DSS2/red"
    assert not page.exception


def test_missing_key_is_said_once_and_no_more_after_a_fetch(app, archive, monkeypatch):
    monkeypatch.delenv("SDSS_API_KEY", raising=False)
    archive()
    page = app()
    page.session_state["classify.way in"] = "Fetch"
    shown = [one.value.replace("\\", "") for one in page.run().caption]
    assert sum("No SDSS_API_KEY is set: local galaxies come first" in one for one in shown) == 1
    settled(app(survey="sdss", name="M51"), until="probability of spiral")
    assert "No SDSS_API_KEY" not in words(settled(app(survey="sdss", name="M51"), until="spiral"))


def test_deep_surveys_are_offered_before_shallow_ones(app, archive):
    archive()
    page = settled(app(survey="sdss", name="M83"), until="is not in SDSS")
    offered = [b.label for b in page.button if b.label.startswith("Fetch from")]
    assert offered[0] == "Fetch from DESI Legacy Surveys"
    assert "Fetch from Digitized Sky Survey colour (HiPS)" in offered
