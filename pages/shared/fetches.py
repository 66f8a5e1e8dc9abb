"""What one visitor fetches from surveys: one job at a time, and what came. Pure.

The job runs in a thread of its own; whoever draws looks at a snapshot. Other visitors have
fetches of their own, and share nothing but the bounded cache on disk.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from galaxy_core.settings import Settings

if TYPE_CHECKING:
    from galaxy_core.archives import FetchJob, Found, JobState

MOST_TARGETS = 50  # a longer list is the command line's
MOST_KEPT = 60  # of 0.8 MB each


@dataclass(frozen=True, slots=True)
class Wanted:
    """One galaxy of one survey, as the link names it.

    Parameters
    ----------
    survey, target : str
        Key of the survey; a name, position or objid.
    size_arcsec : int or None
        Side of the picture on the sky; None chooses it.
    """

    survey: str
    target: str
    size_arcsec: int | None = None


class Fetches:
    """The fetches of one visitor; used by one page run at a time."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Wanted, Found] = OrderedDict()
        self._asked: tuple[Wanted, ...] = ()
        self._listed: tuple[Wanted, ...] = ()
        self._job: FetchJob | None = None
        self._collected = 0

    def start(
        self,
        survey: str,
        targets: Sequence[str],
        *,
        size_arcsec: int | None,
        settings: Settings,
    ) -> None:
        """Fetch these, in place of what is still under way.

        One alone that is of the list so far (fetched again, or from another survey) takes its
        place there; anything else is a new list.
        """
        from galaxy_core.archives import FetchJob

        self.cancel()
        targets = tuple(dict.fromkeys(targets))[:MOST_TARGETS]
        self._asked = tuple(Wanted(survey, target, size_arcsec) for target in targets)
        only = self._asked[0] if len(self._asked) == 1 else None
        if only is not None and any(only.target == one.target for one in self._listed):
            self._listed = tuple(
                only if one.target == only.target else one for one in self._listed
            )
        else:
            self._listed = self._asked
        for wanted in self._asked:  # a failure is tried again; what came lies in the cache
            self._kept.pop(wanted, None)
        self._collected = 0
        self._job = FetchJob(targets, survey, settings=settings, size_arcsec=size_arcsec).start()

    def state(self) -> JobState | None:
        """Return how far the last job has come; None before the first."""
        if self._job is None:
            return None
        state = self._job.state
        by_target = {wanted.target: wanted for wanted in self._asked}
        for found in state.found[self._collected :]:
            self._kept[by_target[found.text]] = found
        self._collected = len(state.found)
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return state

    def found(self, wanted: Wanted) -> Found | None:
        """Return what came of one; None where nothing came yet."""
        self.state()
        return self._kept.get(wanted)

    def asked(self) -> tuple[Wanted, ...]:
        """Return what the last job was asked for, in that order."""
        return self._asked

    def listed(self) -> tuple[Wanted, ...]:
        """Return the last list, in its order."""
        return self._listed

    def is_running(self) -> bool:
        """Return whether something is under way."""
        state = self.state()
        return state is not None and state.running

    def was_asked(self, wanted: Wanted) -> bool:
        """Return whether it was asked for already, whatever came of it."""
        return wanted in self._asked or wanted in self._listed or wanted in self._kept

    def cancel(self) -> None:
        """End what is under way; what came stays."""
        if self._job is not None:
            self._job.cancel()
