"""The page inside the network, as a script sees it."""

import re

from tests.pages.conftest import words
from tests.pages.test_shared_study import study_page


def test_filters_are_ranked_by_what_switching_them_off_does():
    page = study_page("inside", maps_layer="Conv1_Edges")
    # words() repeats what stands in containers
    found = list(dict.fromkeys(re.findall(r"<b>(\d+)</b> · ([+−]\d+\.\d\d) logit", words(page))))
    assert sorted(int(number) for number, _ in found) == list(range(32))
    effects = [abs(float(value.replace("−", "-"))) for _, value in found]
    assert effects == sorted(effects, reverse=True)
    assert "filters are dead over" in words(page)


def test_switched_off_filters_move_the_answer_and_enter_the_link():
    page = study_page("inside", maps_layer="Conv1_Edges")
    first = int(re.search(r"<b>(\d+)</b> · [+−]", words(page)).group(1))
    logit = re.search(r"Logit ([+−]\d+\.\d\d)", words(page)).group(1)
    page.multiselect[0].set_value([first]).run()
    assert page.query_params["off"] == f"Conv1_Edges:{first}"
    assert "with 1 of 32 filters off" in words(page)
    assert f"from {logit} with all on" in words(page)
    assert "switched off" in words(page)


def test_open_filter_shows_its_favourites_and_dreams_on_request():
    page = study_page("inside", maps_layer="Conv1_Edges", map="2", off="Conv1_Edges:999")
    assert "Map 2 of Conv1_Edges" in words(page)
    assert "picture that excites filter 2" not in words(page)
    page.button(key="inside.favourite").click().run()
    assert "picture that excites filter 2 of Conv1_Edges most" in words(page)
    assert not page.error


def test_filters_of_a_link_that_are_not_there_cost_a_sentence():
    page = study_page("inside", maps_layer="Conv1_Edges", map="999", off="Conv1_Edges:3,999")
    said = " ".join(info.value for info in page.info).replace("\\", "")
    assert "Conv1_Edges has no map 999: it has 32, from 0." in said
    assert "filter 999 of 32" in said
    assert page.query_params["off"] == "Conv1_Edges:3"
    assert "map" not in page.query_params
