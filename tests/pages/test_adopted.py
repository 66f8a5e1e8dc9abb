"""A network brought along, of another size and ending than ours, works on the classify page."""

import keras

from galaxy_core.cnn.card import write_card
from tests.cards import some_card
from tests.pages.conftest import words

CARD = some_card(
    name="soft",
    title="Soft",
    input_size_px=96,
    convolution_layers=("First", "Second"),
    evidence_scale={"First": 1.0, "Second": 1.0},
    training={"adopted_file": "soft.keras"},
)


def test_a_softmax_of_96_pixels_answers_with_evidence_and_maps(app, tmp_path):
    folder = tmp_path / "models" / "soft"
    folder.mkdir(parents=True)
    layers = keras.layers
    keras.Sequential(
        [
            keras.Input((96, 96, 3)),
            layers.Conv2D(4, 3, activation="relu", name="First"),
            layers.Conv2D(4, 3, activation="relu", name="Second"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(2, activation="softmax"),
        ]
    ).save(folder / "model.keras")
    write_card(CARD, folder / "card.json")
    page = app(model="soft")
    text = words(page)
    assert "probability of spiral" in text
    assert "What the network sees: 96 × 96 pixels" in text
    assert page.selectbox(key="classify.widget.layer").options == ["First", "Second"]
    assert "not calibrated probability" in text
    assert not page.error
