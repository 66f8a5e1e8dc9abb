"""Sky position -> ``Cutout``: survey archives, asked politely and believed only after checks.

One file a survey (``sdss``, ``legacy``, ``panstarrs``, ``hips``), one table (``SURVEYS``), one
client (``open_archive``). Hosts are a fixed list; there is no fetching by URL.
"""

from galaxy_core.archives.background import FetchJob, Found, JobState
from galaxy_core.archives.client import DEFAULT_SIZE_ARCSEC, DEFAULT_SIZE_PX, Archive
from galaxy_core.archives.endpoints import Endpoints, key_notice
from galaxy_core.archives.famous import FAMOUS, FamousGalaxy
from galaxy_core.archives.fetching import FetchPlan, FetchProgress, fetch_into, fetch_to_folder
from galaxy_core.archives.lists import read_list
from galaxy_core.archives.names import Resolved
from galaxy_core.archives.network import Network
from galaxy_core.archives.opening import open_archive, open_cache
from galaxy_core.archives.patience import Patience
from galaxy_core.archives.sizing import AngularSize
from galaxy_core.archives.survey import Coverage, ImageFormat, Survey
from galaxy_core.archives.table import SURVEYS, find_survey, surveys_covering
from galaxy_core.archives.targets import Fetched, Target

__all__ = [
    "open_archive",
    "Archive",
    "Fetched",
    "Target",
    "Network",
    "Endpoints",
    "key_notice",
    "Patience",
    "open_cache",
    "SURVEYS",
    "Survey",
    "find_survey",
    "surveys_covering",
    "Coverage",
    "ImageFormat",
    "Resolved",
    "AngularSize",
    "read_list",
    "fetch_to_folder",
    "fetch_into",
    "FetchPlan",
    "FetchProgress",
    "FetchJob",
    "Found",
    "JobState",
    "FAMOUS",
    "FamousGalaxy",
    "DEFAULT_SIZE_ARCSEC",
    "DEFAULT_SIZE_PX",
]
