"""Pictures of one galaxy are known again however they were saved; two galaxies stay two."""

import io

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage

from galaxy_core.training.dataset import Part, read_labelled_images
from galaxy_core.training.lookalikes import copies_across_split, fingerprint, fingerprints
from galaxy_core.training.traps import find_traps

GALAXIES = 60


def galaxy(seed):
    """Draw a round galaxy among a few stars on a grainy sky: alike but for these."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[-1:1:128j, -1:1:128j]
    light = 0.8 * np.exp(-4 * np.hypot(y, x)) + 0.05
    stars = np.zeros_like(light)
    stars[tuple(rng.integers(0, 128, (2, 6)))] = rng.uniform(5, 15, 6)
    light = light + ndimage.gaussian_filter(stars, 2) + rng.normal(0, 0.01, light.shape)
    pixels = np.clip(light, 0, 1)[..., None] * (1.0, 0.9, 0.8)
    return Image.fromarray(np.uint8(255 * pixels))


def saved_anew(picture, change):
    """Return a picture as others may have saved it."""
    stream = io.BytesIO()
    if change == "grey":
        picture = picture.convert("L").convert("RGB")
    elif change != "compressed":
        factor = {"shrunk": 0.75, "enlarged": 1.7}[change]
        picture = picture.resize([int(side * factor) for side in picture.size])
    picture.save(stream, "JPEG", quality=70)
    return Image.open(stream)


def labelled(root, pictures):
    root.mkdir()
    for index, picture in enumerate(pictures):
        picture.save(root / f"{index}.png")
    rows = "".join(f"{index}.png,{index % 2}\n" for index in range(len(pictures)))
    (root / "labels.csv").write_text("file,spiral\n" + rows)
    return read_labelled_images(root)


@pytest.mark.parametrize("change", ["compressed", "grey", "shrunk", "enlarged"])
def test_copies_that_were_saved_anew_are_found_with_what_they_are_copies_of(tmp_path, change):
    pictures = [galaxy(seed) for seed in range(GALAXIES)]
    copies = [saved_anew(picture, change) for picture in pictures]
    images = labelled(tmp_path / "set", [*pictures, *copies])
    parts = [image.part is Part.TRAIN for image in images]
    torn = sum(parts[k] != parts[k + GALAXIES] for k in range(GALAXIES))
    found = copies_across_split(images)
    assert len(found) == torn > 0
    for one in found:
        numbers = [int(image.path.stem) for image in (one.image, one.trained_on)]
        assert abs(numbers[0] - numbers[1]) == GALAXIES
    assert any(trap.startswith(f"Duplicates: {torn} ") for trap in find_traps(images))


def test_galaxies_of_one_shape_are_no_copies(tmp_path):
    images = labelled(tmp_path / "set", [galaxy(seed) for seed in range(GALAXIES)])
    assert copies_across_split(images) == ()
    assert copies_across_split(images, fingerprints(images)) == ()


def test_blank_and_unreadable_pictures_are_like_none(tmp_path):
    images = labelled(tmp_path / "set", [Image.new("RGB", (64, 64), "gray")] * 40)
    images[0].path.write_bytes(b"nothing")
    images[1].path.unlink()
    assert copies_across_split(images) == ()
    assert fingerprint(np.zeros((5, 9), np.float32)) is None
