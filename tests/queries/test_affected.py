"""Which articles show a record, in which sentences, and which of them a change of it alters."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from aid.models import Article, ArticleRevision, FormerAddress, Pledge, Publication
from aid.queries.affected import Reread, Showing
from aid.queries.uses import articles_that_name
from tests import builders as make

pytestmark = pytest.mark.django_db


def told(record):
    """The articles that show a record, as {headline: [state of each text]}."""
    return {
        showing.headline: [
            "live" if text.is_live else "draft" if text.is_draft else "later" for text in showing.texts
        ]
        for showing in Showing(record).articles
    }


def words(pieces):
    """A sentence as text, a figure of the record in brackets."""
    return "".join(
        f"[{f'{piece.was} → ' if piece.was else ''}{piece.text}]" if piece.is_figure else piece.text
        for piece in pieces
    )


def changed(record, **values):
    """The Reread of a record's articles over a change of its columns."""
    showing = Showing(record)
    before = showing.figures()
    for name, value in values.items():
        setattr(record, name, value)
    record.save()
    return showing, Reread(showing, before, showing.figures())


def test_every_text_that_names_it_is_found_and_told_apart():
    pledge, tomorrow = make.make_pledge(slug="cyber"), timezone.now() + timedelta(days=1)
    body = "It gave [[pledge:cyber:amount]]."
    make.make_article("Live", body)
    make.make_article("Draft", body, published=False)
    scheduled = make.make_article("Scheduled", body, published=False)
    make.make_publication(scheduled, scheduled.revisions.get(), tomorrow)
    newer = make.make_article("Live and newer", body)
    make.make_revision(newer, headline="Never the first")
    make.make_article("Under embargo", body, embargo_until=tomorrow)
    gone = make.make_article("Names it no more", body)
    make.make_publication(gone, make.make_revision(gone, body="Nothing."), timezone.now())
    make.make_article("In code", "`[[pledge:cyber:amount]]`")
    make.make_article("Another", "[[pledge:cyber-two:amount]] and [[party:cyber]]")
    withdrawn = make.make_article("Withdrawn", body)
    make.make_publication(withdrawn, None)

    assert told(pledge) == {
        "Live": ["live"], "Live and newer": ["live", "draft"], "Draft": ["draft"], "Scheduled": ["later"],
        "Under embargo": ["later"], "Withdrawn": ["draft"],
    }  # fmt: skip
    assert [showing.is_live for showing in Showing(pledge).articles][:3] == [True, True, False]


def test_what_shows_its_name_in_another_record_is_found_too():
    denmark, other = make.make_party(name="Denmark", slug="dk"), make.make_party()
    pledge = make.make_pledge(slug="given", donor=denmark, beneficiaries=[other])
    make.make_pledge(slug="other", donor=other, beneficiaries=[denmark])
    make.make_agreement(slug="mou", signatories=[denmark, other])
    for body in ("[[pledge:given:donor]]", "[[pledge:other:beneficiaries]]", "[[agreement:mou:signatories]]"):
        make.make_article(body, f"By {body}.")
    for body in (
        "[[pledge:other:donor]]",
        "[[pledge:given:beneficiaries]]",
        "[[pledge:given:amount]]",
        "[[party:d]]",
    ):
        make.make_article(body, f"By {body}.")
    make.make_article("Former", "By [[pledge:formerly:donor]].")
    FormerAddress.objects.create(kind="pledge", slug="formerly", record=pledge.pk)

    assert set(told(denmark)) == {
        "[[pledge:given:donor]]", "[[pledge:other:beneficiaries]]", "[[agreement:mou:signatories]]", "Former",
    }  # fmt: skip
    assert Showing(denmark).count == 4


def test_a_former_address_is_its_address():
    pledge = make.make_pledge(slug="now")
    FormerAddress.objects.create(kind="pledge", slug="then", record=pledge.pk)
    make.make_article("Then", "[[pledge:then:amount]]")

    assert told(pledge) == {"Then": ["live"]}


def test_kinds_that_no_text_can_name_cost_nothing(django_assert_num_queries):
    for record in (make.make_office(), make.make_statement(), make.make_assertion()):
        with django_assert_num_queries(0):
            assert (Showing(record).count, Showing(record).articles) == (0, [])


@pytest.mark.parametrize("number", (1, 3))
def test_the_queries_do_not_grow(number, django_assert_num_queries):
    denmark = make.make_party(slug="dk")
    for n in range(number):
        pledge = make.make_pledge(slug=f"given-{n}", donor=denmark)
        make.make_article(body=f"[[party:dk]] [[pledge:{pledge.slug}:donor]] [[pledge:{pledge.slug}:amount]]")
    with django_assert_num_queries(4):
        showing = Showing(denmark)
    with django_assert_num_queries(6):
        figures = showing.figures()
    with django_assert_num_queries(3):
        assert len(showing.articles) == number
    with django_assert_num_queries(6):
        reread = Reread(showing, figures, figures)
        assert all(reread.sentences(text) for found in showing.articles for text in found.texts)


def test_the_sentence_tells_what_it_was_and_what_it_is():
    pledge = make.make_pledge(slug="cyber", amount=Decimal("91000000"))
    event = make.make_event(slug="meeting", title="The meeting")
    make.make_article(
        "News",
        "It met. *Denmark* gave [[pledge:cyber:amount]], as [[event:meeting]] heard. It left.\n\n"
        "| a | b |\n|---|---|\n| x | [[pledge:cyber:amount]] |\n\n"
        "[[pledge:cyber|The sum]] came from [[pledge:cyber:donor]]. Nothing else.",
    )

    showing, reread = changed(pledge, amount=Decimal("92000000"))

    [article] = showing.articles
    [text] = article.texts
    assert [words(found) for found in reread.sentences(text)] == [
        f"Denmark gave [DKK 91 million → DKK 92 million], as {event.title} heard.",
        "[DKK 91 million → DKK 92 million]",
        f"[The sum] came from [{pledge.donor.name}].",
    ]
    assert [words([piece]) for piece in reread.box(text)] == [
        f"[{pledge.title}]",
        "[DKK 91 million → DKK 92 million]",
    ]
    assert reread.live == [article.article]


@pytest.mark.parametrize(("body", "values", "is_affected"), (
    ("[[pledge:cyber:amount]]", {"amount": Decimal("92000000")}, True),
    ("[[pledge:cyber:donor]]", {"amount": Decimal("92000000")}, True),  # the box beside the text
    ("[[pledge:cyber|it]]", {"amount": Decimal("92000000")}, True),
    ("[[pledge:cyber:amount]]", {"title": "Another title"}, True),
    ("[[pledge:cyber:amount]]", {"purposes": "Servers", "purposes_unknown": ""}, False),
    ("[[pledge:cyber:purposes]]", {"purposes": "Servers", "purposes_unknown": ""}, True),
    ("[[pledge:cyber:amount]]", {"amount": Decimal("91000000.50")}, True),
    ("[[party:donor]]", {"amount": Decimal("92000000")}, False),
))  # fmt: skip
def test_an_article_is_affected_by_what_its_page_shows(body, values, is_affected):
    pledge = make.make_pledge(slug="cyber", amount=Decimal("91000000"), donor=make.make_party(slug="donor"))
    article = make.make_article("News", body)
    make.make_article("Draft", body, published=False)

    _, reread = changed(pledge, **values)

    assert reread.live == ([article] if is_affected else [])


def test_a_changed_name_affects_the_articles_that_show_it_and_not_those_with_words_of_their_own():
    denmark = make.make_party(slug="dk", name="Denmark")
    make.make_pledge(slug="given", donor=denmark)
    own = make.make_article("Own words", "[[party:dk|The Danes]]")
    named = make.make_article("Name", "[[party:dk]]")
    donor = make.make_article("Donor", "[[pledge:given:donor]]")

    _, reread = changed(denmark, name="Danmark")

    assert {article.pk for article in reread.live} == {named.pk, donor.pk}
    assert own.pk not in {article.pk for article in reread.live}
    assert Pledge.objects.get().donor == denmark


def test_more_articles_than_one_statement_takes_conditions():
    pledge, now = make.make_pledge(slug="cyber"), timezone.now()
    articles = Article.objects.bulk_create(Article(slug=f"a-{n}", published_at=now) for n in range(1100))
    revisions = ArticleRevision.objects.bulk_create(
        ArticleRevision(article=article, number=1, headline="News", body="[[pledge:cyber:amount]]")
        for article in articles
    )
    Publication.objects.bulk_create(
        Publication(article=article, revision=revision, starts_at=now)
        for article, revision in zip(articles, revisions, strict=True)
    )

    showing = Showing(pledge)
    assert (showing.count, len(showing.articles), len(articles_that_name("pledge", "cyber"))) == (1100, 1100, 1100)
