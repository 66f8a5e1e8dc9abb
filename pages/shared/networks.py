"""Networks loaded in the background, so that no page waits for TensorFlow to paint.

One thread loads one network at a time; pages ask and get a future at once. TensorFlow is
imported in that thread and nowhere before. Knows no Streamlit; ``caches`` holds the one
instance of this process.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from galaxy_core.cnn.store import StoredModel
from galaxy_core.cnn.tensorflow_start import import_tensorflow

if TYPE_CHECKING:
    from galaxy_core.cnn.classifier import Classifier
    from galaxy_core.explain.inspection import Inspector
    from galaxy_core.explain.receptive import LayerGeometry

Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """A network ready to answer and to be looked into; shared between visitors, never changed.

    Parameters
    ----------
    classifier, inspector : Classifier, Inspector
        Traced and run once.
    geometry : mapping of str to LayerGeometry
        Where the cells of each convolution layer lie on the input.
    """

    classifier: Classifier
    inspector: Inspector
    geometry: Mapping[str, LayerGeometry]


def load_network(stored: StoredModel) -> Network:
    """Return the network of a store entry, traced, so that its first answer is quick.

    Raises
    ------
    ModelError
        If it cannot be used.
    """
    import_tensorflow()
    from galaxy_core.cnn.classifier import load_classifier
    from galaxy_core.explain.inspection import Inspector
    from galaxy_core.explain.receptive import layer_geometry

    classifier = load_classifier(stored)
    inspector = Inspector(classifier)
    size = classifier.card.input_size_px
    dark = np.zeros((1, size, size, 3), dtype=np.float32)
    classifier.answer(dark)
    inspector.inspect(dark)
    names = inspector.layer_names
    return Network(
        classifier, inspector, {name: layer_geometry(classifier.model, name) for name in names}
    )


class Networks:
    """The networks of this process, loaded on request; safe to share between threads.

    Parameters
    ----------
    load : callable
        StoredModel -> Network.
    most : int
        How many are kept; the one asked for longest ago goes first.
    """

    def __init__(
        self, *, load: Callable[[StoredModel], Network] = load_network, most: int = 3
    ) -> None:
        self._load = load
        self._most = most
        self._futures: OrderedDict[Key, Future[Network]] = OrderedDict()
        self._lock = Lock()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="network")

    def request(self, stored: StoredModel) -> Future[Network]:
        """Return the network, now or later. A retrained one of the same name is loaded anew."""
        card = stored.card
        key = (card.name, card.weights_sha256, card.created_utc)
        with self._lock:
            if key not in self._futures:
                self._futures[key] = self._thread.submit(self._load, stored)
            self._futures.move_to_end(key)
            while len(self._futures) > self._most:
                self._futures.popitem(last=False)
            return self._futures[key]

    def forget_failures(self) -> None:
        """Drop what could not be loaded, so that the next request tries again."""
        with self._lock:
            failed = [k for k, f in self._futures.items() if f.done() and f.exception()]
            for key in failed:
                del self._futures[key]
