"""Two texts held against each other: nothing of either is lost, and what is shown can be read."""

import time
from itertools import pairwise

import pytest
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as some

from aid import differences
from aid.differences import ADDED, KEPT, REMOVED, Segment, compare, folded, is_same


def told(old, new):
    """The difference in one line: [-removed-]{+added+}."""
    marks = {KEPT: "{}", REMOVED: "[-{}-]", ADDED: "{{+{}+}}"}
    return "".join(marks[segment.change].format(segment.text) for segment in compare(old, new))


def without(change, segments):
    return "".join(segment.text for segment in segments if segment.change != change)


# Pieces of which texts are made, so that two texts have something in common.
PIECES = some.sampled_from([
    "Denmark", "has", "allocated", "91", "million", "13.26", "the", "a", ",", ".", " ", "  ", "\n", "\n\n", "\r\n",
    "\t", "[[pledge:one:amount]]", "[[party:denmark|the Danes]]", "[[", "]]", "[", "|", "\\|", "\\", "|---|--:|\n",
    "| a b | c |\n", "**", "https://example.org/a?b=c", "é", "’", "\0", "\u2028", "\x0b", "👩‍👩‍👧",
])  # fmt: skip
TEXTS = some.one_of(some.text(), some.lists(PIECES, max_size=60).map("".join))


@given(TEXTS, TEXTS)
def test_nothing_of_either_text_is_lost(old, new):
    segments = compare(old, new)

    assert (without(ADDED, segments), without(REMOVED, segments)) == (old, new)
    assert all(segment.text for segment in segments)
    assert all(one.change != other.change for one, other in pairwise(segments))
    assert is_same(segments) is (old == new)


@given(some.lists(PIECES, max_size=40).map("".join), TEXTS, some.lists(PIECES, max_size=40).map("".join))
def test_what_stands_around_one_change_is_kept(before, change, after):
    old, new = f"{before}\n\nA paragraph.\n\n{after}", f"{before}\n\nA paragraph.\n\n{change}\n\nB.\n\n{after}"

    segments = compare(old, new)

    assert segments[0].change == KEPT or before == ""
    assert segments[0].text.startswith(before.rstrip()[:1])


@pytest.mark.parametrize("old, new, expected", [
    ("Denmark gave 91 million kroner.", "Denmark gave 92 million kroner.",
     "Denmark gave [-91-]{+92+} million kroner."),
    ("about 13.26 million", "about 13.62 million", "about [-13.26-]{+13.62+} million"),
    ("Denmark, too.", "Denmark; too.", "Denmark[-,-]{+;+} too."),
    ("It gives.", "It gives money.", "It gives{+ money+}."),
    ("One. Two.", "One.  Two.", "One.[- -]{+  +}Two."),
    ("One.\nTwo.", "One.  \nTwo.", "One.[-\n-]{+  \n+}Two."),
    ("", "New.", "{+New.+}"), ("Old.", "", "[-Old.-]"), ("", "", ""), ("Same.", "Same.", "Same."),
    # A reference is one word, whatever stands in it.
    ("It gave [[pledge:one:amount]], so.", "It gave [[pledge:two:amount]], so.",
     "It gave [-[[pledge:one:amount]]-]{+[[pledge:two:amount]]+}, so."),
    ("By [[party:denmark|the Danes]].", "By [[party:denmark|the new Danes]].",
     "By [-[[party:denmark|the Danes]]-]{+[[party:denmark|the new Danes]]+}."),
    ("See https://example.org/a/b now.", "See https://example.org/a/c now.",
     "See [-https://example.org/a/b-]{+https://example.org/a/c+} now."),
    # In a table, a cell is one: no change stands across a bar.
    ("| Party | Sum |\n|---|--:|\n| Denmark | 91 m |\n| Norway | 5 m |",
     "| Party | Sum |\n|---|--:|\n| Denmark | 92 m |\n| Sweden | 5 m |",
     "| Party | Sum |\n|---|--:|\n| Denmark | [-91 m-]{+92 m+} |\n| [-Norway-]{+Sweden+} | 5 m |"),
    ("| Party |\n|---|\n| [[party:a|A B]] |", "| Party |\n|---|\n| [[party:b|A B]] |",
     "| Party |\n|---|\n| [-[[party:a|A B]]-]{+[[party:b|A B]]+} |"),
    # A paragraph that comes, goes or moves leaves the others as they are.
    ("One here.\n\nThree there.", "One here.\n\nTwo new.\n\nThree there.",
     "One here.\n\n{+Two new.\n\n+}Three there."),
    ("One here.\n\nTwo goes.\n\nThree there.", "One here.\n\nThree there.",
     "One here.\n\n[-Two goes.\n\n-]Three there."),
    ("Denmark gave money.\n\nIt is much.", "Wholly other words stand here now.\n\nIt is too much.",
     "[-Denmark gave money.-]{+Wholly other words stand here now.+}\n\nIt is {+too +}much."),
    # A rewritten paragraph is told beside the one that it was, not beside its neighbour.
    ("The minister said so on Monday in Copenhagen.", "New at the top.\n\nThe minister said so on Tuesday in Aarhus.",
     "{+New at the top.\n\n+}The minister said so on [-Monday in Copenhagen-]{+Tuesday in Aarhus+}."),
    # The one word that two new sentences share says nothing.
    ("He read the report of the committee at home again.", "He wrote many letters to the minister of finance again.",
     "He [-read the report of the committee at home-]{+wrote many letters to the minister of finance+} again."),
])  # fmt: skip
def test_a_change_is_told_in_words(old, new, expected):
    assert told(old, new) == expected


def test_white_space_that_changed_is_shown_by_signs():
    segments = compare("One.\nTwo. Three.", "One.  \nTwo.\tThree.")

    assert [(s.change, s.shown) for s in segments if s.change != KEPT] == [
        (REMOVED, "¶\n"), (ADDED, "··¶\n"), (REMOVED, "·"), (ADDED, "→"),
    ]  # fmt: skip


def text_of(words, per_paragraph, length=20_000):
    """A text without chance: its words follow each other by a rule that does not repeat soon."""
    found, place, size = [], 1, 0
    while size < length:
        place = (place * 48271) % 2147483647
        word = words[place % len(words)]
        found.append(word + ("\n\n" if len(found) % per_paragraph == per_paragraph - 1 else " "))
        size += len(found[-1])
    return "".join(found)[:length]


HARD = {
    "one word over and over": ("a " * 10_000, "a " * 5_000 + "b " * 5_000),
    "two words, moved by one": ("a b " * 5_000, "b a " * 5_000),
    "two words": (text_of(["a", "b"], 10**6), text_of(["b", "a", "a"], 10**6)),
    "five words": (text_of(list("abcde"), 20), text_of(list("edcba"), 20)),
    "all letters": (text_of(list("abcdefghijklmnopqrstuvwxyz"), 10**6), text_of(list("zyxwvutsrqponm"), 10**6)),
    "short paragraphs": ("a\n\n" * 6_666, "b\n\na\n\n" * 3_333),
    "one long word": ("x" * 20_000, "y" * 20_000),
    "white space": (" " * 20_000, "\n " * 10_000),
    "bars": ("|" * 20_000, "|-|\n" * 5_000),
    "dashes": ("|" + "- " * 10_000, "-|" + "-" * 20_000),
    "spaces before a bar": (" " * 20_000 + "|x", "|" + " " * 20_000 + "-"),
    "brackets": ("[[a " * 5_000, "[[ b" * 5_000),
    "backslashes": ("|-|\n" + "\\" * 20_000, "|-|\n" + "\\|" * 10_000),
    "addresses": ("a://" * 5_000, "b://" * 5_000),
}


@pytest.mark.parametrize("name", HARD)
def test_no_text_takes_long(name):
    old, new = HARD[name]
    started = time.process_time()

    segments = compare(old, new)

    assert time.process_time() - started < 10, "On a quiet machine none takes longer than one second."
    assert (without(ADDED, segments), without(REMOVED, segments)) == (old, new)


def test_what_is_not_looked_at_shows_as_removed_and_added(monkeypatch):
    monkeypatch.setattr(differences, "MOST_PAIRS", 8)

    assert told("Same. One two three four.", "Same. Four three two five.") == (
        "Same. [-One two three four-]{+Four three two five+}."
    )


# Folding


def test_a_long_stretch_without_a_change_is_folded_between_its_ends():
    line = "The same words again and again.\n"
    segments = compare(line * 100 + "Old end.", line * 100 + "New end.")

    (kept, fold), *others = folded(segments, around=100)

    assert fold.start + fold.middle + fold.end == kept.text
    assert (fold.start, fold.end) == ("", line * 4)
    assert fold.words == 6 * 96
    assert [fold for _, fold in others] == [None, None, None]


@pytest.mark.parametrize("segments", [
    [Segment(KEPT, "same " * 1000)], [Segment(KEPT, "same"), Segment(ADDED, "new " * 1000)], [],
])  # fmt: skip
def test_nothing_else_is_folded(segments):
    assert folded(segments) == [(segment, None) for segment in segments]


@given(some.text(min_size=0, max_size=3000), some.booleans(), some.booleans())
def test_folding_loses_nothing(text, has_before, has_after):
    segments = [Segment(ADDED, "x")] * has_before + [Segment(KEPT, text)] + [Segment(ADDED, "x")] * has_after

    for segment, fold in folded(segments, around=40):
        assert fold is None or "".join(fold) == segment.text


# The template


def shown(old, new):
    return render_to_string("includes/difference.html", {"difference": folded(compare(old, new))})


def test_what_changed_is_marked_for_the_eye_and_said_for_the_ear():
    assert shown("91 kroner", "92 kroner") == (
        '<div class="difference"><del><span class="visually-hidden">removed: </span>91</del>'
        '<ins><span class="visually-hidden">added: </span>92</ins> kroner</div>\n'
    )


def test_markup_in_a_text_is_shown_as_text():
    html = shown("<b>91</b>", "<script>alert(1)</script> & more")

    assert "<script" not in html
    assert "<b>" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more</ins>" in html


def test_folded_words_can_be_opened():
    html = shown("Same words here. " * 200 + "Old.", "Same words here. " * 200 + "New.")

    assert "<details><summary>" in html
    assert " words are the same</summary>" in html
