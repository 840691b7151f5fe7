import pytest

from aid.queries.checkable import LONGEST_ITEM, Text


def things(body, headline="", standfirst=""):
    text = Text(headline, standfirst, body)
    return [(text.paragraphs[thing.paragraph].place, thing.kind.value, thing.key) for thing in text.things]


def test_everything_that_can_be_checked_is_found_in_reading_order():
    body = (
        "[[party:denmark|Denmark]] gave [[pledge:one:amount]] on [[event:two:starts_on]].\n\n"
        "## Nine members\n\n“It helps,” he said on 24 January."
    )
    assert things(body, "A headline with 91 million", "In 2024.") == [
        ("Headline", "number", "91 million"),
        ("Standfirst", "date", "2024"),
        ("Paragraph 1", "name", "party:denmark"),
        ("Paragraph 1", "figure", "pledge:one:amount"),
        ("Paragraph 1", "date", "event:two:starts_on"),
        ("Heading", "number", "nine"),
        ("Paragraph 2", "quotation", "It helps,"),
        ("Paragraph 2", "date", "24 january"),
    ]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("1. First of all\n2. Then nine tanks", [("Item of a list", "number", "nine")]),
        ("| Tanks |\n|---|\n| 5 |", [("Cell of a table", "number", "5")]),
        ("> Help will come", [("Paragraph 1", "quotation", "Help will come")]),
        ("> He said “help” twice", [("Paragraph 1", "quotation", "He said “help” twice")]),
        ("“12 tanks on 24 January”", [("Paragraph 1", "quotation", "12 tanks on 24 January")]),
        (
            "„Hilfe kommt“, «aide», ‘aid’",
            [("Paragraph 1", "quotation", key) for key in ("Hilfe kommt", "aide", "aid")],
        ),
        ("[[party:one|12 Danes]]", [("Paragraph 1", "name", "party:one"), ("Paragraph 1", "number", "12")]),
        ("[[no such]]", [("Paragraph 1", "figure", "[[no such]]")]),
        ("[[pledge:one:announced_on]]", [("Paragraph 1", "date", "pledge:one:announced_on")]),
        ("[[pledge:one:valuation-USD]]", [("Paragraph 1", "figure", "pledge:one:valuation-USD")]),
        ("[12 tanks](https://example.org/24)", [("Paragraph 1", "number", "12")]),
        ("    12 tanks in code", [("Code", "number", "12")]),
        ('“”, ‘ ’, ""', []),
    ],
)
def test_what_counts_as_a_thing(body, expected):
    assert things(body) == expected


def test_the_same_thing_said_twice_in_one_sentence_is_one():
    text = Text("", "", "12 tanks and 12 tanks. But 12 more.")
    assert [(thing.sentence, len(thing.spans)) for thing in text.things] == [
        ("12 tanks and 12 tanks.", 2),
        ("But 12 more.", 1),
    ]


def test_a_sentence_begins_with_a_figure_too():
    [first, second] = Text("", "", "It was [[pledge:one:amount]]. [[pledge:two:amount]] came later.").things
    assert first.sentence == "It was [[pledge:one:amount]]."
    assert second.sentence == "[[pledge:two:amount]] came later."


def test_the_mark_follows_the_sentence_and_nothing_around_it():
    [one] = Text("", "", "First.\n\nIt was [[pledge:one:amount]].").things
    [other] = Text("H", "", "It was [[pledge:one:amount]]. Last.").things
    [changed] = Text("", "", "It is [[pledge:one:amount]].").things
    assert one.mark == other.mark != changed.mark


def test_a_quotation_of_any_length_has_a_key_that_fits():
    [thing] = Text("", "", f"“{'word ' * 200}”").things
    [other] = Text("", "", f"“{'word ' * 201}”").things
    assert len(thing.key) <= LONGEST_ITEM
    assert thing.key != other.key
