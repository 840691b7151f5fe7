import re
from html.parser import HTMLParser

import pytest

from aid.prose import Reference, parse_reference, references, render
from aid.queries.figures import Figure


class Elements(HTMLParser):
    """The elements of a text as a browser would find them, with their attributes."""

    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


AMOUNT = Reference("pledge:one:amount", "pledge", "one", "amount")


def rendered(body, figures=None):
    return render(body, figures or {})


def test_reference_has_its_parts():
    assert parse_reference("pledge:one:amount") == AMOUNT
    assert parse_reference("party:denmark|the Danes") == Reference(
        "party:denmark|the Danes", "party", "denmark", "", "the Danes"
    )
    assert parse_reference("pledge:one:valuation-USD").field == "valuation-USD"


@pytest.mark.parametrize(
    "text",
    (
        "",
        "pledge",
        "pledge:",
        "pledge:one:",
        "rumour:one",
        "pledge:one:amount|91 million",
        'pledge:"><img src=x onerror=alert(1)>:amount',
        "pledge:../admin",
        "pledge:one:amount:more",
        "Pledge:one",
        "pledge:one:valuation-usd",
        "party:denmark|",
        "pledge:é",
        "pledge:" + "x" * 81,
    ),
)
def test_malformed_reference_has_no_kind(text):
    assert parse_reference(text) == Reference(text)


def test_references_come_in_reading_order_and_not_from_code():
    body = "\n\n".join(
        (
            "[[pledge:one:amount]].",
            "- two [[party:two]]",
            "`[[party:no]]`",
            "    [[party:no]]",
            "[[pledge:one:amount]]",
        )
    )
    assert [found.text for found in references(body)] == ["pledge:one:amount", "party:two", "pledge:one:amount"]


def test_figure_is_a_link_with_the_current_value():
    figures = {AMOUNT: Figure("DKK 91 million", "/pledges/one/#amount", "DKK 91,000,000")}
    assert rendered("Denmark gave [[pledge:one:amount]].", figures) == (
        '<p>Denmark gave <a class="figure to-evidence" href="/pledges/one/#amount" title="DKK 91,000,000" '
        'aria-label="evidence for DKK 91 million">DKK 91 million</a>.</p>\n'
    )


def test_figure_says_what_it_opens_with_the_words_in_sight_first():
    figure = Figure("DKK 91 million", "/", aloud="91 million Danish kroner")
    ((_, attributes),) = [
        row for row in Elements(rendered("[[pledge:one:amount]]", {AMOUNT: figure})).found if row[0] == "a"
    ]
    assert attributes["aria-label"] == "DKK 91 million, evidence for 91 million Danish kroner"


def test_count_leads_to_its_rows_and_a_record_to_its_page():
    figures = {
        parse_reference("coalition:one:members"): Figure("nine", "/coalitions/one/#members", leads_to="rows"),
        parse_reference("party:one"): Figure("Denmark", "/parties/one/", leads_to=""),
        parse_reference("party:one:name"): Figure("Denmark", "/parties/one/", leads_to=""),
    }
    html = rendered("[[coalition:one:members]] [[party:one]] [[party:one:name]]", figures)
    assert [attributes["class"] for tag, attributes in Elements(html).found if tag == "a"] == [
        "figure to-rows",
        "mention",
        "figure",
    ]
    assert "aria-label" not in html


def test_dead_and_malformed_references_show_no_brackets():
    text = rendered("[[pledge:gone:amount]] and [[nonsense]]")
    assert text.count("figure not available") == 2
    assert "[[" not in text
    assert "gone" not in text


@pytest.mark.parametrize(
    "body",
    (
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](vbscript:x)",
        '[x](https://x.org "a\\" onclick=alert(1) b")',
        "<a href='javascript:alert(1)'>x</a>",
        '[[pledge:"><img src=x onerror=alert(1)>:amount]]',
        "[[party:x|<img src=x onerror=alert(1)>]]",
        "![x](javascript:alert(1))",
        '<https://x.org/"onmouseover=alert(1)>',
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "<style>*{display:none}</style>",
        "<iframe src=//x.org></iframe>",
        "<svg/onload=alert(1)>",
        "| a |\n|:-:|\n| <b onclick=x>1</b> |",
    ),
)
def test_hostile_text_becomes_harmless_text(body):
    figures = {parse_reference("party:x"): Figure("x", "/")}
    found = Elements(rendered(body, figures)).found
    assert {name for name, _ in found} <= {"p", "a", "table", "thead", "tbody", "tr", "th", "td", "div", "span"}
    for _, attributes in found:
        assert set(attributes) <= {"href", "title", "class", "rel", "role", "aria-label", "tabindex"}
        assert not attributes.get("href", "/").startswith(("javascript:", "data:", "vbscript:"))


def test_label_and_value_are_escaped():
    sharp = "<b>&\"'"
    figures = {
        parse_reference("party:x|<b>&"): Figure("unused", "/parties/x/"),
        AMOUNT: Figure(sharp, '/"><script>', sharp),
    }
    text = rendered("[[party:x|<b>&]] [[pledge:one:amount]]", figures)
    assert "<b>" not in text
    assert "<script>" not in text
    assert "&lt;b&gt;&amp;" in text


def test_template_syntax_prints_as_it_is():
    assert rendered("{{ request }} {% csrf_token %}") == "<p>{{ request }} {% csrf_token %}</p>\n"


def test_no_text_can_imitate_the_mark_of_a_figure(monkeypatch):
    monkeypatch.setattr("aid.prose.secrets.token_hex", lambda size: "unguessed")
    figures = {AMOUNT: Figure("DKK 91 million", "/")}
    # Even a writer who knew the form would need the word, which is drawn anew for each page.
    assert rendered("guess-0-guess [[pledge:one:amount]]", figures).count(">DKK 91 million<") == 1


def test_reference_in_a_link_leaves_whole_elements():
    figures = {AMOUNT: Figure("DKK 91 million", "/pledges/one/")}
    text = rendered('[see [[pledge:one:amount]] here](https://x.org "[[pledge:one:amount]]")', figures)
    assert text.count("<a ") == text.count("</a>")
    assert not re.search(r"<a [^>]*<", text)
    assert not re.search(r"<a [^>]*>[^<]*<a ", text)


def test_table_is_aligned_by_class_and_scrolls_within_itself():
    text = rendered("| a | b |\n|:--|--:|\n| 1 | [[pledge:one:amount]] |", {AMOUNT: Figure("2", "/")})
    assert '<div class="scroller" role="group" aria-label="Table" tabindex="0"><table>' in text
    assert '<th class="at-right">b</th>' in text
    assert "style=" not in text


def test_page_keeps_its_only_first_heading():
    assert rendered("# One\n\n## Two") == "<h2>One</h2>\n<h2>Two</h2>\n"


def test_body_of_any_length_is_read():
    assert len(references("[[pledge:one:amount]] " * 5000)) == 5000
    assert references("[[" * 5000) == []
    assert rendered("") == ""
    assert rendered("\0a") == "<p>a</p>\n"
