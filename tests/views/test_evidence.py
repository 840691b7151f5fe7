"""From every number on every public page to its sentence: crawled from the front page, as a reader would follow it.

A number is a run of figures, or a number in words, in what a page shows. It has to stand in something that opens: a
field with its evidence beside it, or a link to the place of the evidence, to the rows that were counted, to the
document. What opens is opened, until a passage's own words are found at their place in the source, or a computation
with what it was worked out from, or as many rows as were counted.
"""

import re
from decimal import Decimal
from functools import cached_property
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin

import pytest
from django.test import Client

from aid.choices import Basis, Rank
from aid.languages import permanent
from aid.models import Agreement, Claim, Coalition, Event, Party, Person, Pledge, Source
from tests import builders

pytestmark = pytest.mark.django_db

# Numbers that are no figure of a record, by the markup they stand in, and why. Never by what they say.
NO_FIGURES = {
    "said": "is the evidence itself",
    "document": "a source's own text, letter for letter",
    "became__words": "a source's own text, letter for letter",
    "became__number": "counts the sentences of the page itself",
    "sentence-link": "names a sentence of the page itself",
    "meta": "the address, the hash and the days of a document, of which it is itself the evidence",
    "rates-kept": "tells how much of a document's table is kept, on the document's own page",
    "label": "names a field of a record",
    "embed__title": "repeats the name of the record, whose page it leads to",
    "standard": "names a standard",
    "count": "counts the rows that stand beneath it; the test counts them too",
    "crumbs": "repeats the name of the page, which stands beneath it",
    "share": "repeats the name and the address of the page, to be copied",
    "pages": "numbers the pages of a list",
    "filters": "offers values to choose from",
    "ways-out": "offers to leave a filter out, each with the list that then stands there",
    "chips": "repeats what the reader asked for",
    "ignored": "repeats what the reader asked for",
    "currency": "offers values to choose from",
    "terms": "explains the words and the signs of the site with examples",
    "known-when": "the site's own days: on which it changed a record, each with the page of that day",
    "report-counts": "how many reports came, of which no reader is shown another's; the desk's list has them",
    "own-rule": "a rule of the site, no figure of a record",
    "none-counted": "says that there is nothing to lead to",
    "sample": "shows how the site words something",
    "group__name": "names a group of a total, with its rows beneath",
    "site-date": "the site's own days: when something was published, recorded or decided",
    "was-now": "repeats what a page of the site said and says, in the words of a correction",
    "graphic__drawing": "draws the rows of the table beneath it, where each opens",
    "graphic__told": "tells of the picture itself: its day, and how many sources stand behind its rows",
    "graphic__row": "names a row of a picture's table, whose values open",
    "correction": "the editors' own words on what the site said",
}


# A page as a tree


class Node:
    def __init__(self, tag, attrs, parent):
        self.tag, self.attrs, self.parent, self.children = tag, dict(attrs), parent, []
        self.classes = set((self.attrs.get("class") or "").split())

    def __iter__(self):
        yield self
        for child in self.children:
            if isinstance(child, Node):
                yield from child

    @property
    def above(self):
        """Itself and what it stands in, the nearest first."""
        node = self
        while node is not None:
            yield node
            node = node.parent

    def all(self, *classes):
        return [node for node in self if node.classes & set(classes)]

    def within(self, *classes):
        """The nearest of these that it stands in, itself included, or None."""
        return next((node for node in self.above if node.classes & set(classes)), None)

    @property
    def text(self):
        parts = (child if isinstance(child, str) else child.text for child in self.children)
        return "" if self.tag in UNSEEN else "".join(parts)

    @property
    def words(self):
        return " ".join(self.text.split())

    def texts(self):
        """(text, the node that it stands in) for all that can be read."""
        if self.tag in UNSEEN:
            return
        for child in self.children:
            if isinstance(child, Node):
                yield from child.texts()
            elif child.strip():
                yield child, self


UNSEEN = {"head", "script", "style", "template"}
EMPTY = {"meta", "link", "br", "hr", "img", "input"}


class Tree(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.root = self.at = Node("", {}, None)
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        node = Node(tag, attrs, self.at)
        self.at.children.append(node)
        if tag not in EMPTY:
            self.at = node

    def handle_endtag(self, tag):
        if found := next((node for node in self.at.above if node.tag == tag), None):
            self.at = found.parent

    def handle_data(self, data):
        self.at.children.append(data)


class Page:
    def __init__(self, address, html):
        self.address, self.root = address, Tree(html).root
        self.by_id = {node.attrs["id"]: node for node in self.root if "id" in node.attrs}

    @property
    def is_document(self):
        """It is the page of a source, whose title is a document's own, or of a claim, all of which is evidence."""
        return bool(self.root.all("record--source", "claim"))

    def links(self):
        for node in self.root:
            if node.tag == "a" and "href" in node.attrs:
                yield node

    @cached_property
    def opened(self):
        """The numbers that stand in something that opens, on this page."""
        openers = self.root.all(*OPENERS, "fact__value", "computation", "voice__text", "voice__quote")
        return {number for node in openers for number in numbers(node.text)}


class Site:
    """The public pages as somebody without an account gets them, each asked for once."""

    def __init__(self):
        self.visitor, self.pages = Client(), {}

    def get(self, address):
        """The Page at an address; None where there is none, or what is there is no page."""
        if address not in self.pages:
            response = self.visitor.get(address, follow=True)
            is_page = response.status_code == 200 and response["Content-Type"].startswith("text/html")
            self.pages[address] = Page(address, response.content.decode()) if is_page else None
        return self.pages[address]

    def follow(self, page, href):
        """(the Page that a link leads to, the node of its fragment or None), or (None, None)."""
        address, fragment = urldefrag(urljoin(page.address, href))
        target = self.get(address) if address.startswith("/") else None
        return (target, target.by_id.get(fragment)) if target else (None, None)

    def crawl(self, start="/"):
        """Every page that links lead to from the first one."""
        waiting, seen = [start], {start}
        while waiting:
            page = self.get(waiting.pop())
            if page is None:
                continue
            yield page
            for link in page.links():
                address = urldefrag(urljoin(page.address, link.attrs["href"]))[0]
                if address not in seen and is_crawled(address):
                    seen.add(address)
                    waiting.append(address)


def is_crawled(address):
    """Whether the address is one of the site's pages. A file is none; of a list that is narrowed in several ways at
    once each way is crawled by itself; a page of the past is the same page, at another moment, and one in another
    language the same in other words; the form for a report repeats the claim that it was opened from."""
    path, _, query = address.partition("?")
    is_other = "." in path or "&" in query or "as_of=" in query or path.endswith("/report/")
    return path.startswith("/") and permanent(path) == path and not is_other


# Numbers

WORDS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
NUMBER = re.compile(rf"\d[\d.,]*\d|\d|\b(?:{'|'.join(WORDS)})\b", re.IGNORECASE)


def value_of(token):
    word = token.lower()
    return str(WORDS.index(word) + 2) if word in WORDS else word.replace(",", "")


def numbers(text):
    return [value_of(token) for token in NUMBER.findall(text)]


# Following


class Crawl:
    """What of the numbers of a site leads nowhere: [(address, number, what is wrong)]."""

    def __init__(self, start="/"):
        self.site, self.bare, self.followed = Site(), [], set()
        self._known = {}
        for page in self.site.crawl(start):
            self._read(page)

    def _read(self, page):
        for text, node in page.root.texts():
            for number in numbers(text):
                if not is_no_figure(node) and (wrong := self._wrong(page, node, number)):
                    self.bare.append((page.address, f"{number} in “{' '.join(text.split())[:60]}”", wrong))
        for link in page.root.all(*OPENERS):
            # The page of components shows invented rows, whose links lead back to themselves.
            if link.within("design") is None and (wrong := self._opens(page, link)):
                self.bare.append((page.address, link.words[:60], wrong))

    def _wrong(self, page, node, number):
        """What is wrong with a number in a node, or ""."""
        opener = node.within(*OPENERS)
        if opener is not None:
            return self._opens(page, opener)
        if claim := node.within("claim"):
            if page.address not in self._known:
                self._known[page.address] = self._claim(page, claim)
            return self._known[page.address]
        fact = node.within("fact__value", "sides") and node.within("fact")
        if fact:
            return self.evidence(page, fact, [number])
        if summary := next((one for one in node.above if one.tag == "summary"), None):
            return self._summed_up(page, summary, number)
        if computation := node.within("computation"):
            return self._computed(page, computation)
        if spoken := node.within("voice__text", "voice__quote"):
            return self.evidence(page, spoken.within("voice"), [])
        return self._written(page, node, number)

    def _opens(self, page, opener):
        key = (page.address, opener.attrs["href"], opener.words)
        if key not in self._known:
            self._known[key] = self._opened(page, opener)
        return self._known[key]

    def _opened(self, page, opener):
        """What is wrong with where an opener leads, or ""."""
        href = opener.attrs["href"]
        target, place = self.site.follow(page, href)
        if target is None:
            return f"{href} is no page"
        if "#" in href and place is None:
            return f"{href} is no place on its page"
        self.followed.add((target.address, urldefrag(href)[1]))
        if "to-rows" in opener.classes:
            return self._rows(target, place, opener)
        if "to-among" in opener.classes:
            is_there = not numbers(seen(opener)) or (place is not None and place_rows(place))
            return "" if is_there else self._lead_on(target)
        if "to-source" in opener.classes:
            return "" if target.address.startswith("/sources/") else f"{href} is no source"
        if place is None:
            return f"{href} names no place"
        return self.evidence(target, place, numbers(seen(opener)))

    def evidence(self, page, place, wanted):
        """What is wrong with the evidence at a place for a value with these numbers, or ""."""
        values = place.all("fact__value", "side__value", "said__lead") or [place]
        missing = set(wanted) - {number for value in values for number in numbers(value.text)}
        if missing:
            return f"{sorted(missing)} stand nowhere at {page.address}#{place.attrs.get('id')}"
        told = place.all("said")
        if "computation" in place.classes:
            return self._computed(page, place)
        if not told:
            reasons = place.all("unknown")
            return "" if reasons and not wanted else f"no evidence at {page.address}#{place.attrs.get('id')}"
        return next(filter(None, (self._said(page, said) for said in told)), "")

    def _said(self, page, said):
        """What is wrong with one claim as it is shown, or ""."""
        if "From the sentence above." in said.text:
            around = next(node for node in said.above if "facts" in node.classes)
            return "" if any(quoted(one) for one in around.all("said")) else "no sentence stands above"
        if not any("verified" in node.text for node in said.all("said__source")):
            return "it does not say whether it was verified"
        return self._quotes(page, said) or ("" if quoted(said) or said.all("said__reasoning") else "no sentence")

    def _claim(self, page, claim):
        """What is wrong with the page of a claim, all of which is the evidence for what it says, or ""."""
        terms = {node.words for node in claim if node.tag == "dt"}
        has_why = quoted(claim) or "Reasoning" in terms
        return self._quotes(page, claim) or ("" if has_why and {"Source", "Checked"} <= terms else "no sentence")

    def _quotes(self, page, around):
        """The quote that does not stand at its place in its source, or ""."""
        for quote in quoted(around):
            place = self.site.follow(page, quote.attrs["cite"])[1]
            marked = next(node for node in quote if node.tag == "mark").words
            if place is None or marked not in place.words:
                return f"“{marked[:60]}” does not stand at {quote.attrs['cite']}"
        return ""

    def _summed_up(self, page, summary, number):
        """The control of a closed box names what it opens, and counts the claims that stand in it."""
        claims = len(summary.parent.all("said"))
        if "claims" in summary.text and number == str(claims):
            return ""
        if summary.parent.all("lines"):
            rows = [node for node in summary.parent if node.tag == "li"]
            return "" if number == str(len(rows)) else f"{number} counted, {len(rows)} in the box"
        return self.evidence(page, summary.parent, [])

    def _computed(self, page, computation):
        """A computation names what it was worked out from, and leads to where that comes from."""
        ways = [node for node in computation if node.tag == "a"]
        found = [self.site.follow(page, way.attrs["href"])[0] for way in ways]
        return "" if any(found) else "a computation without what it was worked out from"

    def _rows(self, page, place, opener):
        """What is wrong with the rows to which a count or a total leads, or ""."""
        if opener.all("amount"):
            shown = {
                number for node in page.root.all("totals") for text, _ in node.texts() for number in numbers(text)
            }
            is_total = any(shown & set(numbers(text)) for text, _ in opener.texts())
            return self._lead_on(page) if is_total else f"{opener.words} is no total at {page.address}"
        counts = numbers(seen(opener))
        if not counts:
            return ""
        count = len(place_rows(place)) if place else self._listed(page)
        return "" if str(count) == counts[0] else f"{counts[0]} counted, {count} at {page.address}"

    def _listed(self, page):
        """The rows of a list on all its pages. Its own count says the same."""
        total, told = 0, numbers(page.by_id["count"].text)
        while page:
            total += len(page.root.all("entry"))
            onward = next((link for link in page.links() if link.attrs.get("rel") == "next"), None)
            page = self.site.follow(page, onward.attrs["href"])[0] if onward else None
        return total if told[:1] == [str(total)] or total == 0 else f"{total} under a heading that counts {told}"

    def _lead_on(self, page):
        rows = page.root.all("entry")
        return "" if rows and all(row.all(*OPENERS) for row in rows) else f"rows without a way on at {page.address}"

    def _written(self, page, node, number):
        """A number that somebody wrote in a name, a headline or a text: it has to stand, as something that opens, on
        the page that the name leads to, or on its own."""
        link = next((one for one in node.above if one.tag == "a" and "href" in one.attrs), None)
        block = node.within("lead", "entry--article", "latest")
        if node.within("lines"):
            block = next((one for one in node.above if one.tag == "li"), None)
        if link is None and block is not None:
            link = next((one for one in block if one.tag == "a" and not one.classes & set(OPENERS)), None)
        target = self.site.follow(page, link.attrs["href"])[0] if link is not None else None
        if target is not None and (number in target.opened or target.is_document):
            return ""
        is_text = node.within("prose", "standfirst") or any(one.tag == "h1" for one in node.above)
        return "" if is_text and (number in page.opened or page.is_document) else "bare"


OPENERS = ("to-evidence", "to-rows", "to-among", "to-source")


def seen(opener):
    """What an opener shows to the eye."""
    parts = [text for text, node in opener.texts() if not node.within("visually-hidden")]
    return " ".join(parts)


def quoted(said):
    return [node for node in said if node.tag == "blockquote" and node.attrs.get("cite")]


def place_rows(place):
    """The rows in the section in which a place is."""
    section = next((node for node in place.above if node.tag == "section"), place)
    return section.all("member", "became", "entry")


def is_no_figure(node):
    """It is in one of NO_FIGURES, the name of a field, or a moment of the site's own."""
    if node.within(*NO_FIGURES) is not None or any(one.tag == "dt" for one in node.above):
        return True
    return any(one.tag == "time" and "T" in one.attrs.get("datetime", "") for one in node.above)


# The document itself


def test_every_number_of_the_document_leads_to_its_sentence(document):
    found = Crawl()
    assert found.bare == []
    kinds = {address.split("/")[1] for address, _ in found.followed}
    assert kinds >= {"pledges", "coalitions", "agreements", "events", "people", "claims", "sources", "totals"}
    assert len(found.site.pages) > 100


# Cases nobody has seen


AMOUNT, ENVELOPE, EQUIVALENT = Decimal(47_000_000), Decimal(300_000_000), Decimal(6_700_000)
SENTENCES = "Nothing of note came before. Denmark has allocated 47 million kroner on 3 March 2023. Nine came after."


@pytest.fixture
def cited(db):
    """Gives a row the claims of all its values, from one sentence of a text of its own."""
    passage = builders.make_passage(builders.make_source(text=SENTENCES), start=29, end=85)

    def cite(row, **given):
        for field in row.claimed_fields:
            if row.canonical(field):
                builders.make_claim(row, field, passages=[passage], **given)
        return row

    return cite


def spell_names():
    """The builders' names count up; these cases are about other numbers than those of names."""
    for model, column in NAMED.items():
        for row in model.objects.all():
            name = f"{model.__name__} " + "".join("abcdefghij"[int(figure)] for figure in str(row.pk))
            Claim.objects.filter(value=getattr(row, column)).update(value=name)
            model.objects.filter(pk=row.pk).update(**{column: name})


NAMED = {Agreement: "title", Coalition: "name", Event: "title", Party: "name", Person: "name", Pledge: "title"}
NAMED |= {Source: "title"}


def a_pledge(cited):
    pledge = cited(builders.make_pledge(amount=AMOUNT, announced_on="2023-03-03", stages=["announced", "allocated"]))
    for step in pledge.stages.all():
        cited(step)
    cited(builders.make_valuation(pledge=pledge, amount=EQUIVALENT, rate_on="2023-03-03"))


def an_unknown_amount(cited):
    pledge = cited(builders.make_pledge(amount=None, announced_on="2023-03"))
    cited(pledge.stages.get())
    builders.make_article(body=f"It gave [[pledge:{pledge.slug}:amount]] on [[pledge:{pledge.slug}:announced_on]].")


def a_disputed_value(cited):
    pledge = cited(builders.make_pledge(amount=AMOUNT, announced_on="2023-03-03"))
    cited(pledge.stages.get())
    other = builders.make_passage(builders.make_source(text="It gave 74 million kroner."))
    builders.make_claim(pledge, "amount", value="74000000", rank=Rank.ALTERNATIVE, passages=[other])
    builders.make_article(
        headline="Denmark gives 47 million",
        body=f"It gave [[pledge:{pledge.slug}:amount]], as [[pledge:{pledge.slug}:stage]]; others say more.",
    )


def a_part(cited):
    envelope = cited(builders.make_pledge(amount=ENVELOPE, announced_on="2023"))
    for pledge in (envelope, cited(builders.make_pledge(amount=AMOUNT, announced_on="2023", part_of=envelope))):
        cited(pledge.stages.get())


def a_membership(cited):
    meeting = cited(builders.make_event(starts_on="2023-03-03"))
    coalition = cited(builders.make_coalition(formalized_at=meeting))
    for _ in range(4):
        cited(builders.make_membership(coalition=coalition, joined_on="2023-03-03"))
    builders.make_article(body=f"It has [[coalition:{coalition.slug}:members]] members.")


def a_signature_an_office_and_words(cited):
    person = builders.make_person()
    agreement = cited(builders.make_agreement(signed_on="2023-03-03"))
    cited(builders.make_signatory(agreement=agreement, signed_by=person))
    cited(builders.make_office(person=person, held_from="2019-06-27", held_until="2022-12-15"))
    cited(builders.make_statement(speaker=person, agreement=agreement, said_on="2023-03-03", text="It is worth 47."))
    cited(builders.make_assertion(agreement=agreement, text="It followed 12 months of talks."))


def a_computed_value(cited):
    pledge = builders.make_pledge(amount=AMOUNT, announced_on="2023-03-03")
    cited(pledge.stages.get())
    for field in pledge.claimed_fields:
        if pledge.canonical(field):
            claim = builders.make_claim(pledge, field, basis=Basis.COMPUTED)
            type(claim).objects.filter(pk=claim.pk).update(source=None)


def many_of_a_kind(cited):
    """More than one page of a list holds."""
    donor = builders.make_party()
    for _ in range(27):
        pledge = cited(builders.make_pledge(donor=donor, amount=AMOUNT, announced_on="2023-03-03"))
        cited(pledge.stages.get())


CASES = (
    a_pledge,
    an_unknown_amount,
    a_disputed_value,
    a_part,
    a_membership,
    a_signature_an_office_and_words,
    a_computed_value,
    many_of_a_kind,
)


@pytest.mark.parametrize("case", CASES, ids=[case.__name__ for case in CASES])
def test_every_number_of_another_case_leads_to_its_sentence(cited, case):
    case(cited)
    spell_names()
    found = Crawl()
    assert found.bare == []
    assert found.followed


# The crawl finds what is bare


def planted(monkeypatch, address, before, after):
    """What the crawl finds where one page of the site reads otherwise."""
    real = Client.get

    def get(self, path, *args, **kwargs):
        response = real(self, path, *args, **kwargs)
        if path == address:
            text = response.content.decode()
            assert before in text
            response.content = text.replace(before, after).encode()
        return response

    monkeypatch.setattr(Client, "get", get)
    return Crawl().bare


PLANTED = {
    "a bare number": ("<h1>Pledges</h1>", "<h1>Pledges</h1><p>They come to 91 million.</p>"),
    "a bare number in words": ("<h1>Pledges</h1>", "<h1>Pledges</h1><p>They are nine.</p>"),
    "a link to another page": ('#amount"><span', '#donor"><span'),
    "a link to no place": ('#amount"><span', '#sum"><span'),
    "a link to no page": ('/#amount"><span', 's/#amount"><span'),
    "a bare day": ('<p class="entry__when">', '<p class="entry__when">3 March 2023 '),
    "another number than counted": ('id="count" tabindex="-1">1 pledge', 'id="count" tabindex="-1">2 pledges'),
}


@pytest.mark.parametrize(("before", "after"), PLANTED.values(), ids=PLANTED.keys())
def test_crawl_finds_what_leads_nowhere(cited, monkeypatch, before, after):
    pledge = cited(builders.make_pledge(amount=AMOUNT, announced_on="2023-03-03"))
    cited(pledge.stages.get())
    spell_names()
    assert planted(monkeypatch, "/pledges/", before, after)


def test_crawl_finds_evidence_that_is_missing(cited):
    pledge = cited(builders.make_pledge(amount=AMOUNT, announced_on="2023-03-03"))
    cited(pledge.stages.get())
    spell_names()
    assert Crawl().bare == []
    pledge.claims.filter(field="amount", stage_step=None).delete()
    assert any("no evidence" in wrong for _, _, wrong in Crawl().bare)
