"""Every type of page as HTML: nesting, ids, names, headings. bench/check_html.py asks the validator's own checker."""

import pytest

from bench import page_types
from tests.markup import faults

pytestmark = [pytest.mark.django_db, pytest.mark.once]

PAGE = (
    '<!doctype html><html lang="en"><head><title>A page</title></head>'
    "<body><main><h1>A heading</h1>{}</main></body></html>"
)


def test_no_page_has_a_fault(reader, examples):
    page_types.plant()
    found = {}
    for address in page_types.addresses():
        text = reader.get(address).text
        told = faults(text)
        if address == "/design/":
            # The page of the components shows those of its own frame a second time.
            told = [one for one in told if "not told apart" not in one]
        if told:
            found[address] = told
    assert found == {}


def test_every_route_is_looked_at(examples):
    assert page_types.untaught() == []


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ("<p><div>One</div></p>", "unexpected-end-tag"),
        ('<p id="a">One</p><p id="a">Two</p>', "stands 2 times"),
        ('<section aria-labelledby="none">One</section>', "is not there"),
        ('<img src="/a.png">', "has no alt"),
        ('<pre aria-label="Words">One</pre>', "and no role"),
        ('<time datetime="2026-11-22T19:28:08.744128+00:00">Now</time>', "no date or time"),
        ("<ul><p>One</p></ul>", "holds a <p>"),
        ('<a href="/"><button>One</button></a>', "another thing to press"),
        ('<p style="color: red">One</p>', "of its own"),
        ("<script>one()</script>", "a script in the page"),
        ("<h3>One</h3>", "level 3 follows"),
        ("<h1>One</h1>", "2 headings"),
        ('<nav aria-label="One">1</nav><nav aria-label="One">2</nav>', "not told apart"),
        ('<input name="one">', "has no label"),
        ("<center>One</center>", "obsolete"),
    ],
)
def test_a_fault_is_found(wrong, code):
    right = (
        '<p id="b">One</p><label>Two <input name="two"></label><time datetime="2026-11-22T19:28:08+0000">Now</time>'
    )
    assert faults(PAGE.format(right)) == []

    told = faults(PAGE.format(right + wrong))

    assert len(told) == 1 or code == "holds a <p>"
    assert code in told[0]
