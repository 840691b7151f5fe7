"""The embargo matrix: every kind of thing that is not public yet, and every public address.

One site is asked three times for everything that it can be asked for: without what is planted, with it a microsecond
before its minute, and at the minute. Until then every answer is, to the byte, what it would be if the thing were not
there; from then on all of it is.
"""

import itertools
import re
from dataclasses import dataclass
from functools import cached_property

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from aid.exchange.citations import FORMATS
from aid.exchange.feeds import FORMATS as FEEDS
from aid.models import Article, Claim, FormerAddress, Image, Source
from aid.queries.public import RECORDS, Public
from aid.queries.sitemaps import KINDS as SITEMAPS
from tests.planted import AMOUNT, CURRENCY, EARLIER, JUST_BEFORE, MARK, MINUTE, YEAR, plant, public_site, stem_of

pytestmark = pytest.mark.django_db

# Addresses that are no readers', and why.
NO_READERS = {
    "admin/": "the desk, which asks who one is",
    "healthz": "asks nothing of the database",
    "readyz": "tells of migrations alone",
    "secret-preview": "opens with a secret only",
    "secret-picture": "opens with a secret only",
    "report-detail": "opens with a reference only; tests/views/test_reports.py",
}
# What a browser or a cache sends that has an answer already.
CONDITIONS = {
    "If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT",
    "If-None-Match": '"nothing-of-the-sort"',
    "Range": "bytes=0-",
    "Cache-Control": "only-if-cached",
}


# Every public address


def patterns(resolver, before=""):
    for one in resolver.url_patterns:
        route = f"{before}{one.pattern}"
        if isinstance(one, URLResolver) and route not in NO_READERS:
            yield from patterns(one, route)
        elif isinstance(one, URLPattern) and one.name not in NO_READERS:
            yield one, f"/{route}"


def pages():
    """The addresses of all pages there can be, of what is public, of what is not, and of what was there formerly."""
    slugs = {}
    for model in (*RECORDS, Article):
        kind = model._meta.model_name
        former = FormerAddress.objects.filter(kind=kind).values_list("slug", flat=True)
        slugs[kind] = sorted({*model.objects.values_list("slug", flat=True), *former, "nothing"})
    # One form of each feed in turn, for all are made of the same entries.
    forms = itertools.cycle(FEEDS)
    for pattern, route in patterns(get_resolver()):
        asked, kind = set(pattern.pattern.converters), (pattern.name or "").partition("-")[0]
        if not asked:
            yield route
        elif asked == {"slug"} and pattern.name.endswith(tuple(FORMS)):
            yield from picture_addresses(pattern.name, route, slugs[kind])
        elif asked == {"slug"} and kind in slugs:
            yield from (route.replace("<slug:slug>", slug) for slug in slugs[kind])
        elif asked == {"kind", "number"}:
            filled = (route.replace("<slug:kind>", kind) for kind in (*SITEMAPS, "nothing"))
            yield from (one.replace("<int:number>", number) for one in filled for number in "12")
        elif asked == {"ending"} and pattern.name.endswith("-feed"):
            yield route.replace("<str:ending>", next(forms))
        elif asked == {"slug", "ending"} and pattern.name.endswith("-follow"):
            followed = route.replace("<str:ending>", next(forms))
            yield from (followed.replace("<slug:slug>", slug) for slug in slugs[kind])
        elif kind == "image":
            yield from (image.get_absolute_url() for image in Image.objects.order_by("key"))
        elif kind == "claim":
            keys = [*Claim.objects.order_by("pk").values_list("key", flat=True), "nothing"]
            yield from claim_addresses(pattern.name, route, keys)
        else:
            raise AssertionError(f"Teach the matrix what {route} can be asked for.")
    yield "/nothing/"


# A record's picture as a file.
FORMS = ("-svg", "-csv", "-json")


def picture_addresses(name, route, slugs):
    """Of each record one form of its picture in turn, for all are made of the same."""
    forms = itertools.cycle(FORMS)
    yield from (route.replace("<slug:slug>", slug) for slug in slugs if name.endswith(next(forms)))


def claim_addresses(name, route, keys):
    """Of each claim that readers have already, the page; of each claim one form in turn, for all are made of the same
    and asked for in the same way."""
    forms = itertools.cycle(["claim-detail", "claim-json", "claim-report", *FORMATS])
    for key in keys:
        form = next(forms)
        turn = "claim-citation" if form in FORMATS else form
        if turn == name or (name == "claim-detail" and MARK not in key):
            yield route.replace("<str:key>", key).replace("<str:ending>", form)


def filtered(visitor, address):
    """A page with amounts in another currency; a list with each value of each of its filters, and its second page."""
    response = visitor.get(address)
    if 'name="currency"' in response.content.decode(errors="replace"):
        yield f"{address}?currency=EUR"
    filterset = (response.context or {}).get("filter")
    if filterset is None:
        return
    yield f"{address}?page=2"
    for name, one in filterset.filters.items():
        values = [value for value, _ in one.extra.get("choices", ())]
        yield from (f"{address}feed.atom?{name}={value}" for value in values if MARK in str(value))
        for value in values or ([AMOUNT] if name.startswith("amount") else [MARK, "Sentence", "a"]):
            yield f"{address}?{name}={value}{f'&stated_in={CURRENCY}' if name.startswith('amount_') else ''}"


def is_feed(address):
    return "/feed." in address or address == "/corrections/feed/"


def searches():
    """What a reader can look for: the planted words, the commonest ones, and what joins the two."""
    asked = (MARK, f"{MARK}sourcerest", "a", "sentence", "donor", "pledge", "naming", f'"names what" {MARK}', "they")
    for words in asked:
        yield f"/search/?q={words}"
        yield f"/search/suggestions/?q={words}"
    yield f"/search/?q=donor&year={YEAR}"
    yield "/search/?q=donor&kind=correction"


# Asking for all of them


@dataclass(frozen=True)
class Answer:
    status: int
    headers: tuple
    text: str


def answer(response):
    text = response.content.decode(errors="replace")
    # A form has a number of its own each time.
    text = re.sub(r'name="token" value="[^"]+"', "", text)
    return Answer(response.status_code, tuple(sorted(response.headers.items())), text)


def crawl(asked):
    visitor = Client()
    return {address: answer(visitor.get(address)) for address in asked}


def words_of(address, text):
    """An answer's words without what the visitor asked for, which a page may repeat."""
    for asked in re.findall(rf"{MARK}[\w-]*", address):
        text = text.replace(asked, "")
    return text


def leaks(answers, without):
    """What the answers tell of what is planted: {address: the stems that stand there beside what was asked}."""
    found = {}
    for address, got in answers.items():
        stems = set(re.findall(rf"{MARK}\w*", words_of(address, got.text + str(got.headers))))
        if stems or got != without[address]:
            found[address] = stems
    return found


def slug_of(page):
    return page.rstrip("/").rpartition("/")[2]


def ask_again(visitor, page):
    return answer(visitor.get(page, headers=CONDITIONS))


class Matrix:
    """The answers: `without` what is planted, `before` its minute, `at` it, and where it `never` was held back."""

    def __init__(self, clock):
        clock.move_to(EARLIER)
        world = public_site()
        planted = transaction.savepoint()
        plant(world)
        clock.move_to(MINUTE)
        self.pages, visitor = list(pages()), Client()
        lists = [page for page in self.pages if page.count("/") == 2 or page == "/totals/rows/"]
        self.asked = [*self.pages, *(more for page in lists for more in filtered(visitor, page)), *searches()]
        transaction.savepoint_rollback(planted)
        clock.move_to(JUST_BEFORE)
        self.without = crawl(self.asked)
        clock.move_to(EARLIER)
        self.world = plant(world)
        clock.move_to(JUST_BEFORE)
        self.before = crawl(self.asked)
        own = [page for page in self.pages if slug_of(page) in KINDS]
        self.again = {page: (answer(visitor.head(page)), ask_again(visitor, page)) for page in (*lists, *own)}
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(Public, "hidden", {})
            self.unhidden = crawl(page for page in self.pages if MARK not in page)
        clock.move_to(MINUTE)
        # Of what is planted on the planted, the page is asked for until the minute alone.
        main = [page for page in self.pages if slug_of(page) not in self.world.planted.keys() - set(KINDS)]
        self.at = crawl(main)
        self.stale = {page: answer(visitor.get(page, headers={"If-None-Match": tag})) for page, tag in self.tags()}
        for model in (*RECORDS, Article):
            model.objects.update(embargo_until=None)
        self.never = crawl(main)

    def tags(self):
        """The addresses whose answers carry a tag before the minute, with the tag."""
        found = ((page, dict(got.headers).get("ETag")) for page, got in self.before.items())
        return [(page, tag) for page, tag in found if tag]

    @cached_property
    def told_before(self):
        return leaks(self.before, self.without)


@pytest.fixture(scope="module")
def matrix(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic(), time_machine.travel(EARLIER, tick=False) as clock:
        yield Matrix(clock)
        transaction.set_rollback(True)


RECORD_KINDS = [stem_of(model) for model in RECORDS]
ARTICLES = [f"{stem_of(Article)}scheduled", f"{stem_of(Article)}embargoed"]
# A revision and a correction of a live article, both scheduled; a newer draft of it; an article that is a draft.
COMING, NOTE, DRAFT, NEVER = (f"{MARK}{word}" for word in ("coming", "note", "draft", "never"))
KINDS = [*RECORD_KINDS, *ARTICLES, COMING, NOTE, DRAFT, NEVER]


def stems_in(answers):
    """The stems that stand in any of the answers, beside what was asked."""
    return {
        stem
        for address, got in answers.items()
        for stem in re.findall(rf"{MARK}\w*", words_of(address, got.text + str(got.headers)))
    }


def of_kind(kind, told):
    """The addresses that tell something of a kind."""
    return [address for address, stems in told.items() if any(stem.startswith(kind) for stem in stems)]


@pytest.mark.parametrize("kind", KINDS)
def test_until_its_minute_no_address_tells_of_it(matrix, kind):
    assert of_kind(kind, matrix.told_before) == []


def test_until_the_minute_each_answer_is_to_the_byte_as_if_nothing_were_there(matrix):
    assert [address for address in matrix.asked if matrix.before[address] != matrix.without[address]] == []


def test_until_the_minute_no_way_to_ask_tells_more(matrix):
    for page, (head, conditional) in matrix.again.items():
        plain = matrix.without[page]
        assert (head.status, head.headers, head.text) == (plain.status, plain.headers, ""), page
        assert conditional == plain, page


def test_at_the_minute_who_has_the_answer_of_before_gets_the_new_one(matrix):
    assert "/corrections/feed/" in matrix.stale
    kept = {page: got.status for page, got in matrix.stale.items() if got != matrix.at[page]}
    # A feed in which nothing has become visible is the one that they have.
    assert set(kept.values()) <= {304}
    assert [page for page in kept if matrix.at[page] != matrix.before[page]] == []


def test_no_cache_may_keep_a_public_answer(matrix):
    told = {address: dict(got.headers).get("Cache-Control") for address, got in (matrix.without | matrix.at).items()}
    # A picture may be kept by whoever asks again each time.
    pictures = {image.get_absolute_url() for image in matrix.world.images.values()}
    assert {address: words for address, words in told.items() if words != "no-cache"} == {
        "/favicon.ico": "max-age=86400, public"
    } | dict.fromkeys(pictures, "no-cache, public")
    assert {dict(got.headers).get("Vary") for got in matrix.at.values()} <= {None, "Accept-Encoding"}
    told = {"ETag", "Last-Modified", "Expires", "Set-Cookie"}
    # A feed's is made of the answer itself, and a picture's of what is in it.
    feeds = {page for page, got in matrix.at.items() if is_feed(page) and got.status == 200}
    cards = {page for page, got in matrix.at.items() if page.endswith("card.png") and got.status == 200}
    marked = pictures | feeds | cards
    assert len(cards) > 10
    assert len(feeds) > 20
    assert {address: told & {name for name, _ in got.headers} for address, got in matrix.at.items()} == {
        address: {"ETag"} if address in marked else set() for address in matrix.at
    }


@pytest.mark.parametrize("kind", RECORD_KINDS + ARTICLES)
def test_at_its_minute_it_is_there(matrix, kind):
    row, shown = matrix.world.planted[kind], [address for address, got in matrix.at.items() if kind in got.text]
    page = row.get_absolute_url().partition("#")[0]
    assert matrix.at[page].status == 200
    assert page in shown
    if page.rstrip("/").endswith(kind):
        section = f"/{page.split('/')[1]}/"
        assert matrix.before[page].status == 404
        assert section in shown
        was = f"{section}{MARK}was{kind.removeprefix(MARK).removeprefix('article')}/"
        assert (matrix.before[was].status, matrix.at[was].status) == (404, 301)
        assert ("Location", page) in matrix.at[was].headers


def test_at_the_minute_each_claim_that_was_kept_back_has_its_page(matrix):
    for ending in ("/", ".json"):
        kept_back = [page for page in matrix.pages if re.fullmatch(rf"/claims/{MARK}[^/]*{re.escape(ending)}", page)]
        assert len(kept_back) > len(RECORD_KINDS)
        assert {matrix.before[page].status for page in kept_back} == {404}
        assert {matrix.at[page].status for page in kept_back} == {200}


def test_of_a_withdrawn_claim_readers_learn_at_the_minute_what_replaced_it(matrix):
    page = "/claims/taken-back/"
    replacing = f"{stem_of(Source)}replacing"
    assert (matrix.before[page].status, matrix.at[page].status) == (410, 410)
    assert replacing not in matrix.before[page].text
    assert replacing in matrix.at[page].text
    # What its history said of what was kept back stands there from then on.
    assert f"{stem_of(Source)} title" in matrix.at[page].text


def test_at_the_minute_of_its_article_a_picture_is_handed_out(matrix):
    for image in matrix.world.images.values():
        address = image.get_absolute_url()
        assert (matrix.before[address].status, matrix.at[address].status) == (404, 200)
        assert "ETag" not in dict(matrix.before[address].headers)
        assert any(f'src="{address}"' in got.text for got in matrix.at.values())
    assert len(matrix.world.images) == 2


@pytest.mark.parametrize("kind", (COMING, NOTE))
def test_at_its_minute_a_text_that_was_scheduled_is_there_with_its_note(matrix, kind):
    assert kind in matrix.at["/articles/article/"].text


@pytest.mark.parametrize("kind", (DRAFT, NEVER))
def test_no_minute_brings_a_draft(matrix, kind):
    assert kind not in {stem[: len(kind)] for stem in stems_in(matrix.at)}


def test_at_the_minute_each_answer_is_to_the_byte_as_if_nothing_had_been_held_back(matrix):
    assert len(matrix.at) > len(KINDS)
    assert [address for address in matrix.at if matrix.at[address] != matrix.never[address]] == []


@pytest.mark.parametrize("kind", RECORD_KINDS)
def test_this_very_test_finds_what_a_filter_that_hides_nothing_lets_out(matrix, kind):
    assert of_kind(kind, leaks(matrix.unhidden, matrix.without)) != []
