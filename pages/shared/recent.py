"""The cutouts looked at last, bounded by bytes rather than by count. Pure.

A picture of 16 megapixels is 200 MB as float32 and one of 64 kilopixels 800 kB: a cache
that counts entries would be either useless or fatal. Shared by all visitors; what is kept
is found by a hash of the file's own bytes, so nobody can ask for another's.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from galaxy_core.cutout import Cutout

# Sixteen of the usual pictures of 256 pixels a side; reading such a one anew takes 5 ms.
LIMIT_BYTES = 12 * 2**20
# Half a second's reading: the one on somebody's screen is not to be read at every slider's move.
LARGEST_BYTES = 192 * 2**20


class RecentCutouts:
    """Cutouts by key; the one used longest ago goes first. Safe to share between threads.

    Parameters
    ----------
    limit_bytes : int
        Total size of the pixels kept; the newest is kept even if it alone is larger.
    largest_bytes : int
        Unless it is larger than this: it is made anew each time.
    """

    def __init__(
        self, *, limit_bytes: int = LIMIT_BYTES, largest_bytes: int = LARGEST_BYTES
    ) -> None:
        self._limit_bytes, self._largest_bytes = limit_bytes, largest_bytes
        self._kept: OrderedDict[str, Cutout] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def get(self, key: str, make: Callable[[], Cutout]) -> Cutout:
        """Return the cutout of that key, made if it is not kept.

        Raises
        ------
        GalaxyError
            Whatever ``make`` raises; failures are not kept.
        """
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        cutout = make()
        with self._lock:
            self._keep(key, cutout)
        return cutout

    def _keep(self, key: str, cutout: Cutout) -> None:
        if key in self._kept or cutout.pixels.nbytes > self._largest_bytes:
            return
        self._kept[key] = cutout
        self._bytes += cutout.pixels.nbytes
        while self._bytes > self._limit_bytes and len(self._kept) > 1:
            _, oldest = self._kept.popitem(last=False)
            self._bytes -= oldest.pixels.nbytes
