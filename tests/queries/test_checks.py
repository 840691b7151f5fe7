"""The fact-check: what stands beside each item, and which items are open again once something has changed."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from aid.choices import Basis, Rank, StatementForm
from aid.models import Claim, Party, Pledge, SignOff
from aid.queries.checks import check_of, open_items
from aid.queries.lapsed import explain
from tests import builders as make

pytestmark = pytest.mark.django_db

TEXT = "Denmark allocated 91 million kroner. Estonia gave 2 million euros. They met on January 24. “Help comes soon.”"
BODY = (
    "[[party:denmark|Denmark]] allocated [[pledge:one:amount]], and Estonia gave [[pledge:two:amount]].\n\n"
    "They met on [[event:three:starts_on]], as [[pledge:two|Estonia]] said: “Help comes soon.” It is for 12 tanks."
)
KEYS = [
    "party:denmark", "pledge:one:amount", "pledge:two:amount", "event:three:starts_on", "pledge:two",
    "Help comes soon.", "12",
]  # fmt: skip


def claims_of(row, source, **given):
    for field in row.claimed_fields:
        if row.canonical(field):
            make.make_claim(row, field, source=source, **given)


@pytest.fixture
def article():
    """An article whose seven items are all signed off."""
    source = make.make_source(slug="release", text=TEXT)
    denmark = make.make_party(slug="denmark", name="Denmark")
    one = make.make_pledge(slug="one", donor=denmark)
    two = make.make_pledge(slug="two", amount=Decimal("2000000"), currency="EUR")
    event = make.make_event(slug="three", starts_on="2024-01-24")
    spoken = make.make_statement(
        slug="spoken", party=denmark, text="Help comes soon.", form=StatementForm.DIRECT_QUOTE
    )
    for row in (one, *one.stages.all(), two, *two.stages.all(), event, spoken):
        claims_of(row, source)
    article = make.make_article("A headline", BODY, published=False)
    make.sign_everything(article)
    return article


def newest(article):
    return article.revisions.order_by("-number").first()


def still_open(article):
    return [item.thing.key for item in open_items(article, newest(article))]


def explained(article):
    return {item.thing.key: item.changes for item in explain(check_of(article, newest(article))).open}


def item_of(article, key):
    return next(item for item in check_of(article, newest(article)).items if item.thing.key == key)


def test_everything_is_open_before_anybody_signs():
    source = make.make_source()
    claims_of(make.make_event(slug="three"), source)
    article = make.make_article("A headline", "[[event:three|It]] was “so” for 12.", published=False)
    assert still_open(article) == ["event:three", "so", "12"]


def test_what_is_signed_off_as_it_stands_is_not_open(article):
    assert [item.thing.key for item in check_of(article, newest(article)).items] == KEYS
    assert still_open(article) == []


# Each change and what it opens again: that, and nothing else.


def change_figure(article):
    pledge = Pledge.objects.get(slug="one")
    pledge.amount = Decimal("92000000")
    pledge.save()
    claim = pledge.claims.get(field="amount")
    claim.value = "92000000"
    claim.save()


def change_basis(article):
    claim = Claim.objects.get(pledge__slug="one", field="amount")
    claim.basis, claim.reasoning = Basis.INFERRED, "Worked out."
    claim.save()


def change_wording(article):
    Claim.objects.filter(pledge__slug="one", field="amount").update(wording="91 million kroner")


def change_passages(article):
    claim = Claim.objects.get(pledge__slug="one", field="amount")
    claim.passages.set([make.make_passage(claim.source, 0, 36)])


def change_source(article):
    Claim.objects.filter(pledge__slug="one", field="amount").update(source=make.make_source())


def prefer_another_claim(article):
    Claim.objects.filter(pledge__slug="one", field="amount").update(rank=Rank.ALTERNATIVE)
    make.make_claim(Pledge.objects.get(slug="one"), "amount", source=make.make_source())


def disagree(article):
    make.make_claim(Pledge.objects.get(slug="one"), "amount", value="90000000", rank=Rank.ALTERNATIVE)


def move_the_day(article):
    Claim.objects.filter(event__isnull=False, field="starts_on").update(value="2024-01-25")
    event = Claim.objects.get(event__isnull=False, field="starts_on").event
    event.starts_on = "2024-01-25"
    event.save()


def rename(article):
    Party.objects.filter(slug="denmark").update(official_name="Kingdom of Denmark")


def change_donor(article):
    Claim.objects.filter(pledge__slug="two", field="donor").update(wording="Estonia")


def reword_one_sentence(article):
    make.make_revision(article, body=BODY.replace("It is for", "It suffices for"))


def change_number(article):
    make.make_revision(article, body=BODY.replace("12", "14"))


def change_quotation(article):
    make.make_revision(article, body=BODY.replace("comes soon", "comes"))


def move_a_paragraph(article):
    first, _, second = BODY.partition("\n\n")
    make.make_revision(article, body=f"{second}\n\n## Another heading\n\n{first}")


def write_more(article):
    make.make_revision(article, body=f"It rained.\n\n{BODY}\n\nAnd so on.", headline="Another headline")


def verify(article):
    Claim.objects.update(verified_by=make.make_user(), verified_at=timezone.now())


def change_what_is_not_shown(article):
    Pledge.objects.filter(slug="one").update(aid_type="humanitarian", title="Another title")
    Claim.objects.filter(pledge__slug="one", field="aid_type").update(value="humanitarian")


CHANGES = [
    (change_figure, ["pledge:one:amount"]),
    (change_basis, ["pledge:one:amount"]),
    (change_wording, ["pledge:one:amount"]),
    (change_passages, ["pledge:one:amount"]),
    (change_source, ["pledge:one:amount"]),
    (prefer_another_claim, ["pledge:one:amount"]),
    (disagree, ["pledge:one:amount"]),
    (move_the_day, ["event:three:starts_on"]),
    (rename, ["party:denmark"]),
    (change_donor, ["pledge:two"]),
    (reword_one_sentence, ["12"]),
    (change_number, ["14"]),
    (change_quotation, ["event:three:starts_on", "pledge:two", "Help comes."]),
    (move_a_paragraph, []),
    (write_more, []),
    (verify, []),
    (change_what_is_not_shown, []),
]


@pytest.mark.parametrize(("change", "expected"), CHANGES, ids=[change.__name__ for change, _ in CHANGES])
def test_a_change_opens_what_it_is_about_and_nothing_else(change, expected, article):
    change(article)
    assert still_open(article) == expected


def test_what_is_as_it_was_signed_off_again_is_signed_off(article):
    change_figure(article)
    pledge = Pledge.objects.get(slug="one")
    pledge.amount = Decimal("91000000")
    pledge.save()
    Claim.objects.filter(pledge=pledge, field="amount").update(value="91000000")
    assert still_open(article) == []


def test_a_sign_off_is_for_its_own_article(article):
    other = make.make_article("A headline", BODY, published=False)
    assert still_open(other) == KEYS


# Why it is open again


def test_what_has_changed_since_is_told(article):
    change_figure(article)
    assert explained(article) == {
        "pledge:one:amount": ["Amount was “91,000,000” (stated); it is “92,000,000” (stated) now."]
    }


def test_a_changed_basis_is_told(article):
    change_basis(article)
    assert explained(article) == {
        "pledge:one:amount": ["Amount was “91,000,000” (stated); it is “91,000,000” (inferred) now."]
    }


def test_a_changed_sentence_is_told_as_readers_had_it(article):
    make.make_revision(article, body=BODY.replace("and Estonia gave", "while Estonia sent"))
    told = ["Its sentence was: “Denmark allocated DKK 91 million, and Estonia gave EUR 2 million.”"]
    assert explained(article) == dict.fromkeys(KEYS[:3], told)


def test_a_number_that_took_the_place_of_another_says_so(article):
    change_number(article)
    assert explained(article) == {"14": ["It was: “12”"]}


def test_a_typed_number_that_its_record_bears_out_no_more_is_told(article):
    make.make_revision(article, headline="91 million kroner")
    make.sign_everything(article)
    change_figure(article)
    assert explained(article)["91 million kroner"] == ["No record bears it out any more."]


def test_other_passages_are_told(article):
    change_passages(article)
    assert explained(article) == {"pledge:one:amount": ["It rests on other passages of its source."]}


def test_another_claim_is_told(article):
    prefer_another_claim(article)
    assert explained(article) == {"pledge:one:amount": ["Amount rests on another claim now."]}


def test_an_item_that_nobody_signed_has_no_story(article):
    make.make_revision(article, body=f"{BODY} They gave 3 drones.")
    assert explained(article) == {"3": []}


# Who may sign


def signers(article, key):
    """Why the writer, the recorder and a third person cannot sign an item: what each is told."""
    check = check_of(article, newest(article))
    item = next(item for item in check.items if item.thing.key == key)
    return [check.reason_not_to_sign(item, user).partition(".")[0] for user in article.people]


@pytest.fixture
def written(article):
    writer, recorder, other = make.make_user(), make.make_user(), make.make_user()
    article.revisions.update(created_by=writer)
    Claim.objects.update(recorded_by=recorder)
    article.people = (writer, recorder, other)
    return article


RECORDED = "You recorded the claim that it rests on"
WROTE = "You wrote this"


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("pledge:one:amount", [WROTE, RECORDED, ""]),
        ("event:three:starts_on", [WROTE, RECORDED, ""]),
        ("pledge:two", [WROTE, RECORDED, ""]),
        ("Help comes soon.", [WROTE, RECORDED, ""]),
        ("party:denmark", [WROTE, "", ""]),
        ("12", [WROTE, "", ""]),
    ],
)
def test_neither_who_wrote_nor_who_recorded_it_signs(key, expected, written):
    assert signers(written, key) == expected


def test_who_wrote_an_item_is_who_wrote_it_first_and_not_who_saved_last(written):
    make.make_revision(written, body=f"{BODY} More.", created_by=written.people[2])
    assert signers(written, "12") == [WROTE, "", ""]


def test_who_wrote_an_item_anew_has_written_it(written):
    writer, _, editor = written.people
    make.make_revision(written, body="Gone.", created_by=writer)
    make.make_revision(written, body=BODY, created_by=editor)
    assert signers(written, "12") == ["", "", WROTE]


def test_a_sign_off_by_whoever_wrote_it_since_holds_no_more(written):
    _, _, editor = written.people
    SignOff._base_manager.all()._raw_delete("default")
    make.sign_everything(written, by=editor)
    make.make_revision(written, body="Gone.", created_by=written.people[0])
    make.make_revision(written, body=BODY, created_by=editor)
    assert still_open(written) == KEYS
    assert "nobody checks their own work" in explained(written)["12"][0]


def test_a_dead_reference_cannot_be_signed(article):
    make.make_revision(article, body="[[pledge:gone:amount]]")
    check = check_of(article, newest(article))
    [item] = check.items
    assert (item.is_dead, check.reason_not_to_sign(item, make.make_user())) == (
        True, "No record answers to it. Mend the text first.",
    )  # fmt: skip


# What stands beside an item


def rows(item):
    return [(row.label, row.reading.text) for row in item.support.rows]


def test_a_figure_stands_beside_its_claims(article):
    assert rows(item_of(article, "pledge:one:amount")) == [
        ("Amount", "DKK 91 million"), ("Currency", "DKK, Danish Krone"),
    ]  # fmt: skip


def test_a_name_stands_beside_what_identifies_it(article):
    assert item_of(article, "party:denmark").support.facts == [("Party", "Denmark"), ("Kind", "State")]
    assert [label for label, _ in rows(item_of(article, "pledge:two"))] == ["Donor", "Recipient", "Stage"]


def test_a_person_stands_beside_the_offices(article):
    person = make.make_person(slug="minister", name="A Minister")
    claims_of(make.make_office(person=person, title="Minister of Defence"), make.make_source())
    make.make_revision(article, body="[[person:minister|The minister]] spoke.")
    assert rows(item_of(article, "person:minister")) == [("Title", "Minister of Defence")]


def test_a_quotation_stands_beside_the_statement(article):
    assert rows(item_of(article, "Help comes soon.")) == [("What is said", "Help comes soon.")]


def test_words_of_the_source_stand_in_their_place(article):
    make.make_revision(article, body=f"{BODY} The text says “Estonia gave 2 million euros”.")
    [place] = item_of(article, "Estonia gave 2 million euros").support.places
    assert (place.before, place.words) == (TEXT[:37], "Estonia gave 2 million euros.")


def test_a_quotation_can_run_over_sentences_of_the_source(article):
    words = "gave 2 million euros. They met on January 24"
    make.make_revision(article, body=f"{BODY} The text says “{words}”.")
    [place] = item_of(article, words).support.places
    assert place.words == "Estonia gave 2 million euros. They met on January 24."


@pytest.mark.parametrize(
    ("sentence", "key", "expected", "is_far"),
    [
        ("[[pledge:one|Denmark]] gave 91 million kroner.", "91 million kroner", "DKK 91 million", False),
        ("It was 91 million kroner.", "91 million kroner", "DKK 91 million", True),
        ("It was 91 million euros.", "91 million euros", None, False),
        ("It was 2 million euros.", "2 million euros", "EUR 2 million", True),
        ("They met on 24 January.", "24 january", "24 January 2024", True),
        ("They met on 23 January.", "23 january", None, False),
        ("They met in 2024.", "2024", "24 January 2024", True),
        ("They met on 24 January 2023.", "24 january 2023", None, False),
    ],
)
def test_what_is_typed_stands_beside_the_value_that_bears_it_out(sentence, key, expected, is_far, article):
    make.make_revision(article, body=f"{BODY}\n\n{sentence}")
    support = item_of(article, key).support
    assert [row.reading.text for row in support.rows][:1] == ([expected] if expected else [])
    assert support.is_far == is_far


def test_a_year_that_the_record_lacks_is_borne_out_by_nothing(article):
    make.make_event(slug="yearless", starts_on="XXXX-05-05")
    claims_of(make.make_event(slug="other", starts_on="XXXX-05-05"), make.make_source())
    make.make_revision(article, body="[[event:other|It]] was on 5 May 2024, on 5 May.")
    assert rows(item_of(article, "5 may 2024")) == []
    assert rows(item_of(article, "5 may")) == [("Date", "5 May (year not stated)")]


def test_a_count_needs_the_word_for_what_it_counts(article):
    parties = [make.make_party() for _ in range(3)]
    coalition = make.make_coalition(slug="shield", members=parties)
    claims_of(coalition, make.make_source())
    make.make_revision(article, body="[[coalition:shield|It]] has three willing members. Three tanks came.")
    first, second = [item for item in check_of(article, newest(article)).items if item.thing.key == "three"]
    assert (len(first.support.rows), len(second.support.rows)) == (3, 0)


def test_a_number_that_only_a_source_has_is_shown_there(article):
    make.make_revision(article, body="[[pledge:one|It]] and 24 tanks.")
    [place] = item_of(article, "24").support.places
    assert place.words == "They met on January 24."


def test_what_is_near_is_shown_as_near(article):
    make.make_revision(article, body="[[pledge:one|It]] was 90 million kroner.")
    item = item_of(article, "90 million kroner")
    assert ([row.label for row in item.support.near], item.support.rows) == (["Amount", "Currency"], [])


def test_a_record_under_embargo_is_checked_before_it_ends(article):
    Party.objects.filter(slug="denmark").update(embargo_until=timezone.now() + timedelta(days=1))
    assert rows(item_of(article, "pledge:one:amount"))[0] == ("Amount", "DKK 91 million")
    assert still_open(article) == []


# What it costs, whatever the number of items.


def test_a_check_costs_the_same_for_one_item_and_for_seven(article, django_assert_num_queries):
    one = make.make_article("A headline", "“Help comes soon.” [[pledge:one:amount]] [[event:three:starts_on]] "
                            "[[party:denmark|It]]", published=False)  # fmt: skip
    make.sign_everything(one)
    make.make_claim(Pledge.objects.get(slug="one"), "amount", value="90000000", rank=Rank.ALTERNATIVE)
    for checked in (one, article):
        revision = newest(checked)
        with django_assert_num_queries(COST):
            explain(check_of(checked, revision))


COST = 20
