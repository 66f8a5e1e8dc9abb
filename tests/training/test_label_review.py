"""Mistakes looked at: counted as the label's, the network's, or nobody's."""

import pytest

from galaxy_core.errors import DatasetError
from galaxy_core.training.label_review import Seen, read_label_review, review_mistakes
from galaxy_core.training.report import whose_mistakes

REVIEW = {"disc": Seen.SPIRAL, "ball": Seen.ELLIPTICAL, "blur": Seen.UNDECIDED}


@pytest.mark.parametrize(
    ("name", "label", "whose"),
    [
        ("disc", 0, "label"),
        ("disc", 1, "network"),
        ("ball", 1, "label"),
        ("ball", 0, "network"),
        ("blur", 0, "undecided"),
        ("blur", 1, "undecided"),
        ("new", 1, "not_looked_at"),
    ],
)
def test_a_mistake_is_the_labels_where_the_picture_shows_the_other_class(name, label, whose):
    counts = review_mistakes([(name, label)], REVIEW)
    assert counts[whose] == 1
    assert sum(counts.values()) == 1


def test_the_sentence_counts_every_mistake_once_and_says_nothing_of_none():
    counts = {"label": 3, "undecided": 2, "network": 4, "not_looked_at": 1}
    assert whose_mistakes(counts) == (
        "Of the 10 mistakes, looked at by eye, 3 are the label's (the picture shows the other "
        "class), 2 show no sign of either class, 4 are the network's own, and 1 were not looked "
        "at."
    )
    assert whose_mistakes({**dict.fromkeys(counts, 0), "not_looked_at": 5}) == ""
    assert whose_mistakes({}) == ""


def test_the_shipped_review_is_read():
    assert len(read_label_review()) > 30


def test_what_is_no_review_is_refused(tmp_path):
    path = tmp_path / "review.csv"
    path.write_text("file,seen\na.jpg,banana\n")
    with pytest.raises(DatasetError, match="no list of pictures looked at"):
        read_label_review(path)
