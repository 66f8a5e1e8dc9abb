"""The page of famous galaxies, and finding galaxies in a field, as a script sees them."""

import io

import numpy as np
from PIL import Image
from streamlit.testing.v1 import AppTest

from galaxy_core.archives import FAMOUS
from tests.archives.fake_archives import FakeArchive, sky_server
from tests.pages.conftest import PATIENCE_S, ROOT, words


def test_every_famous_galaxy_is_one_click_that_names_its_survey(app, monkeypatch):
    with FakeArchive(sky_server) as server:
        monkeypatch.setenv("ASTRO_DB_HOST", server.url)
        page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE_S)
        page.switch_page("pages/famous.py").run()
        assert not page.exception
        labels = {b.key: b.label for b in page.button if (b.key or "").startswith("famous.")}
        groups = {key for key in labels if key.startswith("famous.group.")}
        assert set(labels) - groups == {f"famous.{galaxy.name}" for galaxy in FAMOUS}
        assert labels["famous.group.1"].startswith("Fetch these ")
        assert labels["famous.M51"] == "Fetch from SDSS"
        assert labels["famous.M83"] != "Fetch from SDSS"  # SDSS never looked so far south
        assert server.heard == []


def field_file():
    """Return an upload: three discs, and one point, on noise."""
    rng = np.random.default_rng(3)
    image = rng.normal(0.06, 0.01, (640, 640))
    y, x = np.mgrid[:640, :640]
    for centre_y, centre_x in ((150, 160), (320, 480), (500, 200)):
        image += 0.8 * np.exp(-np.hypot(x - centre_x, (y - centre_y) / 0.7) / 10)
    buffer = io.BytesIO()
    Image.fromarray((np.clip(image, 0, 1) * 255).astype(np.uint8)).save(buffer, "PNG")
    return ("field.png", buffer.getvalue(), "image/png")


def test_galaxies_of_a_field_are_marked_opened_and_classified(app):
    page = app()
    page.file_uploader[0].set_value([field_file()]).run()
    next(b for b in page.button if b.label == "Find galaxies").click().run()
    assert not page.exception
    assert "**3 galaxies**" in words(page)
    page.selectbox(key="field.open").set_value(1).run()
    x, y, _ = map(float, page.query_params["framing"].split(","))
    nearest = min(np.hypot(x - gx, y - gy) for gy, gx in ((150, 160), (320, 480), (500, 200)))
    assert nearest < 3
    page.toggle(key="field.classify").set_value(True).run()
    assert len(page.dataframe[0].value) == 3
    assert page.dataframe[0].value["Verdict"].ne("Not read").all()


def test_what_framing_notices_about_each_galaxy_of_a_field_stands_in_the_table(app):
    page = app()
    y, x = np.mgrid[:640, :640]
    image = np.random.default_rng(5).normal(0.05, 0.012, (640, 640))
    for (gy, gx), scale in (((320, 320), 14), ((150, 633), 10)):
        image += 0.8 * np.exp(-np.hypot(y - gy, x - gx) / scale)
    buffer = io.BytesIO()
    Image.fromarray((np.clip(image, 0, 1) * 255).astype(np.uint8)).save(buffer, "PNG")
    page.file_uploader[0].set_value([("edge.png", buffer.getvalue(), "image/png")]).run()
    next(b for b in page.button if b.label == "Find galaxies").click().run()
    page.toggle(key="field.classify").set_value(True).run()
    remarks = dict(zip(page.dataframe[0].value["Name"], page.dataframe[0].value["Remarks"]))
    assert "cut off by the edge" not in remarks["1: galaxy at (320, 320)"]
    assert any("cut off by the edge" in said for said in remarks.values()), remarks


def test_small_picture_of_one_galaxy_offers_no_search(app):
    assert not [b for b in app().button if b.label == "Find galaxies"]
