"""One warm FITS process for all tests of intake."""

import pytest

from galaxy_core.intake.fits_reader import FitsReader


@pytest.fixture(scope="session")
def reader():
    with FitsReader() as reader:
        yield reader
