"""Words on the study pages can be read, in the dark and in the light theme."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

# Of each text on the page its contrast with what is behind it (WCAG 2.1), where that is low.
# Opacity adds up from all that it stands in. Words of charts are SVG and not looked at; what
# is switched off may be faint; a slider writes its ends in no colour until it is pointed at.
LOW = """least => {
  const parse = c => [...c.match(/[\\d.]+/g).map(Number), 1].slice(0, 4);
  const linear = v => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
  const light = c => .2126 * linear(c[0]) + .7152 * linear(c[1]) + .0722 * linear(c[2]);
  const found = {};
  for (const e of document.querySelectorAll('[data-testid=stMain] *')) {
    const own = [...e.childNodes].filter(n => n.nodeType === 3);
    const text = own.map(n => n.textContent).join('').trim();
    if (!text || e.closest('svg, style, script, [disabled], .stSlider')) continue;
    if (!e.getBoundingClientRect().width) continue;
    let opacity = 1, behind = null;
    for (let p = e; p; p = p.parentElement) {
      const style = getComputedStyle(p), ground = parse(style.backgroundColor);
      opacity *= Number(style.opacity);
      if (!behind && ground[3] > .9) behind = ground;
    }
    behind ||= [255, 255, 255];
    const ink = parse(getComputedStyle(e).color), share = ink[3] * opacity;
    const mixed = behind.slice(0, 3).map((g, i) => ink[i] * share + g * (1 - share));
    const [a, b] = [light(mixed), light(behind)];
    const contrast = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (contrast < least) found[text.slice(0, 60)] = contrast.toFixed(2);
  }
  return found;
}"""


@pytest.mark.parametrize("theme", ["dark_theme", "light_theme"])
@pytest.mark.parametrize(
    "query", ["evidence?", "inside?maps_layer=Conv1_Edges&off=Conv1_Edges:1,2&", "what_if?"]
)
def test_words_stand_out_from_what_is_behind_them(visit, query, theme):
    page = visit(f"{query}sample=star-field&embed_options={theme}")
    ready = "belief" if query.startswith("evidence") else "probability"
    expect(page.get_by_test_id(ready)).to_have_text(re.compile(r"This map|\d %"))
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0)
    expect(page.locator("[data-stale=true]")).to_have_count(0)
    assert page.evaluate(LOW, 4.4) == {}
