"""Each rule of the ledger: a ledger in order breaks none, and one change breaks the one rule that watches it."""

from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from aid.choices import Basis, MembershipRole, Rank, Stage, StatementForm
from aid.models import (
    ArticleRevision,
    Claim,
    Coalition,
    Event,
    ExchangeRate,
    Membership,
    Party,
    Passage,
    Pledge,
    PledgeStage,
    Publication,
    Source,
    Statement,
    Valuation,
)
from aid.rules.amounts import (
    equivalents_within_tolerance,
    rates_are_as_published,
    totals_count_nothing_twice,
)
from aid.rules.articles import figures_in_live_articles_are_alive, publications_follow_one_another
from aid.rules.chains import chains_come_to_an_end, unnamed_collectives_only_speak
from aid.rules.columns import columns_hold_what_they_may, leads_are_named_or_unknown
from aid.rules.evidence import every_value_has_its_claim, quotes_equal_their_passage, source_text_as_received
from aid.rules.ledger import RULES, breaches
from aid.rules.speakers import no_paraphrase_in_quotation_marks, speakers_held_their_office
from aid.rules.stages import stages_lead_to_the_stage_reached, steps_back_say_why
from tests.builders import (
    WITHDRAWAL,
    make_article,
    make_claim,
    make_coalition,
    make_event,
    make_membership,
    make_office,
    make_passage,
    make_person,
    make_pledge,
    make_rate,
    make_source,
    make_stage,
    make_statement,
    make_valuation,
    support,
)

pytestmark = pytest.mark.django_db

SPOKEN = "The minister said that help will come."


@pytest.fixture
def ledger():
    """A small ledger that breaks no rule, with a row for every rule to watch."""
    source = make_source(text=f"Denmark gave 91 million kroner. {SPOKEN}")
    amount = make_passage(source, 0, 31)
    spoken = make_passage(source, 32, 32 + len(SPOKEN))
    envelope = make_pledge(amount=Decimal("500000000"), stages=[Stage.ANNOUNCED])
    pledge = make_pledge(part_of=envelope, stages=[Stage.ANNOUNCED, Stage.ALLOCATED])
    make_rate("2024-01-24", "DKK", "7.4568", source=source)
    make_rate("2024-01-24", "USD", "1.0905", source=source)
    valuation = make_valuation(pledge=pledge, rate_on="2024-01-24")
    coalition = make_coalition()
    member = make_membership(coalition=coalition)
    event = make_event(starts_on="2024-01-24")
    speaker = make_person()
    office = make_office(person=speaker, held_from="2023-08-22")
    statement = make_statement(
        party=office.party, speaker=speaker, office=office, text="Help will come.", said_on="2024-01-24"
    )
    make_article(body="An article.")
    for row in (envelope, *envelope.stages.all(), pledge, *pledge.stages.all(), valuation):
        support(row)
    for row in (coalition, member, event, office, statement):
        support(row)
    Claim.objects.filter(pledge=pledge, field="amount", valuation=None).update(wording="91 million kroner")
    Claim.objects.get(pledge=pledge, field="amount", valuation=None).passages.set([amount])
    Claim.objects.filter(pledge=pledge, field="amount", valuation=None).update(source=source)
    text = Claim.objects.get(statement=statement, field="text")
    Claim.objects.filter(pk=text.pk).update(source=source)
    text.passages.set([spoken])
    return {"source": source, "pledge": pledge, "envelope": envelope, "statement": statement, "coalition": coalition}


# What one walk through all rules costs, whatever the number of rows (up to one batch of each kind).
QUERIES = 145


def codes():
    return sorted({breach.code for breach in breaches()})


def test_ledger_in_order_breaks_no_rule(ledger):
    assert list(breaches()) == []


def change_text(ledger):
    Source.objects.filter(pk=ledger["source"].pk).update(text=ledger["source"].text + " More.")


def change_quote(ledger):
    passage = Passage.objects.get(start=0)
    Passage.objects.filter(pk=passage.pk).update(quote=passage.quote.replace("Denmark", "denmark"))


def change_amount(ledger):
    Pledge.objects.filter(pk=ledger["pledge"].pk).update(amount=Decimal("91000001"))


def withdraw_claim(ledger):
    Claim.objects.filter(pledge=ledger["pledge"], field="donor").update(**WITHDRAWAL)


def forget_why_empty(ledger):
    Pledge.beneficiaries.through.objects.all().delete()
    Pledge.objects.filter(pk=ledger["pledge"].pk).update(beneficiaries_unknown="")


def say_both(ledger):
    Pledge.objects.filter(pk=ledger["pledge"].pk).update(sectors_unknown="not_stated")
    from tests.builders import make_sector

    ledger["pledge"].sectors.add(make_sector())
    make_claim(ledger["pledge"], "sectors")


def claim_unknown_field(ledger):
    Claim.objects.filter(pledge=ledger["pledge"], field="donor").update(field="colour", rank=Rank.ALTERNATIVE)
    make_claim(ledger["pledge"], "donor")


def claim_anothers_part(ledger):
    step = ledger["envelope"].stages.get()
    claim = make_claim(step, "stage", rank=Rank.ALTERNATIVE)
    Claim.objects.filter(pk=claim.pk).update(pledge=ledger["pledge"])


def cite_another_source(ledger):
    Claim.objects.get(event__isnull=False, field="title").passages.set([Passage.objects.get(start=0)])


def cite_no_passage(ledger):
    Claim.objects.get(statement=ledger["statement"], field="text").passages.clear()


def reword(ledger):
    Claim.objects.filter(wording="91 million kroner").update(wording="91 million crowns")


def misread_figure(ledger):
    Claim.objects.filter(wording="91 million kroner").update(value="90000000", wording="91 million kroner")
    Pledge.objects.filter(pk=ledger["pledge"].pk).update(amount=Decimal("90000000"))


def devalue(ledger):
    Valuation.objects.update(amount=Decimal("12690186"))
    Claim.objects.filter(valuation__isnull=False, field="amount").update(value="12690186")


def move_to_saturday(ledger):
    Valuation.objects.update(rate_on="2024-01-27")
    Claim.objects.filter(field="rate_on").update(value="2024-01-27")


def change_rate(ledger):
    ExchangeRate.objects.filter(currency="DKK").update(per_euro=Decimal("7.4569"))


def invent_rate(ledger):
    make_rate("2024-01-27", "DKK", "7.4568", source=ledger["source"])


def call_a_year_stated(ledger):
    """The day and the month stand in the source's sentence, the year does not."""
    source = make_source(text="They met on January 24.")
    claim = Claim.objects.get(event__isnull=False, field="starts_on")
    Claim.objects.filter(pk=claim.pk).update(source=source)
    claim.passages.set([make_passage(source)])


def call_a_currency_stated(ledger):
    claim = Claim.objects.get(pledge=ledger["pledge"], field="currency", valuation=None)
    Claim.objects.filter(pk=claim.pk).update(source=ledger["source"])
    claim.passages.set([Passage.objects.get(start=0)])


def call_it_approximate(ledger):
    Pledge.objects.filter(pk=ledger["pledge"].pk).update(is_approximate=True)


def claim_nonsense_beside(ledger):
    make_claim(ledger["pledge"], "announced_on", value="2024-99-99", rank=Rank.ALTERNATIVE, basis=Basis.INFERRED)


def claim_nobody_beside(ledger):
    make_claim(ledger["pledge"], "donor", value="nobody", rank=Rank.ALTERNATIVE)


def leave_a_space(ledger):
    Pledge.objects.filter(pk=ledger["pledge"].pk).update(title="A pledge ")


def reword_stage(ledger):
    step = ledger["pledge"].stages.get(position=2)
    Claim.objects.get(stage_step=step, field="stage").passages.set([Passage.objects.get(start=0)])
    Claim.objects.filter(stage_step=step, field="stage").update(source=ledger["source"])
    PledgeStage.objects.filter(pk=step.pk).update(wording="has delivered")


def say_no_words(ledger):
    Claim.objects.filter(wording="91 million kroner").update(wording="")


def say_no_figure(ledger):
    Claim.objects.filter(wording="91 million kroner").update(wording="Denmark gave")


def supersede_in_a_circle(ledger):
    one, other = ledger["pledge"], ledger["envelope"]
    Pledge.objects.filter(pk=one.pk).update(supersedes=other)
    Pledge.objects.filter(pk=other.pk).update(supersedes=one)
    for row in (one, other):
        row.refresh_from_db()
        make_claim(row, "supersedes")


def let_a_collective_join(ledger):
    Party.objects.filter(memberships__isnull=False).update(kind="collective")


def put_envelope_in_its_part(ledger):
    Pledge.objects.filter(pk=ledger["envelope"].pk).update(part_of=ledger["pledge"])
    make_claim(ledger["envelope"].__class__.objects.get(pk=ledger["envelope"].pk), "part_of")


def nest_too_deep(ledger):
    inner = ledger["pledge"]
    for _ in range(4):
        inner = make_pledge(part_of=inner)
        support(inner)
        support(inner.stages.get())


def lose_steps(ledger):
    Claim.objects.filter(stage_step__pledge=ledger["pledge"]).delete()
    PledgeStage.objects.filter(pledge=ledger["pledge"]).delete()


def step_back_unsaid(ledger):
    cancelled = make_stage(pledge=ledger["pledge"], position=9, stage=Stage.CANCELLED)
    support(cancelled)
    Pledge.objects.filter(pk=ledger["pledge"].pk).update(stage=Stage.CANCELLED)


def explain_no_step_back(ledger):
    delivered = make_stage(pledge=ledger["pledge"], position=9, stage=Stage.DELIVERED, back_why="It was too much.")
    support(delivered)
    Pledge.objects.filter(pk=ledger["pledge"].pk).update(stage=Stage.DELIVERED)


def file_as_delivered(ledger):
    Pledge.objects.filter(pk=ledger["pledge"].pk).update(stage=Stage.DELIVERED)


def name_a_lead(ledger):
    Membership.objects.update(role=MembershipRole.LEAD)
    Claim.objects.filter(field="role").update(value=MembershipRole.LEAD)


def forget_leads(ledger):
    Coalition.objects.update(leads_unknown="")


def speak_too_early(ledger):
    statement = ledger["statement"]
    statement.said_on = "2020-01-24"
    statement.save()
    Claim.objects.filter(statement=statement, field="said_on").update(value="2020-01-24")


def speak_in_anothers_office(ledger):
    statement = ledger["statement"]
    statement.office = make_office()
    statement.save()
    support(statement.office)
    Claim.objects.filter(statement=statement, field="office").update(value=statement.canonical("office"))


def quote_paraphrase(ledger):
    ArticleRevision.objects.update(body="He said: “The minister said that help will come”.")


def quote_both(ledger):
    """Quotes a paraphrase and names a record that is gone."""
    ArticleRevision.objects.update(body="“The minister said that help will come” of [[pledge:no-such-pledge]].")


def invent_direct_quote(ledger):
    Statement.objects.update(form=StatementForm.DIRECT_QUOTE)


def show_anothers_revision(ledger):
    Publication.objects.update(revision=make_article(published=False).revisions.get())


def name_what_is_gone(ledger):
    ArticleRevision.objects.update(body="Denmark gave [[pledge:no-such-pledge:amount]].")


def write_no_date(ledger):
    Event.objects.update(starts_on="2024-99-99", starts_on_earliest=None, starts_on_latest=None)
    Claim.objects.filter(event__isnull=False, field="starts_on").update(value="2024-99-99")


def shift_bounds(ledger):
    Event.objects.update(starts_on_latest="2025-01-24")


def replace_by_anothers_claim(ledger):
    make_claim(ledger["pledge"], "donor", replaced_by=Claim.objects.get(
        pledge=ledger["pledge"], field="recipient"), **WITHDRAWAL)  # fmt: skip


def replace_in_a_circle(ledger):
    claims = [make_claim(ledger["pledge"], "donor", **WITHDRAWAL) for _ in range(2)]
    for claim, other in (claims, claims[::-1]):
        Claim.objects.filter(pk=claim.pk).update(replaced_by=other)


BREAKS = [
    (change_text, ["source-hash"]),
    (change_quote, ["passage-quote"]),
    (change_amount, ["value-contradicted"]),
    (withdraw_claim, ["value-unsupported"]),
    (forget_why_empty, ["unknown-unsaid"]),
    (say_both, ["unknown-and-known"]),
    (replace_by_anothers_claim, ["claim-replacement"]),
    (replace_in_a_circle, ["circle"]),
    (claim_unknown_field, ["claim-field"]),
    (claim_anothers_part, ["claim-part"]),
    (cite_another_source, ["claim-passage"]),
    (cite_no_passage, ["claim-without-passage"]),
    (reword, ["claim-wording"]),
    (misread_figure, ["claim-figure"]),
    (devalue, ["conversion-off"]),
    (move_to_saturday, ["conversion-without-rate"]),
    (change_rate, ["rate-off"]),
    (invent_rate, ["rate-unpublished"]),
    (call_a_year_stated, ["claim-date"]),
    (call_a_currency_stated, ["claim-currency"]),
    (call_it_approximate, ["approximate"]),
    (claim_nonsense_beside, ["claim-value"]),
    (claim_nobody_beside, ["claim-value"]),
    (leave_a_space, ["column"]),
    (reword_stage, ["stage-wording"]),
    (say_no_words, ["claim-unworded"]),
    (say_no_figure, ["claim-figure"]),
    (supersede_in_a_circle, ["circle"]),
    (let_a_collective_join, ["collective"]),
    (put_envelope_in_its_part, ["envelope-circle"]),
    (nest_too_deep, ["envelope-depth"]),
    (lose_steps, ["stage-missing"]),
    (file_as_delivered, ["stage-off"]),
    (step_back_unsaid, ["step-back"]),
    (explain_no_step_back, ["no-step-back"]),
    (name_a_lead, ["leads"]),
    (forget_leads, ["leads"]),
    (speak_too_early, ["office-not-held"]),
    (speak_in_anothers_office, ["office-of-another"]),
    (quote_paraphrase, ["paraphrase-quoted"]),
    (invent_direct_quote, ["quote-not-in-source"]),
    (show_anothers_revision, ["publication-article"]),
    (name_what_is_gone, ["figure-dead"]),
    (write_no_date, ["column"]),
    (shift_bounds, ["date-bounds"]),
]


@pytest.mark.parametrize(("break_it", "expected"), BREAKS, ids=[function.__name__ for function, _ in BREAKS])
def test_ledger_names_the_rule_that_a_change_breaks(ledger, break_it, expected):
    break_it(ledger)
    assert codes() == expected


def test_every_rule_is_needed_by_one_of_these_changes(ledger):
    """Each rule, asked alone, finds something once everything at once is wrong."""
    for change in (
        change_text,
        change_quote,
        change_amount,
        devalue,
        speak_too_early,
        shift_bounds,
        step_back_unsaid,
        file_as_delivered,
        forget_leads,
        show_anothers_revision,
        quote_both,
        change_rate,
        supersede_in_a_circle,
        let_a_collective_join,
    ):
        change(ledger)
    silent = [rule.__name__ for rule in RULES if not list(rule())]
    # A total that counts twice is a fault of the program and not of a row: the next test makes one.
    assert silent == ["totals_count_nothing_twice"]


# For each rule a change that it alone finds.
NEEDED_FOR = {
    source_text_as_received: change_text,
    quotes_equal_their_passage: change_quote,
    every_value_has_its_claim: change_amount,
    rates_are_as_published: change_rate,
    equivalents_within_tolerance: devalue,
    totals_count_nothing_twice: nest_too_deep,
    stages_lead_to_the_stage_reached: file_as_delivered,
    steps_back_say_why: step_back_unsaid,
    chains_come_to_an_end: supersede_in_a_circle,
    unnamed_collectives_only_speak: let_a_collective_join,
    leads_are_named_or_unknown: name_a_lead,
    speakers_held_their_office: speak_too_early,
    no_paraphrase_in_quotation_marks: quote_paraphrase,
    publications_follow_one_another: show_anothers_revision,
    figures_in_live_articles_are_alive: name_what_is_gone,
    columns_hold_what_they_may: shift_bounds,
}


def test_every_rule_has_a_change_that_it_alone_finds():
    assert set(NEEDED_FOR) == set(RULES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_without_a_rule_what_it_watches_goes_unseen(rule, ledger):
    NEEDED_FOR[rule](ledger)
    assert list(breaches()) != []
    assert list(breaches([other for other in RULES if other is not rule])) == []


def test_totals_are_held_against_a_plain_count(ledger, monkeypatch):
    from aid.queries.counting import Ties

    same_stage = make_pledge(part_of=ledger["envelope"], stages=[Stage.ANNOUNCED])
    support(same_stage)
    support(same_stage.stages.get())
    assert codes() == []
    monkeypatch.setattr(Ties, "around", lambda ties, pk: [])
    assert codes() == ["total-off"]


def test_direct_quote_in_its_source_is_in_order(ledger):
    statement = ledger["statement"]
    Statement.objects.filter(pk=statement.pk).update(form=StatementForm.DIRECT_QUOTE, text=SPOKEN)
    Claim.objects.filter(statement=statement, field="text").update(value=SPOKEN)
    ArticleRevision.objects.update(body=f"He said: “{SPOKEN}”")
    assert codes() == []


def test_office_of_an_unknown_day_is_no_breach(ledger):
    Claim.objects.filter(field="said_on").delete()
    Statement.objects.update(said_on="", said_on_unknown="not_stated", said_on_earliest=None, said_on_latest=None)
    assert codes() == []


def test_what_was_set_aside_is_a_sentence_of_its_source(ledger):
    from aid.models import SetAside

    source = make_source(text="One sentence. Another one.")
    row = SetAside.objects.create(source=source, start=14, end=26, why="It says nothing about aid.")
    assert codes() == []
    SetAside.objects.filter(pk=row.pk).update(end=25)
    assert codes() == ["aside-span"]


def test_verifier_other_than_recorder_is_in_order(ledger):
    from tests.builders import make_user

    Claim.objects.update(recorded_by=make_user(), verified_by=make_user(), verified_at=timezone.now())
    assert codes() == []


def test_claim_about_nothing_held_is_contradicted(ledger):
    make_claim(ledger["pledge"], "instrument", value="grant", basis=Basis.STATED)
    assert [breach.code for breach in breaches()] == ["value-contradicted"]


def test_check_ledger_says_so_and_leaves_with_zero(ledger):
    out = StringIO()
    call_command("check_ledger", stdout=out)
    assert out.getvalue().startswith("The ledger is in order: ")


def test_check_ledger_prints_a_line_a_breach_and_leaves_with_one(ledger):
    change_amount(ledger)
    out = StringIO()
    with pytest.raises(CommandError) as stopped:
        call_command("check_ledger", stdout=out)
    pledge = ledger["pledge"]
    assert stopped.value.returncode == 1
    assert out.getvalue() == (
        f"value-contradicted: pledge {pledge.slug}: amount is “91000001”, but the preferred claim "
        f"{Claim.objects.get(pledge=pledge, field='amount', valuation=None).key} says “91000000”. "
        f"Mend it at /admin/aid/pledge/{pledge.pk}/change/\n"
    )


def test_check_ledger_asks_as_often_for_three_records_as_for_one(django_assert_num_queries, ledger):
    with django_assert_num_queries(QUERIES):
        list(breaches())
    for _ in range(2):
        pledge = make_pledge()
        support(pledge)
        support(pledge.stages.get())
        coalition = make_coalition([make_pledge().donor])
        support(coalition)
    with django_assert_num_queries(QUERIES):
        list(breaches())
