"""Context that is no fact of aid: it is shown with its badge, and nothing that is counted changes by it."""

import pytest
from django.urls import reverse

from aid.choices import AssertionKind
from aid.models import Party, Passage, Pledge, Source
from tests import builders as make
from tests.planted import public_site
from tests.views.test_embargo import filtered

pytestmark = pytest.mark.django_db

LISTS = ("pledge", "coalition", "agreement", "event", "party", "person", "source", "article", "correction", "claim")
PAGES = ("front-page", "about", "correction-feed")


def counted_pages():
    """Whatever counts, adds up, filters or feeds."""
    return [reverse(name) for name in PAGES] + [reverse(f"{kind}-list") for kind in LISTS]


def answers(client):
    found = {}
    for address in counted_pages():
        asked = [address, *(filtered(client, address) if "feed" not in address else ())]
        for one in asked:
            response = client.get(one)
            found[one] = (response.status_code, response.content.decode())
    return found


def plant(world, **given):
    """Context with its claims and its passage."""
    text = "Some words on everything, USD 999 million of aid in 2031."
    row = make.make_assertion(text=text, said_on="2031-03-03", **given)
    source = world.public[Source][1]
    quote = {"quote": source.text[30:60]}
    passage, _ = Passage.objects.get_or_create(source=source, start=30, end=60, defaults=quote)
    for name in row.claimed_fields:
        if row.canonical(name):
            make.make_claim(row, name, [passage], basis="inferred")


@pytest.mark.parametrize("attributed", [False, True])
def test_nothing_that_is_counted_changes_by_it(attributed, client):
    world = public_site()
    by = {"attributed_to": Party.objects.get(slug="party-seven")} if attributed else {}
    before = answers(client)

    for kind in AssertionKind:
        plant(world, kind=kind, pledge=Pledge.objects.first(), **by)
        plant(world, kind=kind, **by)

    after = answers(client)
    assert len(after) > 100
    assert [address for address, answer in after.items() if answer != before.get(address)] == []
    assert after.keys() == before.keys()


def test_unattributed_analysis_carries_its_badge(client):
    pledge = make.make_pledge()
    make.make_assertion(kind=AssertionKind.ANALYSIS, text="It shows a shift.", pledge=pledge)
    html = client.get(pledge.get_absolute_url()).content.decode()
    assert '<span class="badge">Analysis</span> <span class="badge badge--plain">unattributed</span>' in html
    assert "Context, counted nowhere" in html


@pytest.mark.parametrize(("form", "words"), [
    ("direct_quote", '<span class="visually-hidden">Quote: </span><q>Help comes.</q>'),
    ("paraphrase", '<span class="badge">Paraphrase</span>'),
    ("institutional", '<span class="badge">Institutional statement</span>'),
])  # fmt: skip
def test_each_form_of_a_statement_is_told_apart_in_words_and_looks(form, words, client):
    statement = make.make_statement(form=form, text="Help comes.")
    html = client.get(statement.party.get_absolute_url()).content.decode()
    assert words in html
    assert f'<article class="voice voice--{form}"' in html
    assert ("<q>Help comes.</q>" in html) == (form == "direct_quote")


def test_the_verb_of_the_source_stands_beside_its_stage_everywhere(client):
    pledge = make.make_pledge(stages=["announced", "allocated"])
    pledge.stages.filter(stage="allocated").update(wording="has set aside")
    step = pledge.stages.get(stage="allocated")
    claim = make.make_claim(step, "stage", wording="has set aside", source=make.make_source("", language="da"))
    verb = '<q class="verb">has set aside</q>'
    for page in ("/", "/pledges/", pledge.donor.get_absolute_url(), pledge.get_absolute_url()):
        assert verb in client.get(page).content.decode(), page
    for page in (pledge.get_absolute_url(), claim.get_absolute_url()):
        assert '<q class="verb" lang="da">has set aside</q>' in client.get(page).content.decode(), page
