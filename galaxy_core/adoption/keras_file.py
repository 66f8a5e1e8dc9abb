"""The structure of a ``.keras`` file, checked without Keras: members, layers, input.

Only layers of Keras itself that compute and nothing else may be in it: a list of what is
allowed, not of what is forbidden. What they compute is found out by ``trial``.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from galaxy_core.errors import ModelRefused
from galaxy_core.framing import INPUT_SIZE_PX
from galaxy_core.intake.zips import ZipLimits, zip_problem

LIMITS = ZipLimits(file_bytes=100_000_000, total_bytes=400_000_000, members=3)
MEMBERS = frozenset({"metadata.json", "config.json", "model.weights.h5"})
MOST_CONFIG_BYTES = 2_000_000
MOST_LAYERS = 300
MOST_CALLS = 1000
MOST_DEPTH = 60
MOST_NESTED = 4
MOST_NUMBER = 65_536
INPUT_SIDES_PX = (16, 512)


def _set(names: str) -> frozenset[str]:
    return frozenset(names.split())


_LAYERS = _set(
    "InputLayer Conv2D DepthwiseConv2D SeparableConv2D MaxPooling2D "
    "AveragePooling2D GlobalAveragePooling2D GlobalMaxPooling2D BatchNormalization "
    "LayerNormalization GroupNormalization UnitNormalization Normalization Rescaling Resizing "
    "Activation ReLU LeakyReLU PReLU ELU Softmax Dropout SpatialDropout2D GaussianNoise "
    "GaussianDropout Flatten Reshape Permute Dense Add Subtract Multiply Average Maximum "
    "Minimum Concatenate ZeroPadding2D Cropping2D UpSampling2D RandomFlip RandomRotation "
    "RandomZoom RandomTranslation RandomContrast RandomBrightness"
)
# Where an object stands by itself -> what it may be.
_PARTS: Mapping[str, frozenset[str]] = {
    "keras.initializers": _set(
        "Zeros Ones Constant Identity Orthogonal RandomNormal RandomUniform TruncatedNormal "
        "VarianceScaling GlorotNormal GlorotUniform HeNormal HeUniform LecunNormal "
        "LecunUniform"
    ),
    "keras.regularizers": frozenset({"L1", "L2", "L1L2", "OrthogonalRegularizer"}),
    "keras.constraints": frozenset({"MaxNorm", "MinMaxNorm", "NonNeg", "UnitNorm"}),
    "keras": frozenset({"DTypePolicy"}),
    "keras.layers": _set("LeakyReLU PReLU ELU ReLU"),  # as an activation
}
# Calculations between layers: x + y, x / 127.5 - 1, keras.ops.relu(x).
_CALCULATIONS: Mapping[str, frozenset[str]] = {
    "keras.src.ops.numpy": _set(
        "Add Subtract Multiply Divide TrueDivide Mean Max Maximum Minimum Concatenate Reshape"
    ),
    "keras.src.ops.nn": _set("Relu Relu6 LeakyRelu Silu Sigmoid Softmax"),
    "keras.src.ops.image": _set("RGBToGrayscale"),
}
_NETWORKS = _set("Functional Sequential")
_ACTIVATIONS = _set(
    "linear relu relu6 leaky_relu elu selu celu gelu silu swish mish softplus softsign tanh "
    "sigmoid hard_sigmoid hard_silu hard_swish log_softmax log_sigmoid softmax "
    "exponential"
)
_FREE_NUMBERS = frozenset({"seed", "shared_object_id"})


@dataclass(frozen=True, slots=True)
class KerasFile:
    """What the structure of a file says.

    Parameters
    ----------
    input_size_px : int
        Side of the square input.
    layers : tuple of (str, str)
        Class and name of each layer, in the file's order.
    keras_version : str
        That wrote it; empty if it does not say.
    """

    input_size_px: int
    layers: tuple[tuple[str, str], ...]
    keras_version: str

    @property
    def convolution_layers(self) -> tuple[str, ...]:
        """Names of the two-dimensional convolution layers."""
        return tuple(name for kind, name in self.layers if kind == "Conv2D")


def check_keras_file(path: Path, *, shown: str) -> KerasFile:
    """Return the structure of a file that may be given to Keras.

    Parameters
    ----------
    path : Path
        The file.
    shown : str
        What its owner calls it.

    Raises
    ------
    ModelRefused
        If it may not; one sentence says why.
    """
    problem = zip_problem(path, LIMITS)
    if problem:
        raise ModelRefused(f"{shown} is refused: {problem}.")
    config, metadata = _read(path, shown)
    try:
        return _checked(config, str(metadata.get("keras_version", ""))[:20])
    except _Unfit as reason:
        raise ModelRefused(f"{shown} is refused: {reason}.") from None
    except (KeyError, TypeError, AttributeError, IndexError, ValueError) as error:
        raise ModelRefused(
            f"{shown} is refused: its config.json does not describe a Keras 3 network."
        ) from error


class _Unfit(Exception):
    """The end of a sentence on why a network is refused."""


def _read(path: Path, shown: str) -> tuple[Any, dict[str, Any]]:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            if names != MEMBERS:
                odd = sorted(names ^ MEMBERS)[0][:60]
                raise ModelRefused(
                    f"{shown} is refused: a .keras file holds {', '.join(sorted(MEMBERS))} and "
                    f"nothing else; here {odd!r} is {'missing' if odd in MEMBERS else 'extra'}."
                )
            for name in ("config.json", "metadata.json"):
                if archive.getinfo(name).file_size > MOST_CONFIG_BYTES:
                    raise ModelRefused(f"{shown} is refused: its {name} is over 2 MB.")
            config = json.loads(archive.read("config.json"))
            metadata = json.loads(archive.read("metadata.json"))
            if archive.testzip() is not None:
                raise ModelRefused(f"{shown} is refused: it is damaged (a wrong checksum).")
    except (OSError, zipfile.BadZipFile, ValueError, RecursionError, EOFError) as error:
        raise ModelRefused(f"{shown} is refused: it is damaged.") from error
    return config, metadata if isinstance(metadata, dict) else {}


def _checked(config: Any, keras_version: str) -> KerasFile:
    if config.get("class_name") not in ("Functional", "Sequential") or not str(
        config.get("module", "")
    ).startswith("keras"):
        raise _Unfit("it is neither a Sequential nor a functional Keras network, but custom code")
    layers = list(_flat_layers(config["config"]["layers"]))
    if len(layers) > MOST_LAYERS:
        raise _Unfit(f"it has {len(layers)} layers; {MOST_LAYERS} are the most")
    if sum(len(layer.get("inbound_nodes", ())) for layer in layers) > MOST_CALLS:
        raise _Unfit(f"its layers are called more than {MOST_CALLS} times")
    for layer in layers:
        _check_layer(layer)
    # How it was trained is never loaded; its losses may be its owner's own.
    rest = {key: value for key, value in config.items() if key != "compile_config"}
    known = {id(layer) for layer in layers}
    for key, value in _walk({**rest, "class_name": None}):
        if id(value) not in known:
            _check_value(key, value)
    own = [layer for layer in layers if layer["class_name"] not in _NETWORKS]
    names = tuple((layer["class_name"], str(layer["config"]["name"])) for layer in own)
    if not any(kind == "Conv2D" for kind, _ in names):
        raise _Unfit("it has no two-dimensional convolution layer (Conv2D) to look into")
    return KerasFile(_input_side(config["config"]["layers"]), names, keras_version)


def _flat_layers(layers: Any, depth: int = 0) -> Iterator[Any]:
    """Yield every layer, and after a nested network its own."""
    if depth > MOST_NESTED:
        raise _Unfit(f"networks are nested in it more than {MOST_NESTED} deep")
    for layer in layers:
        yield layer
        if layer["class_name"] in _NETWORKS:
            yield from _flat_layers(layer["config"]["layers"], depth + 1)


def _check_layer(layer: Any) -> None:
    kind, module = str(layer["class_name"])[:60], str(layer.get("module", ""))
    registered = layer.get("registered_name")
    if kind in _NETWORKS:
        fits = module.startswith("keras") and registered in (None, kind)
    elif module == "keras.layers":
        fits = kind in _LAYERS and registered in (None, kind)
    else:
        fits = kind in _CALCULATIONS.get(module, ()) and registered in (None, kind)
    if not fits:
        raise _Unfit(
            f"it has a layer of the kind {kind!r}, which can hold code of its own or is not "
            "known here"
        )


def _check_value(key: str, value: Any) -> None:
    if isinstance(value, dict) and value.get("class_name") not in (None, "__keras_tensor__"):
        kind, module = str(value["class_name"])[:60], str(value.get("module", ""))
        free = value.get("registered_name") in (None, kind)
        if kind not in _PARTS.get(module, ()) or not free:
            raise _Unfit(f"it holds {kind!r}, which can be code of its own or is not known here")
    elif key == "activation" and value is not None and value not in _ACTIVATIONS:
        raise _Unfit(f"it has an activation that Keras does not know: {str(value)[:40]!r}")
    elif isinstance(value, (int, float)) and key not in _FREE_NUMBERS:
        if not abs(value) <= MOST_NUMBER:
            raise _Unfit(f"it asks for {key} = {value:g}; {MOST_NUMBER:,} is the most")
    elif isinstance(value, str) and len(value) > 200:
        raise _Unfit(f"its {key} is a text of {len(value):,} characters")


def _walk(value: Any, key: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Yield every value with the key that it stands under."""
    if depth > MOST_DEPTH:
        raise _Unfit("its description is nested too deeply")
    yield key, value
    if isinstance(value, dict):
        for own, inner in value.items():
            yield from _walk(inner, str(own)[:40], depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from _walk(inner, key, depth + 1)


def _input_side(layers: list[Any]) -> int:
    inputs = [layer for layer in layers if layer["class_name"] == "InputLayer"]
    if not inputs and layers and layers[0]["class_name"] in _NETWORKS:
        return _input_side(layers[0]["config"]["layers"])
    if len(inputs) != 1:
        raise _Unfit(f"it has {len(inputs)} inputs; a classifier here has one picture")
    shape = inputs[0]["config"]["batch_shape"]
    low, high = INPUT_SIDES_PX
    sides = [INPUT_SIZE_PX if side is None else side for side in shape[1:3]]
    fits = len(shape) == 4 and shape[3] in (1, 3) and sides[0] == sides[1]
    if not fits or not low <= sides[0] <= high:
        raise _Unfit(
            f"its input has the shape {tuple(shape)!r}; it must be (None, S, S, 3) or, for grey "
            f"pictures, (None, S, S, 1), with S = {low} to {high} pixels or any (None)"
        )
    return int(sides[0])
