"""What all record pages have in common: their number of queries, who may send them something, what is marked."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from django.utils.html import strip_tags

from aid.actions.publications import withdraw_article
from aid.choices import Basis, Rank
from aid.models import Correction, Pledge
from aid.queries.ledger import at_a_glance
from aid.views import sources
from tests import builders


def with_claims(row, passage):
    """Each value with its claim, and a second one that names other records, which a page looks up."""
    for field in row.claimed_fields:
        if row.canonical(field):
            builders.make_claim(row, field, passages=[passage])
    return row


def voices(about, passage, rows):
    for _ in range(rows):
        with_claims(builders.make_statement(**about), passage)
        person = builders.make_person()
        office = builders.make_office(person=person)
        statement = builders.make_statement(speaker=person, office=office, **about)
        with_claims(statement, passage)
        with_claims(builders.make_assertion(attributed_to=builders.make_party(), **about), passage)


def a_pledge(rows):
    passage = builders.make_passage()
    pledge = builders.make_pledge(
        stages=["announced", "committed", "allocated"][:rows],
        beneficiaries=[builders.make_party() for _ in range(rows)],
        sectors=[builders.make_sector() for _ in range(rows)],
        coalition=builders.make_coalition(),
        fund=builders.make_party(),
        agreement=builders.make_agreement(),
        part_of=builders.make_pledge(),
        supersedes=builders.make_pledge(),
    )
    with_claims(pledge, passage)
    for currency in ("USD", "EUR", "GBP")[:rows]:
        with_claims(builders.make_valuation(pledge=pledge, currency=currency, rate_on="2024-01-24"), passage)
        builders.make_rate("2024-01-24", currency if currency != "EUR" else "SEK", "1.09")
        other = builders.make_party()
        builders.make_claim(pledge, "donor", value=other.slug, rank=Rank.ALTERNATIVE, passages=[passage])
        builders.make_pledge(part_of=pledge)
        builders.make_pledge(supersedes=pledge)
        builders.make_article(body=f"[[pledge:{pledge.slug}:amount]]")
        builders.make_correction(pledge=pledge)
    builders.make_rate("2024-01-24", "DKK", "7.4568")
    voices({"pledge": pledge}, passage, rows)
    return pledge


def a_coalition(rows):
    passage = builders.make_passage()
    coalition = builders.make_coalition(framework=builders.make_party(), formalized_at=builders.make_event())
    with_claims(coalition, passage)
    for _ in range(rows):
        with_claims(builders.make_membership(coalition=coalition), passage)
        builders.make_pledge(coalition=coalition)
        builders.make_article(body=f"[[coalition:{coalition.slug}:members]]")
        builders.make_correction(coalition=coalition)
    voices({"coalition": coalition}, passage, rows)
    return coalition


def an_agreement(rows):
    passage = builders.make_passage()
    agreement = with_claims(builders.make_agreement(signed_on="2024-01-23", objectives="one\ntwo"), passage)
    for _ in range(rows):
        with_claims(builders.make_signatory(agreement=agreement, signed_by=builders.make_person()), passage)
        builders.make_pledge(agreement=agreement)
        builders.make_correction(agreement=agreement)
    voices({"agreement": agreement}, passage, rows)
    return agreement


def an_event(rows):
    passage = builders.make_passage()
    event = builders.make_event(series=builders.make_party(), host=builders.make_party(), starts_on="2024-01-24")
    with_claims(event, passage)
    for _ in range(rows):
        builders.make_coalition(formalized_at=event)
        builders.make_correction(event=event)
    return event


def a_party(rows):
    passage = builders.make_passage()
    party = builders.make_party(parent=builders.make_party(), iso_alpha2="DK")
    with_claims(party, passage)
    for _ in range(rows):
        builders.make_party(parent=party)
        pledge = builders.make_pledge(donor=party, coalition=builders.make_coalition())
        builders.make_pledge(recipient=party)
        builders.make_pledge(beneficiaries=[party])
        builders.make_pledge(fund=party)
        coalition = builders.make_membership(party=party).coalition
        agreement = builders.make_signatory(party=party).agreement
        builders.make_office(party=party)
        builders.make_event(series=party)
        builders.make_event(host=party)
        builders.make_source(publisher=party)
        builders.make_correction(party=party)
        builders.make_article(
            body=f"[[party:{party.slug}]] [[pledge:{pledge.slug}]] [[coalition:{coalition.slug}]] "
            f"[[agreement:{agreement.slug}]]"
        )
        with_claims(builders.make_assertion(attributed_to=party), passage)
        with_claims(builders.make_assertion(attributed_to=party, pledge=builders.make_pledge()), passage)
        with_claims(builders.make_statement(party=party, pledge=builders.make_pledge()), passage)
        builders.make_statement(party=party, speaker=builders.make_person())
    return party


def voices_of(person, passage, rows):
    for _ in range(rows):
        office = with_claims(builders.make_office(person=person), passage)
        statement = builders.make_statement(speaker=person, office=office, pledge=builders.make_pledge())
        with_claims(statement, passage)


def a_person(rows):
    person = builders.make_person()
    voices_of(person, builders.make_passage(), rows)
    for _ in range(rows):
        builders.make_signatory(signed_by=person)
        builders.make_article(body=f"[[person:{person.slug}]]")
    return person


def a_source(rows):
    text = " ".join(f"Sentence number {n} stands here." for n in range(1, 10))
    source = builders.make_source(text, publisher=builders.make_party(), supersedes=builders.make_source())
    for n in range(rows):
        passage = builders.make_passage(source, n * 31, n * 31 + 30)
        for row in (
            builders.make_pledge(),
            builders.make_coalition(),
            builders.make_agreement(signed_on="2024"),
            builders.make_event(starts_on="2024"),
            builders.make_party(parent=builders.make_party()),
            builders.make_office(),
            builders.make_statement(),
            builders.make_statement(speaker=builders.make_person()),
            builders.make_assertion(),
            builders.make_assertion(attributed_to=builders.make_party()),
            builders.make_assertion(pledge=builders.make_pledge()),
            builders.make_membership(),
            builders.make_signatory(),
            builders.make_stage(position=2),
        ):
            with_claims(row, passage)
        builders.make_source(supersedes=source)
        builders.make_article(body=f"[[source:{source.slug}]]")
        builders.make_rate(f"2024-01-0{n + 1}", "USD", "1.09", source)
        builders.make_valuation(rate_on=f"2024-01-0{n + 1}")
    return source


def an_article(rows):
    passage = builders.make_passage()
    body = []
    for _ in range(rows):
        pledge = with_claims(builders.make_pledge(announced_on="2024?-01-24"), passage)
        builders.make_valuation(pledge=pledge, currency="USD")
        coalition = with_claims(builders.make_coalition(members=[builders.make_party()]), passage)
        agreement = builders.make_agreement(signatories=[builders.make_party(), builders.make_party()])
        event = builders.make_event(starts_on="2024-01-24", series=builders.make_party())
        body.append(
            f"[[pledge:{pledge.slug}]] [[pledge:{pledge.slug}:donor]] [[pledge:{pledge.slug}:announced_on]] "
            f"[[pledge:{pledge.slug}:valuation-USD]] [[pledge:{pledge.slug}:sectors]] "
            f"[[coalition:{coalition.slug}:members]] [[agreement:{agreement.slug}:signatories]] "
            f"[[event:{event.slug}:series]] [[party:{builders.make_party().slug}|they]] "
            f"[[person:{builders.make_person().slug}]] [[source:{builders.make_source().slug}:publisher]] "
            f"[[article:{builders.make_article().slug}]] [[party:nobody]]"
        )
    article = builders.make_article(body="\n\n".join(body))
    for _ in range(rows):
        builders.make_correction(article=article)
        article.live.topics.add(builders.make_sector())
    return article


@pytest.mark.django_db
@pytest.mark.parametrize("rows", (1, 3))
@pytest.mark.parametrize(
    ("make", "queries"),
    (
        (a_pledge, 28),
        (a_coalition, 26),
        (an_agreement, 22),
        (an_event, 8),
        (a_party, 56),
        (a_person, 18),
        (a_source, 16),
        (an_article, 23),
    ),
)
def test_page_takes_as_many_queries_for_three_rows_as_for_one(reader, make, queries, rows, django_assert_num_queries):
    address = make(rows).get_absolute_url()
    with django_assert_num_queries(queries):
        response = reader.get(address)
    assert response.status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("rows", (1, 3))
@pytest.mark.parametrize(("address", "queries"), (("/", 20), ("/about/", 6)))
def test_front_and_about_take_as_many_queries_for_three_rows_as_for_one(
    reader, address, queries, rows, django_assert_num_queries
):
    for _ in range(rows):
        an_article(1)
        builders.make_correction(pledge=builders.make_pledge(sectors=[builders.make_sector()]))
    with django_assert_num_queries(queries):
        assert reader.get(address).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    "make", (a_pledge, a_coalition, an_agreement, an_event, a_party, a_person, a_source, an_article)
)
def test_page_is_the_same_for_everyone_and_takes_nothing_in(reader, editor, make):
    address = make(1).get_absolute_url()
    anonymous, signed_in = reader.get(address), editor.get(address)
    assert anonymous.content == signed_in.content
    for response in (anonymous, signed_in):
        assert not response.cookies
        assert "Cookie" not in response.headers.get("Vary", "")
    assert reader.post(address).status_code == 405


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ("articles", "pledges", "coalitions", "agreements", "events", "parties", "people", "sources")
)
def test_wrong_address_leads_to_the_list(reader, name):
    response = reader.get(f"/{name}/nothing-of-the-sort/")
    assert response.status_code == 404
    assert f'<a class="button" href="/{name}/">' in response.text
    assert f"/{name}/nothing-of-the-sort/" in response.text


@pytest.mark.django_db
def test_page_of_a_party_with_many_pledges_leads_to_the_list_of_them(reader):
    party = builders.make_party(slug="dk")
    recipient = builders.make_party()
    for _ in range(26):
        builders.make_pledge(donor=party, recipient=recipient)
    response = reader.get("/parties/dk/")
    assert len(response.context["given"].rows) == 25
    assert '<a href="/pledges/?donor=dk">See all of them</a>' in response.text
    assert [total.pledges for total in response.context["totals_given"]] == [26]
    assert reader.get("/pledges/?donor=dk").context["count"] == "26 pledges"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "told"),
    (("", "These are the first; there are more."), ("One sentence.", "only the first are read here")),
)
def test_page_of_a_source_with_more_claims_than_it_can_show_says_so(reader, monkeypatch, text, told):
    monkeypatch.setattr(sources, "MOST_CLAIMS", 2)
    monkeypatch.setattr(sources, "MOST_CLAIMS_WITHOUT_TEXT", 2)
    source = builders.make_source(text)
    for number in (1, 2, 3):
        builders.make_claim(builders.make_pledge(), "amount", source=source)
        shown = reader.get(source.get_absolute_url()).text
        assert (told in shown) is (number == 3)
        assert ("Left over" in shown) is (bool(text) and number < 3)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "subject",
    (
        lambda: {"article": builders.make_article()},
        lambda: {"pledge": builders.make_pledge()},
        lambda: {"coalition": builders.make_coalition()},
        lambda: {"agreement": builders.make_agreement()},
        lambda: {"event": builders.make_event()},
        lambda: {"party": builders.make_party()},
        lambda: {"office": builders.make_office()},
        lambda: {"statement": builders.make_statement()},
        lambda: {"statement": builders.make_statement(speaker=builders.make_person())},
        lambda: {"assertion": builders.make_assertion(pledge=builders.make_pledge())},
        lambda: {"assertion": a_source(1).claims.filter(assertion__pledge=None).exclude(assertion=None)[0].assertion},
    ),
)
def test_correction_stands_on_the_page_that_it_concerns(reader, subject):
    correction = builders.make_correction(**subject(), note="It said something else before.")
    address, _, place = correction.get_absolute_url().partition("#")
    text = reader.get(address).text
    assert f'id="{place}"' in text
    assert "It said something else before." in text
    assert f'href="{correction.get_absolute_url()}"' in reader.get("/corrections/").text


@pytest.mark.django_db
def test_withdrawn_article_is_gone_and_says_so(reader, publisher):
    article = builders.make_article("A headline that was wrong", body="A body that was wrong.")
    withdraw_article(article, publisher.user, "It was wrong.")
    correction = builders.make_correction(article=article, kind="retraction", note="Its source was forged.")
    response = reader.get(article.get_absolute_url())
    assert response.status_code == 410
    assert "<h1>This article was withdrawn</h1>" in response.text
    assert "that was wrong" not in response.text
    assert f'id="correction-{correction.key}"' in response.text
    assert '<a class="button" href="/articles/">' in response.text
    assert (
        f'<a href="{correction.get_absolute_url()}">An article that was withdrawn</a>'
        in reader.get("/corrections/").text
    )
    assert reader.post(article.get_absolute_url()).status_code == 405


@pytest.mark.django_db
def test_article_that_was_never_published_is_not_found_and_not_called_withdrawn(reader):
    article = builders.make_article(published=False)
    assert reader.get(article.get_absolute_url()).status_code == 404


def unreadable(state):
    """An article that no reader could ever open, in one of three ways."""
    future = timezone.now() + timedelta(days=400)
    article = builders.make_article("Secret headline", slug="secret-address", published=False)
    if state != "draft":
        revision = article.revisions.get() if state == "scheduled" else None
        builders.make_publication(article, revision, starts_at=future)
        article.published_at = future
        article.save()
    return article


@pytest.mark.django_db
@pytest.mark.parametrize("state", ("draft", "scheduled", "withdrawn before its day"))
@pytest.mark.parametrize(
    "address",
    ("/", "/corrections/", "/corrections/?kind=retraction", "/corrections/?year=2019", "/about/", "/articles/"),
)
def test_correction_of_an_article_that_nobody_could_read_stays_hidden(reader, state, address):
    correction = builders.make_correction(
        article=unreadable(state), kind="retraction", note="Secret note.", was="Secret was", now="Secret now"
    )
    Correction.objects.filter(pk=correction.pk).update(decided_at=datetime(2019, 5, 1, tzinfo=UTC))
    shown = builders.make_correction(pledge=builders.make_pledge(), note="An open note.")
    text = reader.get(address).text
    assert "secret" not in text.lower()
    assert correction.key not in text
    assert ">2019<" not in text
    assert "1 entry</a> so far" in text or address != "/about/"
    assert "An open note." in text or address not in ("/", "/corrections/")
    assert reader.get(correction.article.get_absolute_url()).status_code == 404
    assert list(Correction.objects.public()) == [shown]
    in_time = timezone.now() + timedelta(days=500)
    later = [shown] if state == "draft" else [shown, correction]
    assert list(Correction.objects.public(in_time).newest_first()) == later


@pytest.mark.django_db
@pytest.mark.parametrize("address", ("/", "/corrections/"))
def test_correction_of_a_withdrawn_article_shows_its_note_and_no_headline(reader, publisher, address):
    article = builders.make_article("A headline that was wrong")
    withdraw_article(article, publisher.user, "It was wrong.")
    builders.make_correction(article=article, note="Its source was forged.")
    text = reader.get(address).text
    assert "Its source was forged." in text
    assert "that was wrong" not in text
    assert at_a_glance().corrections == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("basis", "whose"), ((Basis.STATED, "the source’s"), (Basis.INFERRED, "this site’s"), ("", "this site’s"))
)
def test_coalition_says_whose_description_its_name_is(reader, basis, whose):
    coalition = builders.make_coalition()
    if basis:
        builders.make_claim(coalition, "name", basis=basis)
    text = reader.get(coalition.get_absolute_url()).text
    assert f"The name is {whose} description. Official name:" in text


@pytest.mark.django_db
def test_line_of_a_member_says_aloud_that_it_opens_the_evidence(reader):
    membership = builders.make_membership()
    passage = builders.make_passage()
    with_claims(membership.coalition, passage)
    with_claims(membership, passage)
    member = reader.get(membership.coalition.get_absolute_url()).text.split('class="member"')[1].split("</li>")[0]
    line, _, evidence = member.partition("</summary>")
    assert (evidence.count("<blockquote"), evidence.count("<details")) == (1, 0)
    assert '<span class="visually-hidden">: open the evidence for this member</span>' in line


def hero_of(response):
    return response.text.split('<div class="hero">')[1].split("</header>")[0]


@pytest.mark.django_db
def test_value_without_a_claim_says_so_in_its_row_and_in_the_head(reader):
    pledge = builders.make_pledge()
    response = reader.get(pledge.get_absolute_url())
    assert response.text.count('<dd class="fact__status">No source is recorded for this value yet.</dd>') == 7
    assert "Amount: No source is recorded for this value yet." in hero_of(response)
    assert "Currency: No source is recorded for this value yet." in hero_of(response)


@pytest.mark.django_db
def test_value_that_its_claim_contradicts_says_so_in_its_row_and_in_the_head(reader):
    pledge = builders.make_pledge()
    builders.support(pledge)
    assert "basis--stated" in hero_of(reader.get(pledge.get_absolute_url()))
    Pledge.objects.update(amount=15_000_000)
    response = reader.get(pledge.get_absolute_url())
    told = "The recorded evidence says DKK 91,000,000; this is being checked."
    row = response.text.split('id="amount"')[1].split('<div class="fact')[0]
    assert (told in row, "the evidence says otherwise" in row) == (True, True)
    assert row.split("<summary>")[1].split("</summary>")[0].count("basis--stated") == 0
    assert f"Amount: {told}" in hero_of(response)
    assert "basis--" not in hero_of(response)


@pytest.mark.django_db
def test_head_doubts_an_amount_whose_currency_its_claim_contradicts(reader):
    pledge = builders.make_pledge()
    builders.support(pledge)
    Pledge.objects.update(currency="SEK")
    hero = hero_of(reader.get(pledge.get_absolute_url()))
    assert "Currency: The recorded evidence says DKK, Danish Krone; this is being checked." in hero
    assert "basis--" not in hero


@pytest.mark.django_db
def test_emptied_value_with_a_claim_says_what_the_claim_says(reader):
    pledge = builders.make_pledge()
    builders.support(pledge)
    Pledge.objects.update(amount=None, currency="", amount_unknown="not_stated")
    response = reader.get(pledge.get_absolute_url())
    assert "Amount: The recorded evidence says DKK 91,000,000; this is being checked." in hero_of(response)
    unknown = response.text.split('class="unknowns"')[1]
    assert "The recorded evidence says DKK 91,000,000; this is being checked." in unknown


@pytest.mark.django_db
def test_second_claim_of_the_same_source_stands_beside_the_first(reader):
    source = builders.make_source("On January 24 it was announced.")
    passage = builders.make_passage(source)
    event = builders.make_event(starts_on="2024?-01-24")
    builders.make_claim(event, "starts_on", passages=[passage], basis=Basis.INFERRED)
    builders.make_claim(event, "starts_on", passages=[passage], value="XXXX-01-24", rank=Rank.ALTERNATIVE)
    text = reader.get(event.get_absolute_url()).text
    assert "24 January 2024 (year inferred)" in text
    assert "The same source also says" in text
    assert "24 January (year not stated)" in text
    assert "cannot be true together" not in text


@pytest.mark.django_db
def test_claim_that_disagrees_is_marked_and_names_the_other_record(reader):
    pledge = builders.make_pledge(donor=builders.make_party(name="Denmark"))
    builders.support(pledge)
    other = builders.make_party(name="Norway")
    builders.make_claim(pledge, "donor", value=other.slug, rank=Rank.ALTERNATIVE)
    text = reader.get(pledge.get_absolute_url()).text
    assert "Another source says" in text
    assert "<strong><bdi>Norway</bdi></strong>" in text
    assert "cannot be true together with the value shown" in text


@pytest.mark.django_db
def test_withdrawn_claim_is_not_shown(reader):
    pledge = builders.make_pledge()
    builders.support(pledge)
    builders.make_claim(pledge, "amount", value="5", rank=Rank.WITHDRAWN, wording="five whole kroner")
    assert "five whole kroner" not in reader.get(pledge.get_absolute_url()).text


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ("statement", "assertion"))
def test_evidence_of_a_voice_is_one_disclosure_with_each_sentence_once(reader, kind):
    passage = builders.make_passage()
    pledge = builders.make_pledge()
    builders.support(pledge)
    make = getattr(builders, f"make_{kind}")
    row = make(
        pledge=pledge, said_on="2024-01-24", **({"speaker": builders.make_person()} if kind == "statement" else {})
    )
    with_claims(row, passage)
    claim = row.claims.get(field="said_on")
    claim.basis, claim.reasoning = Basis.INFERRED, "A reason of its own."
    claim.save()
    voice = reader.get(pledge.get_absolute_url()).text.split(f'id="{kind}-{row.slug}"')[1].split("</article>")[0]
    assert voice.count("<details") == 1
    assert voice.count("</summary>") == 1
    # Once for what rests on the sentence alone, once for what was reasoned from it.
    assert voice.count("<blockquote") == 2
    assert "A reason of its own." in voice
    assert voice.count("From the sentence above.") == row.claims.count() - 2


@pytest.mark.django_db
def test_paraphrase_stands_in_no_quotation_marks_and_a_quote_does(reader):
    party = builders.make_party()
    builders.make_statement(party=party, text="A summary of it.")
    builders.make_statement(party=party, form="direct_quote", text="Their very words.")
    text = reader.get(party.get_absolute_url()).text
    assert '<p class="voice__text">A summary of it.</p>' in text
    assert "<q>Their very words.</q>" in text
    assert "<q>A summary of it.</q>" not in text


@pytest.mark.django_db
def test_what_its_people_said_is_a_quote_on_the_party_page_only_if_it_is_one(reader):
    party, speaker = builders.make_party(), builders.make_person(name="Somebody")
    for form in ("paraphrase", "direct_quote"):
        builders.make_statement(party=party, speaker=speaker, form=form, text="It will help.")
    lines = reader.get(party.get_absolute_url()).text.split('id="spoken-for"')[1].split("</ul>")[0]
    assert "Somebody</a>, reported in this site’s words: It will help.</li>" in lines
    assert "Somebody</a>: <q>It will help.</q></li>" in lines
    assert lines.count("Somebody</a>: ") == 1


@pytest.mark.django_db
def test_term_of_office_without_a_last_day_reads_as_words(reader):
    office = builders.make_office(held_from="2023-08-22", held_until_unknown="not_looked_for")
    for row, words in (
        (office.person, "From 22 August 2023. Last day: not looked for yet"),
        (office.party, "from 22 August 2023; last day: not looked for yet"),
    ):
        text = reader.get(row.get_absolute_url()).text.replace(
            '<span class="visually-hidden">evidence for </span>', ""
        )
        assert words in strip_tags(text)


@pytest.mark.django_db
def test_what_editors_typed_is_escaped(reader):
    sharp = '<script>alert("1")</script>'
    pledge = builders.make_pledge(title=sharp, donor=builders.make_party(name=sharp), purposes=sharp)
    passage = builders.make_passage(builders.make_source(sharp, title=sharp))
    builders.make_claim(pledge, "purposes", passages=[passage], wording=sharp, basis=Basis.INFERRED, reasoning=sharp)
    builders.make_correction(pledge=pledge, note=sharp, was=sharp)
    for address in (
        "/",
        "/pledges/",
        "/corrections/",
        pledge.get_absolute_url(),
        pledge.donor.get_absolute_url(),
        passage.source.get_absolute_url(),
    ):
        response = reader.get(address)
        assert response.status_code == 200
        # The page's own scripts have an address each; what was typed has none.
        assert "<script>" not in response.text


@pytest.mark.django_db
def test_a_stage_that_only_another_source_gives_is_not_called_said_by_none(reader, examples):
    page = reader.get("/pledges/denmark-cyber-91-million-kroner/").text
    assert page.count("Only a source that is not preferred says so") == 1
    assert page.count("No source recorded here says so yet") == 1
