"""The table on the cards, and sentences that are made from its numbers."""

from galaxy_core.training.compare.methods import METHODS
from galaxy_core.training.compare.run import Result
from galaxy_core.training.compare.table import meaning, rows_of, table_text


def cell(value):
    return {"value": value, "low": value - 0.03, "high": value + 0.03, "count": 500}


VALUES = {
    "forest": 0.88,
    "dense": 0.84,
    "dense_shuffled": 0.85,
    "teaching_shuffled": 0.81,
    "teaching_brief": 0.91,
    "teaching": 0.93,
    "research": 0.94,
}
RESULTS = [
    Result(key, "ngc", {}, {"like_training": cell(value), "other": cell(0.7)})
    for key, value in VALUES.items()
]
RESULTS[0].estimates["other"] = cell(0.9)
RESULTS += [Result("forest", "gz1", {}, {"reverse": cell(0.8)})]


def test_what_it_means_is_two_sentences_made_from_the_numbers():
    assert meaning(rows_of(RESULTS)) == (
        "Of the older ways Forest on hand-crafted measures (0.88, 0.85 to 0.91) does best on "
        "galaxies like those that it learnt on, of the convolutional networks Research network "
        "(0.94, 0.91 to 0.97); another way is best at ngc → gz1 (Forest on hand-crafted measures, "
        "0.90); gz1 → ngc (Forest on hand-crafted measures, 0.80).",
        "Putting all pixels in one fixed wrong order changes that number by −0.10 for the "
        "convolutional layers and by +0.01 for the dense network, which never knew which pixels "
        "are neighbours.",
    )


def test_where_no_older_way_wins_it_says_so():
    first, _ = meaning({key: {"like_training": cell(value)} for key, value in VALUES.items()})
    assert first.endswith("; no other way is best in any column of balanced accuracy.")


def test_what_is_missing_is_not_spoken_of():
    assert meaning(rows_of(RESULTS[1:2])) == ()
    assert meaning({}) == ()


def test_both_collections_of_a_method_share_its_row_in_the_order_of_the_table():
    rows = rows_of(RESULTS)
    assert list(rows) == [key for key in METHODS if key in VALUES]
    assert list(rows["forest"]) == ["like_training", "other", "reverse"]


def test_the_text_ranks_every_condition():
    first = table_text(rows_of(RESULTS)).split("\n\n")[0].splitlines()
    assert first[0] == "ngc → ngc: balanced accuracy"
    assert [line.split("  ")[1].strip() for line in first[1:3]] == [
        "Research network",
        "Teaching network",
    ]
    assert "0.940  0.910 to 0.970    500 galaxies" in first[1]


def test_a_number_that_could_not_be_measured_is_left_out():
    nothing = {"value": None, "low": None, "high": None, "count": 0}
    assert table_text({"forest": {"like_training": nothing}}) == ""
