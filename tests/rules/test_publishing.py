"""The checklist: an article in order breaks no rule, and one change breaks the one rule that watches it."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from aid.actions.publications import publish_article
from aid.choices import ArticleStatus, Basis, Rank, Stage, StatementForm
from aid.models import Article, Claim, Event, Image, Party, Pledge, Source, Statement, Valuation
from aid.queries.checks import check_of
from aid.rules import cited, texts
from aid.rules.publishing import RULES, failing_live_articles, reasons_not_to_publish, reasons_of
from tests import builders as make

pytestmark = pytest.mark.django_db

SPOKEN = "Help will come soon."
TOLD = "More of it is on its way."
TEXT = (
    f"Denmark allocated 91 million kroner, about 13.26 million dollars. He said: “{SPOKEN}” He told them so. {TOLD}"
)
BODY = (
    "[[party:denmark|Denmark]] allocated [[pledge:cyber:amount]], [[pledge:cyber:valuation-USD]], for "
    "[[pledge:cyber|cyber defence]].\n\n“Help will come soon,” said its minister at the "
    "[[event:meeting|meeting]] on [[event:meeting:starts_on]]."
)


def claims_of(row, source, **given):
    return [
        make.make_claim(row, field, source=source, **given) for field in row.claimed_fields if row.canonical(field)
    ]


@pytest.fixture
def article():
    """An article that breaks no rule: all that it says is signed off, and all that it rests on is recorded."""
    source = make.make_source(slug="release", text=TEXT)
    denmark = make.make_party(slug="denmark", name="Denmark")
    pledge = make.make_pledge(slug="cyber", donor=denmark)
    valuation = make.make_valuation(pledge=pledge, rate_on="2024-01-24", is_approximate=True)
    make.make_rate("2024-01-24", "DKK", "7.4568", source=source)
    make.make_rate("2024-01-24", "USD", "1.0905", source=source)
    event = make.make_event(slug="meeting", starts_on="2024-01-24")
    statement = make.make_statement(slug="spoken", party=denmark, text=SPOKEN, form=StatementForm.DIRECT_QUOTE)
    for row in (pledge, *pledge.stages.all(), valuation, event, statement):
        claims_of(row, source)
    article = make.make_article("Denmark allocates money", BODY, published=False, image=make.make_image(),
                                status=ArticleStatus.READY)  # fmt: skip
    make.sign_everything(article)
    return article


def newest(article):
    return article.revisions.order_by("-number").first()


def reasons(article, rules=RULES, at=None):
    return reasons_not_to_publish(article, newest(article), at, rules)


def codes(found):
    return sorted({reason.code for reason in found})


def test_an_article_in_order_breaks_no_rule(article, publisher):
    assert reasons(article) == []
    assert publish_article(article, publisher.user) == newest(article)


# One breach each: they change the article, or what it rests on, and hand the article back.


def rewrite(article, **given):
    make.make_revision(article, **given)
    make.sign_everything(article)
    return article


def write_nothing(article):
    return Article.objects.create(slug="empty")


def write_no_headline(article):
    return rewrite(article, headline=" ")


def write_no_text(article):
    return rewrite(article, body=" \n")


def name_what_is_gone(article):
    return rewrite(article, body=f"{BODY} [[pledge:no-such-pledge:amount]]")


def withdraw_record(article):
    Event.objects.update(withdrawn_at=timezone.now(), withdrawn_why="It did not take place.")
    return article


def put_record_under_embargo(article):
    Party.objects.filter(slug="denmark").update(embargo_until=timezone.now() + timedelta(days=1))
    return article


def compute_all_of_a_record(article):
    event = make.make_event(slug="computed")
    make.make_claim(event, "title", source=None, basis=Basis.COMPUTED)
    Claim.objects.filter(event=event).update(source=None)
    return rewrite(article, body=f"{BODY} [[event:computed|Later]].")


def take_claim_away(article):
    Claim.objects.filter(pledge__slug="cyber", field="aid_type").delete()
    return article


def withdraw_claim(article):
    Claim.objects.filter(pledge__slug="cyber", field="aid_type").update(**make.WITHDRAWAL)
    return article


def withdraw_source(article):
    Source.objects.filter(slug="release").update(withdrawn_at=timezone.now(), withdrawn_why="It was forged.")
    return article


def keep_no_source(article):
    claims_of(make.make_event(slug="elsewhere"), make.make_source(text=""))
    return rewrite(article, body=f"{BODY} [[event:elsewhere|Elsewhere]].")


def disagree(article):
    pledge = Pledge.objects.get(slug="cyber")
    make.make_claim(pledge, "amount", value="92000000", rank=Rank.ALTERNATIVE, source=make.make_source())
    make.sign_everything(article)
    return article


def devalue(article):
    Valuation.objects.update(amount=Decimal("12690186"))
    Claim.objects.filter(valuation__isnull=False, field="amount").update(value="12690186")
    make.sign_everything(article)
    return article


def say_too_much(article):
    return rewrite(article, headline="Denmark delivers money")


def quote_paraphrase(article):
    source = Source.objects.get(slug="release")
    statement = make.make_statement(
        slug="told", party=Party.objects.get(slug="denmark"), text="There is more to come."
    )
    passage = make.make_passage(source, TEXT.index(TOLD), TEXT.index(TOLD) + len(TOLD))
    make.make_claim(statement, "text", [passage])
    return rewrite(article, body=f"{BODY} He said: “More of it is on its way.”")


def invent_quotation(article):
    return rewrite(article, body=f"{BODY} He said: “Nobody ever said these words.”")


def show_without_words(article):
    Image.objects.update(alt=" ")
    return article


def show_without_credit(article):
    Image.objects.update(credit="")
    return article


def leave_open(article):
    make.make_revision(article, body=f"{BODY} It was on [[pledge:cyber:announced_on]].")
    return article


def type_a_number(article):
    return rewrite(article, body=f"{BODY} It is enough for 12 tanks.")


def cite_nothing(article):
    return rewrite(article, body="It rains.")


CASES = {
    texts.nothing_written: (write_nothing, "nothing_written"),
    texts.no_headline: (write_no_headline, "no_headline"),
    texts.no_text: (write_no_text, "no_text"),
    cited.dead_figures: (name_what_is_gone, "dead_figure"),
    cited.records_withdrawn: (withdraw_record, "record_withdrawn"),
    cited.records_under_embargo: (put_record_under_embargo, "record_embargoed"),
    cited.records_without_source: (compute_all_of_a_record, "no_source"),
    cited.values_without_claims: (take_claim_away, "value_unsupported"),
    cited.claims_withdrawn: (withdraw_claim, "claim_withdrawn"),
    cited.sources_withdrawn: (withdraw_source, "source_withdrawn"),
    cited.sources_not_kept: (keep_no_source, "source_not_kept"),
    cited.disagreements_unexplained: (disagree, "disagreement"),
    cited.conversions_hold: (devalue, "conversion_off"),
    texts.wording_no_stronger_than_the_stage: (say_too_much, "wording_too_strong"),
    texts.paraphrases_quoted: (quote_paraphrase, "paraphrase_quoted"),
    texts.quotations_in_no_source: (invent_quotation, "quotation_unknown"),
    texts.image_without_alt: (show_without_words, "image_alt"),
    texts.image_without_credit: (show_without_credit, "image_credit"),
    texts.items_open: (leave_open, "items_open"),
    texts.numbers_unbound: (type_a_number, "number_unbound"),
    cited.no_source_cited: (cite_nothing, "no_source_cited"),
}
MENDED_IN_THE_TEXT = {
    "nothing_written", "no_headline", "no_text", "dead_figure", "quotation_unknown", "number_unbound",
    "no_source_cited", "image_alt", "image_credit",
}  # fmt: skip
WARNINGS = {texts.numbers_unbound, cited.no_source_cited}


def test_every_rule_has_its_case():
    assert set(CASES) == set(RULES)
    assert len({code for _, code in CASES.values()}) == len(CASES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_breach_is_found_by_its_rule_and_by_no_other(rule, article):
    break_it, code = CASES[rule]

    broken = break_it(article)

    found = reasons(broken)
    others = [other for other in RULES if other is not rule]
    assert codes(reason for reason in found if reason.is_blocking) == ([] if rule in WARNINGS else [code])
    assert code in codes(found)
    assert [reason for reason in reasons(broken, others) if reason.is_blocking or reason.code == code] == []
    for reason in found:
        assert reason.message.endswith(".") and (reason.message[0].isupper() or reason.message[0] == "“")
        assert reason.url.startswith("/admin/") or reason.code in MENDED_IN_THE_TEXT


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule not in WARNINGS], ids=lambda rule: rule.__name__)
def test_a_breach_keeps_an_update_of_a_live_article_from_readers(rule, article, publisher):
    break_it, code = CASES[rule]
    if rule is texts.nothing_written:
        pytest.skip("A live article has a text.")
    live = newest(article)
    make.make_publication(article, live)
    make.make_revision(article, why="Nothing but a new revision")

    break_it(article)

    assert codes(reason for reason in reasons(article) if reason.is_blocking) == [code]
    with pytest.raises(ValidationError) as caught:
        publish_article(article, publisher.user)
    assert {error.code for error in caught.value.error_list} == {code}
    assert article.publications.get().revision == live


# What the rules look at more closely


def test_a_record_under_embargo_is_free_at_its_moment(article):
    put_record_under_embargo(article)
    until = Party.objects.get(slug="denmark").embargo_until

    assert codes(reasons(article, at=until - timedelta(minutes=1))) == ["record_embargoed"]
    assert reasons(article, at=until) == []


def test_a_source_under_embargo_covers_what_rests_on_it(article):
    until = timezone.now() + timedelta(days=1)
    Source.objects.filter(slug="release").update(embargo_until=until)

    found = reasons(article)

    assert {reason.subject for reason in found} == {"pledge:cyber", "event:meeting"}
    assert all("under embargo until" in reason.message for reason in found)
    assert reasons(article, at=until) == []


def test_a_member_under_embargo_is_not_counted_before_its_moment(article):
    """The coalition is known, and that a second party joined it is not."""
    known = Source.objects.get(slug="release")
    hidden = make.make_source(text="It joined.", embargo_until=timezone.now() + timedelta(days=1))
    coalition = make.make_coalition(slug="shield", members=[make.make_party(), make.make_party()])
    claims_of(coalition, known)
    for member, source in zip(coalition.memberships.all(), (known, hidden), strict=True):
        claims_of(member, source)
    rewrite(article, body=f"{BODY} It has [[coalition:shield:members]] members.")

    [reason] = reasons(article)

    assert (reason.code, reason.subject) == ("record_embargoed", "coalition:shield:members")
    assert reasons(article, at=hidden.embargo_until) == []


def test_a_record_is_withdrawn_from_its_moment_on(article):
    at = timezone.now() + timedelta(days=1)
    Event.objects.update(withdrawn_at=at, withdrawn_why="It did not take place.")

    assert reasons(article) == []
    assert codes(reasons(article, at=at)) == ["record_withdrawn"]


def test_a_claim_that_says_otherwise_bears_nothing_out(article):
    Pledge.objects.filter(slug="cyber").update(amount=Decimal("92000000"))
    make.sign_everything(article)

    assert "value_unsupported" in codes(reasons(article))


def test_a_disagreement_is_told_in_readable_figures(article):
    [reason] = reasons(disagree(article))

    assert "“DKK 91,000,000” is shown, against “DKK 92,000,000”." in reason.message


def test_the_reasoning_of_a_stated_claim_settles_a_disagreement(article):
    disagree(article)
    Claim.objects.filter(value="92000000").update(reasoning="The release was corrected the day after.")
    make.sign_everything(article)

    assert reasons(article) == []


def test_the_reasoning_of_an_inference_settles_no_disagreement(article):
    disagree(article)
    Claim.objects.filter(value="92000000").update(reasoning="Worked out from a share.", basis=Basis.INFERRED)
    make.sign_everything(article)

    assert codes(reasons(article)) == ["disagreement"]


def test_a_disagreement_about_what_the_article_does_not_show_is_none_of_its(article):
    pledge = Pledge.objects.get(slug="cyber")
    make.make_claim(pledge, "aid_type", value="humanitarian", rank=Rank.ALTERNATIVE, source=make.make_source())

    assert reasons(article) == []


def test_a_mentioned_record_shows_its_main_figure_beside_the_article(article):
    disagree(article)
    rewrite(article, body="It was [[pledge:cyber|the pledge]].")

    assert codes(reasons(article)) == ["disagreement"]


def test_a_conversion_without_a_rate_is_unchecked(article):
    Valuation.objects.update(rate_on="2024-01-27")
    Claim.objects.filter(field="rate_on").update(value="2024-01-27")

    assert codes(reasons(article)) == ["conversion_unchecked"]


@pytest.mark.parametrize(
    ("stages", "headline", "expected"),
    [
        ([Stage.ALLOCATED], "Denmark delivers money", ["wording_too_strong"]),
        ([Stage.ALLOCATED], "Denmark pays 91 million kroner", ["number_unbound", "wording_too_strong"]),
        ([Stage.ALLOCATED], "Denmark sends money", ["wording_too_strong"]),
        ([Stage.ALLOCATED], "Denmark has given money", ["wording_too_strong"]),
        ([Stage.ALLOCATED], "Denmark promises to deliver money", []),
        ([Stage.DISBURSED], "Denmark has given money", []),
        ([Stage.DISBURSED], "Denmark delivers money", ["wording_too_strong"]),
        ([Stage.DELIVERED], "Denmark delivers money", []),
        ([Stage.ANNOUNCED], "Denmark allocates money", ["wording_too_strong"]),
        ([Stage.ALLOCATED, Stage.CANCELLED], "Denmark allocates money", []),
        ([Stage.ALLOCATED, Stage.CANCELLED], "Denmark pays money", ["wording_too_strong"]),
    ],
)
def test_the_headline_is_held_against_the_stage(stages, headline, expected):
    source = make.make_source(text=TEXT)
    pledge = make.make_pledge(slug="cyber", stages=stages, amount=Decimal("90000000"))
    for row in (pledge, *pledge.stages.all()):
        claims_of(row, source)
    article = make.make_article(headline, "It is [[pledge:cyber|a pledge]].", published=False)
    make.sign_everything(article)

    assert codes(reasons(article)) == expected


def test_the_standfirst_is_held_against_the_stage(article):
    [reason] = reasons(rewrite(article, standfirst="The money was paid."))

    assert (reason.code, reason.subject) == ("wording_too_strong", "standfirst:was paid")


def test_the_headline_is_held_against_the_pledge_of_whom_it_names(article):
    source = Source.objects.get(slug="release")
    estonia = make.make_party(slug="estonia", name="Estonia")
    delivered = make.make_pledge(slug="tanks", donor=estonia, stages=[Stage.DELIVERED])
    for row in (delivered, *delivered.stages.all()):
        claims_of(row, source)
    body = f"{BODY} And there were [[pledge:tanks|tanks]]."

    assert codes(reasons(rewrite(article, body=body, headline="Denmark delivers money"))) == ["wording_too_strong"]
    assert codes(reasons(rewrite(article, body=body, headline="Estonia delivers tanks"))) == []
    assert codes(reasons(rewrite(article, body=body, headline="Tanks delivered"))) == []


def test_words_of_the_source_itself_may_be_quoted(article):
    assert reasons(rewrite(article, body=f"{BODY} The text speaks of “about 13.26 million dollars”.")) == []


def test_a_quotation_changed_by_one_word_is_unknown(article):
    assert codes(reasons(rewrite(article, body=BODY.replace("Help will", "Help would")))) == ["quotation_unknown"]


def test_a_term_in_marks_is_no_quotation(article):
    assert reasons(rewrite(article, body=f"{BODY} It is called “cyber shield”.")) == []


def test_a_block_set_as_a_quotation_is_one(article):
    assert codes(reasons(rewrite(article, body=f"{BODY}\n\n> Nobody ever said these words."))) == [
        "quotation_unknown"
    ]


def test_a_withdrawn_quote_is_no_quote(article):
    Source.objects.filter(slug="release").update(text="Nothing of the kind.")
    Statement.objects.update(withdrawn_at=timezone.now(), withdrawn_why="He did not say it.")
    make.sign_everything(article)

    assert codes(reasons(article)) == ["quotation_unknown"]


@pytest.mark.parametrize("body", ["It was 91 million kroner.", "It was DKK 91 million.", "About $13.26 million."])
def test_a_number_that_equals_a_bound_record_is_no_warning(body, article):
    assert reasons(rewrite(article, body=f"{BODY} {body}")) == []


@pytest.mark.parametrize("body", ["It was 91 million euros.", "It was 13 million dollars.", "It is 12 per cent."])
def test_a_number_that_equals_none_is_a_warning(body, article):
    [reason] = reasons(rewrite(article, body=f"{BODY} {body}"))

    assert (reason.code, reason.is_blocking, reason.is_warning) == ("number_unbound", False, True)


# Articles that are out


def test_a_live_article_that_breaks_a_rule_is_listed(article):
    make.make_publication(article, newest(article))
    assert failing_live_articles() == []

    withdraw_source(article)

    [(found, why)] = failing_live_articles()
    assert (found, codes(why)) == (article, ["source_withdrawn"])


def test_a_text_that_was_loaded_and_never_checked_is_told_of_and_not_broken(article):
    loaded = make.make_article("Denmark allocates money", BODY)

    [reason] = reasons(loaded)

    assert (reason.code, reason.is_blocking) == ("items_open", False)
    assert failing_live_articles() == []


def test_a_live_text_of_which_an_item_is_open_again_is_broken(article):
    make.make_publication(article, newest(article))
    Event.objects.update(starts_on="2024-01-25")
    Claim.objects.filter(event__isnull=False, field="starts_on").update(value="2024-01-25")

    [(found, why)] = failing_live_articles()

    assert (found, codes(why)) == (article, ["items_open"])


# What one look at the live articles costs, whatever their number, while nothing is hidden from readers.
LIVE = 22


def test_three_live_articles_cost_what_one_costs(article, django_assert_num_queries):
    make.make_publication(article, newest(article))
    make.make_rate("2024-01-25", "USD", "1.0905")
    with django_assert_num_queries(LIVE):
        failing_live_articles()
    for number in (2, 3):
        pledge = make.make_pledge(slug=f"cyber-{number}")
        for row in (pledge, *pledge.stages.all(), make.make_valuation(pledge=pledge, rate_on="2024-01-24")):
            claims_of(row, make.make_source(text=TEXT))
        body = BODY.replace("pledge:cyber", f"pledge:cyber-{number}")
        other = make.make_article("Denmark allocates money", body, image=make.make_image())
        make.sign_everything(other)
    with django_assert_num_queries(LIVE):
        failing_live_articles()


def test_the_rules_ask_as_often_for_three_items_as_for_one(article, django_assert_num_queries):
    short = make.make_article(
        "Money", "It was [[pledge:cyber:amount]]. He said: “Help will come soon.”", published=False
    )
    make.sign_everything(short)
    one, three = check_queries(short), check_queries(article)

    assert one <= three <= one + 3


def check_queries(article):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as caught:
        reasons_of(check_of(article, newest(article)))
    return len(caught)
