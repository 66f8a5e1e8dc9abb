"""Names, objids, sizes: who is asked, and what is made of the answer."""

import asyncio
from dataclasses import dataclass

import pytest

from galaxy_core.archives import FAMOUS, SURVEYS, surveys_covering
from galaxy_core.archives.famous import find_famous
from galaxy_core.archives.names import read_sesame, resolve_locally
from galaxy_core.archives.sizing import size_of_axis, size_of_radius, within_limits
from galaxy_core.cutout import SkyPosition
from galaxy_core.errors import ArchiveUnavailable, DamagedResponse, NameNotResolved
from tests.archives.fake_archives import (
    FakeArchive,
    answer,
    galaxy_jpeg,
    json_answer,
    sesame,
    sky_server,
)


def asked(on_loopback, question, **services):
    async def main():
        async with on_loopback("sdss", **services) as archive:
            return await question(archive)

    return asyncio.run(main())


# --- names ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["M51", "m 51", "Messier 51", "NGC5194", "ngc 5194",
                                  "Whirlpool Galaxy", "M051"])  # fmt: skip
def test_famous_names_need_no_network(name):
    found = resolve_locally(name)
    assert (found.position, found.source) == (SkyPosition(202.4696, 47.1952), "built-in list")


def test_a_label_stays_with_its_position_and_needs_no_network():
    found = resolve_locally("My galaxy @ 202.47, 47.195")
    assert (found.name, found.position) == ("My galaxy", SkyPosition(202.47, 47.195))


def test_a_label_stays_with_its_objid(on_loopback):
    with FakeArchive(sky_server) as server:
        found = asked(
            on_loopback, lambda a: a.resolve("mine @ 1237648720693755918"), skyserver=server.url
        )
    assert (found.name, found.position) == ("mine", SkyPosition(202.5, 47.2))


def test_sesame_is_asked_for_the_rest_and_only_once(on_loopback):
    with FakeArchive(sesame) as server:
        for _ in range(2):
            found = asked(on_loopback, lambda a: a.resolve(" NGC  5195 "), sesame=server.url)
            assert found.source == "Sesame"
            assert found.position == SkyPosition(202.498294, 47.26613)
        assert len(server.heard) == 1


def test_an_unknown_name_says_who_was_asked_and_is_not_kept(on_loopback):
    with FakeArchive(sesame) as server:
        for _ in range(2):
            with pytest.raises(
                NameNotResolved, match="neither to Simbad nor to NED nor to VizieR"
            ):
                asked(on_loopback, lambda a: a.resolve("Vulcan & Co?"), sesame=server.url)
        assert len(server.heard) == 2
        # The name is one argument, whatever is in it.
        assert (server.heard[0].path, server.heard[0].query) == (
            "/-oI/SNV",
            "Vulcan%20%26%20Co%3F",
        )


def test_a_page_in_place_of_sesame_is_no_unknown_name():
    with pytest.raises(DamagedResponse):
        read_sesame(b"<html>maintenance</html>", "M51")


XML = b"<?xml version='1.0'?><Sesame><Target><Resolver>%s</Resolver></Target></Sesame>"


def test_sesame_in_xml_is_understood():
    found = read_sesame(XML % b"<jradeg>202.5</jradeg>\n<jdedeg>-47.2</jdedeg>", "x")
    assert found == SkyPosition(202.5, -47.2)


@pytest.mark.parametrize(
    ("answer", "error"),
    [(XML % b"<INFO>Nothing found</INFO>", NameNotResolved),
     (b"<?xml version='1.0'?><Error>no</Error>", DamagedResponse),
     (b"# x\n#!SIMBAD: Timeout\n#!Nothing found\n", ArchiveUnavailable)],
)  # fmt: skip
def test_sesame_without_a_position_says_why(answer, error):
    with pytest.raises(error):
        read_sesame(answer, "x")


def test_an_impossible_position_is_damage():
    with pytest.raises(DamagedResponse, match="no possible position"):
        read_sesame(b"# x\n%J 10.0 +95.0 = ...\n", "M51")


@pytest.mark.parametrize("text", ["", "   ", "x" * 300, "a\0b", "M51\x1b[31m"])
def test_what_is_no_name_is_refused_before_anybody_is_asked(text):
    with pytest.raises(NameNotResolved):
        resolve_locally(text)


def test_sesame_down_is_unavailable(on_loopback):
    with pytest.raises(ArchiveUnavailable, match="could not say where “NGC 5195” is"):
        asked(on_loopback, lambda a: a.resolve("NGC 5195"), sesame="http://127.0.0.1:9")


@pytest.mark.parametrize(
    ("objid", "table"),
    [("1237648720693755918", "PhotoObjAll WHERE objID"), ("587722952767439450", "PhotoObjDR7")],
)
def test_objids_are_looked_up_in_their_own_release(objid, table, on_loopback):
    with FakeArchive(sky_server) as server:
        found = asked(on_loopback, lambda a: a.resolve(objid), skyserver=server.url)
        assert table in server.heard[0].parameters["cmd"]
    assert (found.position, found.source) == (SkyPosition(202.5, 47.2), "SDSS")


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (json_answer([{"TableName": "Table1", "Rows": []}]), NameNotResolved),
        (json_answer({"ErrorCode": 500, "ErrorMessage": "syntax"}), ArchiveUnavailable),
        (json_answer([]), DamagedResponse),
        (json_answer([{"Rows": [{"ra": "x", "dec": None}]}]), DamagedResponse),
        (json_answer([{"Rows": [{"ra": 500, "dec": 2}]}]), DamagedResponse),
        (answer(b"[" * 100_000, "application/json"), DamagedResponse),
        (answer(b"<html>", "text/html"), DamagedResponse),
    ],
)
def test_odd_answers_to_an_objid(reply, error, on_loopback):
    with FakeArchive(lambda _: reply) as server, pytest.raises(error):
        asked(on_loopback, lambda a: a.resolve("1237648720693755918"), skyserver=server.url)


@pytest.mark.parametrize(
    "reply",
    [
        json_answer([{"Rows": [{"OBJID": 1, "RA": 202.5, "Dec": "47.2"}]}]),
        json_answer({"Rows": [{"objid": 1, "ra": 202.5, "dec": 47.2}]}),
        answer(b"#Table1\nobjID,ra,dec\n1,202.5,47.2\n", "text/plain"),
        answer(b"\xef\xbb\xbfObjID,RA,DEC\r\n1,202.5,47.2\r\n", "text/csv"),
    ],
    ids=["capitals", "no list", "CSV with its table's name", "CSV"],
)
def test_answers_of_other_mirrors_to_an_objid(reply, on_loopback):
    with FakeArchive(lambda _: reply) as server:
        found = asked(
            on_loopback, lambda a: a.resolve("1237648720693755918"), skyserver=server.url
        )
    assert found.position == SkyPosition(202.5, 47.2)


@pytest.mark.parametrize("body", [b"", b"<html>Error</html>", b"#Table1\nobjID,ra,dec\n"])
def test_empty_and_foreign_answers_to_an_objid_are_typed(body, on_loopback):
    refused = pytest.raises((NameNotResolved, DamagedResponse))
    with FakeArchive(lambda _: answer(body, "text/plain")) as server, refused:
        asked(on_loopback, lambda a: a.resolve("1237648720693755918"), skyserver=server.url)


# --- sizes ---------------------------------------------------------------------------------


@dataclass
class FakeFraming:
    half_size_px: float


def test_a_famous_galaxy_is_framed_by_its_axis(on_loopback):
    async def question(archive):
        return await archive.choose_size(await archive.resolve("NGC 1300"))

    size = asked(on_loopback, question)
    assert size.size_arcsec == pytest.approx(1.25 * 60 * 5.96)
    assert size.reason == "its catalogued major axis"


def test_others_are_framed_by_their_petrosian_radius(on_loopback):
    with FakeArchive(sky_server) as server:
        here = SkyPosition(202.5, 47.2)
        size = asked(on_loopback, lambda a: a.choose_size(here), skyserver=server.url)
        assert "petroR90_r" in server.heard[0].parameters["cmd"]
    assert size.size_arcsec == pytest.approx(1.25 * 2.82 * 12.5)


@pytest.mark.parametrize("half_px", [(60.0,), (220.0, 100.0)])
def test_without_a_radius_the_framing_of_a_generous_cutout_decides(half_px, on_loopback):
    def script(heard):
        if heard.path.endswith("SqlSearch"):
            return json_answer([{"TableName": "Table1", "Rows": []}])
        return answer(galaxy_jpeg(int(heard.parameters["width"])))

    looks = iter(half_px)
    with FakeArchive(script) as server:
        here = SkyPosition(202.5, 47.2)
        size = asked(
            on_loopback,
            lambda a: a.choose_size(here, framing=lambda _: FakeFraming(next(looks))),
            skyserver=server.url,
        )
        pictures = [heard for heard in server.heard if "width" in heard.parameters]
        assert len(pictures) == len(half_px)
    scale = float(pictures[-1].parameters["scale"])
    assert size.size_arcsec == pytest.approx(1.5 * 2 * half_px[-1] * scale, rel=1e-4)


def test_sizes_stay_within_what_a_survey_gives():
    wide = within_limits(size_of_axis(1e6), SURVEYS["sdss"], 256)
    assert wide.size_arcsec == 60.0 * 256
    assert wide.reason.endswith("bounded")
    assert within_limits(size_of_radius(0.01), SURVEYS["sdss"], 256).size_arcsec == 8.0


# --- famous --------------------------------------------------------------------------------


def test_famous_galaxies_span_the_hubble_sequence():
    assert len(FAMOUS) >= 30
    types = " ".join(galaxy.hubble_type for galaxy in FAMOUS)
    for stage in ("E0", "E5", "S0", "Sa", "SAab", "SBb", "SABbc", "SAc", "I"):
        assert stage in types


@pytest.mark.parametrize("galaxy", FAMOUS, ids=lambda galaxy: galaxy.name)
def test_every_famous_galaxy_can_be_found_and_fetched_somewhere(galaxy):
    assert find_famous(galaxy.name) is galaxy
    assert all(find_famous(name) is galaxy for name in galaxy.also)
    assert surveys_covering(galaxy.position)
    assert 0.3 < galaxy.major_axis_arcmin < 200
    assert galaxy.sentence.endswith((".", "?"))


@pytest.mark.parametrize(
    ("name", "where"),
    [
        ("M31", "00h42m44.3s +41d16m09s"),
        ("M51", "13h29m52.7s +47d11m43s"),
        ("M87", "12h30m49.4s +12d23m28s"),
        ("M104", "12h39m59.4s -11d37m23s"),
        ("NGC 1300", "03h19m41.1s -19d24m41s"),
        ("Hoag's Object", "15h17m14.5s +21d35m08s"),
    ],
)
def test_famous_positions_agree_with_the_literature(name, where):
    """Simbad's positions, to ten arcseconds."""
    from astropy.coordinates import SkyCoord

    position = find_famous(name).position
    ours = SkyCoord(position.ra_deg, position.dec_deg, unit="deg")
    assert ours.separation(SkyCoord(where)).arcsec < 10
