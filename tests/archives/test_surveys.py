"""One contract over every survey of the table, played by a server with its manners."""

import asyncio

import numpy as np
import pytest

from galaxy_core.archives import SURVEYS, Coverage, ImageFormat, find_survey, surveys_covering
from galaxy_core.archives.survey import Aim, Query, check_aim
from galaxy_core.cutout import Origin, SkyPosition
from galaxy_core.errors import ArchiveError, NotInFootprint
from tests.archives.fake_archives import PLAYED_BY, FakeArchive

NORTH = SkyPosition(180.0, 30.0)
PS1_LISTING = "ra dec filter filename\n1 2 g /g.fits\n1 2 r /r.fits\n1 2 i /i.fits\n"
SOUTH = SkyPosition(50.0, -30.0)
every_survey = pytest.mark.parametrize("key", SURVEYS)


@every_survey
def test_a_survey_describes_itself(key):
    survey = SURVEYS[key]
    assert survey.key == key
    for text in (survey.title, survey.release, survey.colours, survey.credit):
        assert text.strip() == text != ""
    assert all(host.startswith("https://") and not host.endswith("/") for host in survey.hosts)
    assert survey.viewer_url(NORTH).startswith("https://")
    assert ImageFormat.JPEG in survey.formats
    assert 0 < survey.native_scale_arcsec <= 2
    assert survey.manners.at_once >= 1


@every_survey
def test_queries_are_pure_and_carry_no_overlay_options(key):
    survey = SURVEYS[key]
    for image_format in survey.formats:
        aim = Aim(NORTH, 100.0, 256, image_format)
        query = survey.cutout_query(aim, PS1_LISTING)
        assert query == survey.cutout_query(aim, PS1_LISTING)
        assert isinstance(query, Query)
        assert query.path.startswith("/")
        assert not {"opt", "query", "grid", "label"} & {name for name, _ in query.parameters}
        numbers = dict(query.parameters)
        assert (float(numbers["ra"]), float(numbers["dec"])) == (180.0, 30.0)


@every_survey
def test_limits_are_checked_before_anything_is_sent(key):
    survey = SURVEYS[key]
    check_aim(survey, Aim(NORTH, 100.0, 256))
    for aim in (Aim(NORTH, 100.0, 8), Aim(NORTH, 100.0, 20_000), Aim(NORTH, 0.1, 256),
                Aim(NORTH, 3.6e6, 256)):  # fmt: skip
        with pytest.raises(ArchiveError, match=f"{survey.title[:4]}.* gives .*; asked for"):
            check_aim(survey, aim)


@every_survey
def test_a_cutout_says_where_it_is_from_and_where_it_is(key, on_loopback):
    survey = SURVEYS[key]
    where = SOUTH if survey.covers(NORTH) is Coverage.NO else NORTH
    with FakeArchive(PLAYED_BY[survey.service]) as server:

        async def main():
            async with on_loopback(key, **{survey.service: server.url}) as archive:
                return await archive.fetch(where, name="a galaxy", size_arcsec=64.0, size_px=128)

        cutout = asyncio.run(main())
        assert server.client_sockets() == 0
    origin = cutout.provenance
    assert cutout.pixels.shape == (128, 128, 3)
    assert (origin.origin, origin.name, origin.survey) == (
        Origin.ARCHIVE,
        "a galaxy",
        survey.title,
    )
    assert (origin.release, origin.credit) == (survey.release, survey.credit)
    assert origin.url.startswith(server.url)
    assert len(origin.sha256) == 64
    assert origin.retrieved_utc.endswith("+00:00")
    assert cutout.pixel_scale_arcsec == 0.5
    assert cutout.position == where
    assert (cutout.wcs is not None) is survey.north_up


@every_survey
def test_north_is_up_and_east_is_left(key, fetch):
    survey = SURVEYS[key]
    if not survey.north_up:
        pytest.skip("makes no such promise")
    with FakeArchive(PLAYED_BY[survey.service]) as server:
        where = SOUTH if survey.covers(NORTH) is Coverage.NO else NORTH
        wcs = fetch(key, where, **{survey.service: server.url}).wcs
    centre = wcs.pixel_to_world(127.5, 127.5)
    assert (centre.ra.deg, centre.dec.deg) == pytest.approx((where.ra_deg, where.dec_deg))
    assert wcs.pixel_to_world(127.5, 0).dec > centre.dec
    assert wcs.pixel_to_world(0, 127.5).ra > centre.ra
    step = centre.separation(wcs.pixel_to_world(127.5, 126.5)).arcsec
    assert step == pytest.approx(0.396127, rel=1e-3)


def test_outside_of_a_known_footprint_nothing_is_asked_and_others_are_named(fetch):
    with FakeArchive(PLAYED_BY["skyserver"]) as server:
        with pytest.raises(NotInFootprint) as raised:
            fetch("sdss", SkyPosition(201.4, -43.0), skyserver=server.url)
        assert server.heard == []
    assert str(raised.value) == (
        "SDSS never looked there. Other surveys that may cover it: Digitized Sky Survey "
        "colour (HiPS), 2MASS infrared colour (HiPS), DESI Legacy Surveys."
    )


@pytest.mark.parametrize(
    ("key", "dec_deg", "expected"),
    [
        ("sdss", 30.0, Coverage.YES), ("sdss", -43.0, Coverage.NO),
        ("sdss", -19.4, Coverage.UNKNOWN),
        ("panstarrs", -25.0, Coverage.YES), ("panstarrs", -36.0, Coverage.NO),
        ("panstarrs", -30.0, Coverage.UNKNOWN), ("legacy", 88.0, Coverage.NO),
        ("legacy", 30.0, Coverage.UNKNOWN), ("hips-2mass", -90.0, Coverage.YES),
        ("hips-dss", 90.0, Coverage.YES), ("hips-des", 30.0, Coverage.NO),
    ],
)  # fmt: skip
def test_footprints_are_coarse_and_honest(key, dec_deg, expected):
    assert SURVEYS[key].covers(SkyPosition(180.0, dec_deg)) is expected


def test_certain_surveys_are_suggested_first_and_every_position_has_one():
    for ra_deg, dec_deg in np.random.default_rng(2).uniform((0, -90), (359.99, 90), (200, 2)):
        position = SkyPosition(ra_deg, dec_deg)
        found = [survey.covers(position) for survey in surveys_covering(position)]
        assert Coverage.YES in found
        assert found == sorted(found, key=[Coverage.YES, Coverage.UNKNOWN].index)


def test_any_hips_is_a_survey():
    survey = find_survey("hips:CDS/P/DSS2/red")
    assert survey.formats == {ImageFormat.JPEG, ImageFormat.FITS}
    assert ("hips", "CDS/P/DSS2/red") in survey.cutout_query(Aim(NORTH, 60, 64), "").parameters


def test_an_unknown_survey_names_those_there_are():
    with pytest.raises(ArchiveError, match=r"No survey 'galex'\. There are sdss, legacy,"):
        find_survey("galex")
