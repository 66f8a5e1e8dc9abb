"""Environment variables -> ``Settings``. The only module that reads the environment.

Secrets are held in ``Secret``, whose text form hides them, so that no log line,
traceback or page can show one by accident.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from platformdirs import user_data_path

from galaxy_core.errors import SettingsError

_NO = frozenset({"", "0", "no", "false", "off"})


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """A text that is used but never shown."""

    _text: str = ""

    def reveal(self) -> str:
        """Return the text itself; for the request header only."""
        return self._text

    def __bool__(self) -> bool:
        return bool(self._text)

    def __repr__(self) -> str:
        return "Secret(set)" if self._text else "Secret(not set)"

    __str__ = __repr__


@dataclass(frozen=True, slots=True)
class Settings:
    """What the operator chose.

    Parameters
    ----------
    data_dir : Path
        Caches, trained models and the default database (``GALAXY_DATA_DIR``).
    samples_dir : Path or None
        A folder of pictures shown beside the simulated samples (``GALAXY_SAMPLES_DIR``).
    database_url : str
        SQLAlchemy URL (``GALAXY_DATABASE_URL``); default: SQLite in the data dir.
        May hold a password: never shown.
    archive_host : str
        Host or URL used in place of SkyServer (``ASTRO_DB_HOST``); empty if not set.
    sdss_api_key : Secret
        Bearer token for the archive host only (``SDSS_API_KEY``).
    read_only : bool
        Whether visitors may only look at networks and trainings (``GALAXY_READ_ONLY``): none
        of them starts, stops, adds or deletes one. The command line still does.
    """

    data_dir: Path
    samples_dir: Path | None = None
    database_url: str = field(default="", repr=False)
    archive_host: str = ""
    sdss_api_key: Secret = field(default_factory=Secret)
    read_only: bool = False

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Return the settings that the environment asks for.

        Raises
        ------
        SettingsError
            If ``GALAXY_SAMPLES_DIR`` names something that is not a folder, or
            ``GALAXY_DATA_DIR`` names a file.
        """
        env = os.environ if environ is None else environ
        data_dir = Path(env.get("GALAXY_DATA_DIR") or user_data_path("automated-astronomer"))
        if data_dir.exists() and not data_dir.is_dir():
            raise SettingsError(f"GALAXY_DATA_DIR must name a folder; {data_dir} is a file.")
        samples = env.get("GALAXY_SAMPLES_DIR", "").strip()
        if samples and not Path(samples).is_dir():
            raise SettingsError(
                f"GALAXY_SAMPLES_DIR must name a folder of pictures; {samples} is none."
            )
        return cls(
            data_dir=data_dir,
            samples_dir=Path(samples) if samples else None,
            database_url=env.get("GALAXY_DATABASE_URL") or f"sqlite:///{data_dir / 'review.db'}",
            archive_host=env.get("ASTRO_DB_HOST", "").strip(),
            sdss_api_key=Secret(env.get("SDSS_API_KEY", "").strip()),
            read_only=env.get("GALAXY_READ_ONLY", "").strip().lower() not in _NO,
        )
