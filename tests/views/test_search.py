"""The page of search: what readers find, how it is counted, and what nobody may find."""

import re
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
import time_machine
from django.utils import timezone

from aid.actions.parties import merge_parties
from aid.actions.publications import withdraw_article
from aid.actions.withdrawals import reinstate_record, withdraw_record
from aid.models import Party, Pledge
from tests import builders as make

pytestmark = pytest.mark.django_db

BEGIN = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)


def titles(client, text, **asked):
    page = client.get("/search/", {"q": text, **asked})
    assert page.status_code == 200
    return ["".join(piece for piece, _ in hit.title) for hit in page.context["hits"]]


def written(client, text, **asked):
    return client.get("/search/", {"q": text, **asked}).content.decode()


# What a page shows


def test_each_kind_is_found_with_the_place_where_it_is_read(client):
    party = make.make_party(name="Wombat Ministry", slug="ministry")
    person = make.make_person(name="Jane Wombat", slug="jane")
    pledge = make.make_pledge(title="Wombat boats", slug="boats")
    make.make_coalition(name="Wombat coalition", slug="coalition")
    make.make_agreement(title="Wombat treaty", slug="treaty")
    make.make_event(title="Wombat meeting", slug="meeting")
    make.make_statement(slug="said", text="A wombat will come.", party=party, speaker=person)
    make.make_assertion(slug="context", text="The wombat matters.", pledge=pledge)
    make.make_source(text="In it a wombat is named.", title="A paper", slug="paper")
    make.make_article("On animals", "There is a wombat.", slug="animals")
    make.make_correction(key="wrong", note="It was a wombat.", pledge=pledge)

    page = client.get("/search/?q=wombat")
    addresses = {hit.url for hit in page.context["hits"]}
    assert addresses == {
        "/parties/ministry/", "/people/jane/", "/pledges/boats/", "/coalitions/coalition/", "/agreements/treaty/",
        "/events/meeting/", "/people/jane/#statement-said", "/pledges/boats/#assertion-context", "/sources/paper/",
        "/articles/animals/", "/pledges/boats/#correction-wrong",
    }  # fmt: skip
    assert "In it a <mark>wombat</mark> is named." in page.content.decode()
    # Hits are read in the language of the page.
    danish = client.get("/da/search/?q=wombat")
    assert {hit.url for hit in danish.context["hits"]} == {f"/da{address}" for address in addresses}


def test_a_state_is_found_by_what_pages_in_each_language_call_it(client):
    state = make.make_party(name="Estonia", slug="estonia", iso_alpha2="EE", kind="state")
    make.make_pledge(donor=state, title="Boots", slug="boots")
    for text in ("Estonia", "estland", "Естонія", "естон*"):
        assert {"Estonia", "Boots"} <= set(titles(client, text)), text


def test_the_counts_of_the_facets_are_those_of_their_lists(client):
    for n in range(23):
        make.make_pledge(title=f"Boats {n}", announced_on=f"{2023 + n % 2}-02-01")
    make.make_event(title="Boats meet", starts_on="2024-01-24")
    make.make_event(title="Boats meet again")

    first = client.get("/search/?q=boats")
    assert first.context["count"] == 25
    facets = [*first.context["kinds"], *first.context["years"]]
    assert {one["name"]: one["number"] for one in facets} == {
        "Pledges": "23", "Events": "2", "2024": "12", "2023": "12", "Without a date": "1",
    }  # fmt: skip
    for one in facets:
        narrowed = client.get(one["address"]).context
        assert str(narrowed["count"]) == one["number"]
        assert len(narrowed["hits"]) == min(20, narrowed["count"])
    second = client.get(first.context["next"])
    assert len(second.context["hits"]) == 5
    assert not {hit.url for hit in first.context["hits"]} & {hit.url for hit in second.context["hits"]}
    assert "There is no page 3. There are 2 pages" in written(client, "boats", page="3")


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("!!!", "There is no word in that."),
        ("-boats", "That only says what to leave out."),
        ("x" * 300, "That is too long to be looked for."),
        ("nowhere", "Nothing that readers can open holds “nowhere”."),
        ('"boa', "1 hit"),
        ("\0boats\n", "1 hit"),
    ],
)
def test_whatever_is_typed_gets_a_sentence(client, typed, told):
    make.make_event(title="Boats")
    assert told in written(client, typed)


def test_a_name_that_is_written_otherwise_is_offered(client):
    make.make_party(name="Lithuania")
    assert 'href="/search/?q=lithuania"' in written(client, "lituania")


def test_everything_that_is_shown_is_escaped(client):
    make.make_event(title='<b>Boats</b> & "ships"')
    text = written(client, "<b>boats")
    assert "&lt;<mark>b&gt;Boats</mark>&lt;/b&gt; &amp; &quot;ships&quot;" in text
    assert "<b>" not in text


def test_what_is_offered_while_typing(client):
    make.make_party(name="Denmark", slug="denmark")
    for n in range(12):
        make.make_pledge(title=f"Denmark gives {n}")
    text = client.get("/search/suggestions/?q=denm").content.decode()
    assert text.count('role="option"') == 8
    assert text.index('data-address="/parties/denmark/"') < text.index("gives")
    assert client.get("/search/suggestions/?q=!").content.strip() == b""


def test_browsers_are_told_how_to_search(client):
    root = ElementTree.fromstring(client.get("/opensearch.xml").content)
    (url,) = root.iter("{http://a9.com/-/spec/opensearch/1.1/}Url")
    assert url.get("template") == "http://testserver/search/?q={searchTerms}"
    assert '<link rel="search" type="application/opensearchdescription+xml"' in client.get("/").content.decode()


def test_more_hits_cost_no_more_queries(client, django_assert_num_queries):
    for number in (1, 3):
        make.make_pledge(title=f"Boats {number}", donor=make.make_party(name=f"Boatsland {number}"))
        make.make_article(f"Boats {number}")
        make.make_coalition(name=f"Boats group {number}", members=[Party.objects.get(name=f"Boatsland {number}")])
        # Nor does what is hidden.
        make.make_pledge(title=f"Boats hidden {number}", embargo_until=timezone.now() + timedelta(days=1))
        # The first search after something else is hidden makes the twins of texts anew.
        client.get("/search/?q=boats")
        with django_assert_num_queries(10):
            client.get("/search/?q=boats")


# What nobody may find


def test_drafts_schedules_and_withdrawn_texts_are_not_found(client, publisher):
    with time_machine.travel(BEGIN, tick=False) as clock:
        make.make_article("A wombat", published=False)
        article = make.make_article("An article", "It tells of a dog.")
        coming = make.make_revision(article, headline="Another", body="It tells of a wombat.")
        make.make_publication(article, coming, BEGIN + timedelta(hours=1))
        make.make_revision(article, headline="A draft on a wombat")
        assert titles(client, "wombat") == []
        assert titles(client, "dog") == ["An article"]

        clock.shift(timedelta(hours=1))
        assert titles(client, "wombat") == ["Another"]
        assert titles(client, "dog") == []

        withdraw_article(article, publisher.user, "It was wrong.")
        assert titles(client, "wombat") == []


def test_what_an_article_names_is_not_found_through_it_under_embargo(client):
    with time_machine.travel(BEGIN, tick=False) as clock:
        until = {"embargo_until": BEGIN + timedelta(hours=1)}
        make.make_pledge(slug="boats", title="Wombat boats", amount=47_000_000, currency="DKK", **until)
        make.make_article("It gives", "It gives [[pledge:boats:amount]] for [[pledge:boats|a quokka]], it says.")
        for word in ("wombat", "47", "quokka", '"gives dkk"'):
            assert titles(client, word) == [], word
        assert "quokka" not in written(client, "gives")
        assert titles(client, "says") == ["It gives"]

        # What else it names is found through it all the same, and what is hidden less long from its minute on.
        make.make_party(slug="norway", name="Norway")
        make.make_party(slug="iceland", name="Iceland", embargo_until=BEGIN + timedelta(minutes=30))
        make.make_article("Both", "Of [[party:norway]], [[party:iceland]] and [[pledge:boats]].")
        assert set(titles(client, "norway")) == {"Both", "Norway"}
        assert "Of <mark>Norway</mark>, — and —." in written(client, "norway")
        assert titles(client, "iceland") == []
        clock.shift(timedelta(minutes=30))
        assert set(titles(client, "iceland")) == {"Both", "Iceland"}
        assert titles(client, "wombat") == []

        clock.shift(timedelta(minutes=30))
        assert titles(client, "quokka") == ["It gives"]
        assert set(titles(client, "wombat")) == {"Both", "Wombat boats"}
        assert set(titles(client, "47 million")) == {"It gives", "Wombat boats"}


def test_members_and_offices_of_a_source_under_embargo_are_not_found(client):
    with time_machine.travel(BEGIN, tick=False) as clock:
        source = make.make_source(text="Iceland is in.", slug="paper", embargo_until=BEGIN + timedelta(hours=1))
        iceland, person = make.make_party(name="Iceland"), make.make_person(name="Jane")
        coalition = make.make_coalition(name="IT", members=[iceland])
        office = make.make_office(person=person, title="Minister of Wombats", party=make.make_party(name="Norway"))
        passage = make.make_passage(source, 0, 14)
        make.make_claim(coalition.memberships.get(), "party", [passage])
        make.make_claim(office, "title", [passage])
        assert titles(client, "iceland") == ["Iceland"]
        assert titles(client, "wombats") == []
        assert titles(client, "norway") == ["Norway"]
        assert titles(client, "jane") == ["Jane"]

        clock.shift(timedelta(hours=1))
        assert set(titles(client, "iceland")) == {"Iceland", "IT", source.title}
        assert titles(client, "wombats") == ["Jane"]


# What keeps it up to date


def test_whatever_changes_a_record_changes_what_is_found(client, publisher):
    pledge = make.make_pledge(title="Boats", donor=make.make_party(name="Norway"))
    make.make_article("An article", f"On [[pledge:{pledge.slug}:amount]].")
    assert titles(client, "boats") == ["Boats"]

    Pledge.objects.filter(pk=pledge.pk).update(title="Tanks", amount=123)
    assert (titles(client, "boats"), titles(client, "tanks")) == ([], ["Tanks"])
    assert set(titles(client, "123")) == {"Tanks", "An article"}
    pledge.refresh_from_db()
    pledge.sectors.add(make.make_sector(name="Artillery"))
    assert titles(client, "artillery") == ["Tanks"]
    gone, stays = make.make_party(name="Sverige"), make.make_party(name="Sweden")
    make.make_pledge(title="Guns", donor=gone)
    merge_parties(gone, stays, publisher.user)
    assert set(titles(client, "sweden")) == {"Sweden", "Guns"}
    withdraw_record(pledge, publisher.user, "It was wrong.")
    assert titles(client, "tanks") == []
    assert titles(client, "123") == []
    reinstate_record(pledge, publisher.user, "It was right.")
    assert titles(client, "tanks") == ["Tanks"]
    assert set(titles(client, "123")) == {"Tanks", "An article"}
    stays.pledges_given.all().delete()
    assert titles(client, "guns") == []


def test_the_past_is_searched_in_its_own_words(client):
    with time_machine.travel(BEGIN, tick=False) as clock:
        party = make.make_party(name="Swaziland")
        make.make_pledge(title="Boats", donor=party)
        titles(client, "any")
        before = {text: main(written(client, text)) for text in ("swaziland", "eswatini", "boats", "tanks")}
        clock.shift(timedelta(days=1))
        party.name = "Eswatini"
        party.save()
        make.make_event(title="More boats")
        Pledge.objects.get().save()
        pledge = Pledge.objects.get()
        pledge.title = "Tanks"
        pledge.save()
        assert titles(client, "boats") == ["More boats"]
        assert set(titles(client, "eswatini")) == {"Eswatini", "Tanks"}

        then = (BEGIN + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%MZ")
        for text, page in before.items():
            assert main(written(client, text, as_of=then)) == page, text
        # What is under embargo now is in no past.
        Pledge.objects.update(embargo_until=BEGIN + timedelta(days=9))
        assert titles(client, "boats", as_of=then) == []
        assert titles(client, "swaziland", as_of=then) == ["Swaziland"]


def main(html):
    """The hits of a page, without what only says of which moment it is."""
    html = re.sub(r'<input type="hidden" name="as_of"[^>]*>|<p class="search-note">.*?</p>', "", html)
    html = re.sub(r"[?&](?:amp;)?as_of=[^\"&#]*", "", html)
    return re.search(r"<main.*?</main>", html, re.DOTALL)[0]
