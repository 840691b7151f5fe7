"""The page of one claim, its JSON and its citations: what stands, what was withdrawn, what never was."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from aid.actions.claims import record_claims, verify_claim, withdraw_claim
from aid.choices import Basis, Rank
from aid.models import Claim
from tests import builders as make

pytestmark = pytest.mark.django_db

TEXT = "A first sentence. Norland has allocated 91 million kroner. A last sentence."
FORMATS = {
    "txt": "text/plain; charset=utf-8",
    "bib": "application/x-bibtex; charset=utf-8",
    "ris": "application/x-research-info-systems; charset=utf-8",
    "csl.json": "application/vnd.citationstyles.csl+json",
}


def page(claim):
    return reverse("claim-detail", args=[claim.key])


def told(reader, claim, status=200):
    response = reader.get(reverse("claim-json", args=[claim.key]))
    assert response.status_code == status
    return response.json()


@pytest.fixture
def pledge():
    return make.make_pledge(title="Norland’s support")


@pytest.fixture
def claim(pledge):
    source = make.make_source(TEXT, title="A <b>report</b> & more")
    passage = make.make_passage(source, 18, 58)
    return make.make_claim(pledge, "amount", [passage], key="norland.amount", wording="91 million kroner")


def test_a_claim_has_its_page(reader, pledge, claim):
    html = reader.get("/claims/norland.amount/").content.decode()

    assert claim.get_absolute_url() == "/claims/norland.amount/"
    for words in (
        "Amount: DKK 91,000,000",
        f'href="{pledge.get_absolute_url()}#amount"',
        "The record shows this value because of this claim.",
        "<code>91000000</code>",
        "<strong>91 million kroner</strong>",
        "A first sentence. ",
        "A &lt;b&gt;report&lt;/b&gt; &amp; more",
        "not yet verified by a second person",
        '<link rel="alternate" type="application/json" title="This claim as JSON" href="/claims/norland.amount.json"',
        '<link rel="canonical" href="http://testserver/claims/norland.amount/">',
        "No other claim is recorded about this field.",
    ):
        assert words in html, words


def test_its_json_says_all_that_the_page_says(reader, pledge, claim):
    response = reader.get("/claims/norland.amount.json")

    assert response["Link"] == '<http://testserver/claims/norland.amount/>; rel="alternate"; type="text/html"'
    data = response.json()
    (step,) = data.pop("history")
    source, (passage,) = data.pop("source"), data.pop("passages")
    assert (source["title"], source["author"], source["publisher"]) == ("A <b>report</b> & more", None, None)
    assert (passage["quote"], passage["before"], passage["after"], passage["start"], passage["end"]) == (
        "Norland has allocated 91 million kroner.", "A first sentence. ", " A last sentence.", 18, 58)  # fmt: skip
    assert step["told"] == ["It was recorded: DKK 91,000,000"]
    assert data == {
        "key": "norland.amount",
        "url": "http://testserver/claims/norland.amount.json",
        "page": "http://testserver/claims/norland.amount/",
        "status": "preferred",
        "record": {"kind": "pledge", "key": pledge.slug, "name": "Norland’s support",
                   "url": f"http://testserver/pledges/{pledge.slug}/"},
        "part": None, "field": "amount", "label": "Amount", "value": "91000000", "value_text": "DKK 91,000,000",
        "is_shown": True, "wording": "91 million kroner", "basis": "stated", "reasoning": "", "preferred_why": "",
        "recorded_at": claim.recorded_at.isoformat(), "verified_at": None, "other_claims": [],
    }  # fmt: skip


def test_other_claims_stand_beside_it_and_say_whether_they_can_be_true_too(reader, pledge, claim):
    same = make.make_claim(pledge, "amount", rank=Rank.ALTERNATIVE)
    other = make.make_claim(pledge, "amount", value="95000000", rank=Rank.ALTERNATIVE, basis=Basis.INFERRED)
    make.make_claim(pledge, "amount", value="5", **make.WITHDRAWAL)
    make.make_claim(pledge, "donor")

    found = {row["key"]: row["contradicts_what_is_shown"] for row in told(reader, claim)["other_claims"]}

    assert found == {same.key: False, other.key: True}
    data = told(reader, other)
    assert (data["status"], data["is_shown"], data["value_text"]) == ("alternative", False, "DKK 95,000,000")
    html = reader.get(page(other)).content.decode()
    assert "The record shows DKK 91,000,000." in html
    assert "cannot be true together with the value shown" in html


@pytest.mark.parametrize("number", [1, 3])
def test_its_queries_do_not_grow_with_other_claims_and_with_its_history(
    number, reader, pledge, claim, django_assert_num_queries
):
    for n in range(number):
        make.make_claim(pledge, "amount", value=f"{n + 5}", rank=Rank.ALTERNATIVE)
        Claim.objects.get(pk=claim.pk).save()
        line = claim.history.first()
        line.history_date += timedelta(minutes=n)
        line.wording = f"wording {n}"
        line.save()
    reader.get(page(claim))
    with django_assert_num_queries(QUERIES):
        reader.get(page(claim))


QUERIES = 15


def test_every_kind_of_claim_has_a_page(reader):
    """Of each field of each kind of record and part, stated by the record's own value and by a value of no sense."""
    agreement, coalition = make.make_agreement(signatories=[make.make_party()]), make.make_coalition(
        members=[make.make_party()])  # fmt: skip
    person = make.make_person()
    office = make.make_office(person=person, held_from="2023-08-22")
    pledge = make.make_pledge(stages=["announced"], beneficiaries=[make.make_party()], sectors=[make.make_sector()],
                              purposes="one\ntwo")  # fmt: skip
    rows = [
        agreement, agreement.signatories.get(), coalition, coalition.memberships.get(), office, pledge,
        pledge.stages.get(), make.make_valuation(pledge=pledge), make.make_party(iso_alpha2="DK"), make.make_event(),
        make.make_statement(speaker=person, office=office), make.make_assertion(), make.make_assertion(pledge=pledge),
    ]  # fmt: skip
    asked = 0
    for row in rows:
        for name in row.claimed_fields:
            values = ["no; sense"] + ([row.canonical(name)] if row.canonical(name) else [])
            for value in values:
                rank = Rank.PREFERRED if value != "no; sense" else Rank.ALTERNATIVE
                claim = make.make_claim(row, name, value=value, rank=rank)
                assert told(reader, claim)["value"] == value
                assert reader.get(page(claim)).status_code == 200, (row, name)
                asked += 1
    make.make_claim(pledge, "donor", key="no-field", rank=Rank.ALTERNATIVE)
    Claim.objects.filter(key="no-field").update(field="no_field")
    assert "no_field" in reader.get("/claims/no-field/").content.decode().lower().replace(" ", "_")
    assert reader.get("/claims/no-field.json").json()["other_claims"] == []
    assert asked > 60


# Citing


@pytest.mark.parametrize("ending", FORMATS)
def test_it_is_cited_in_each_form(ending, reader, claim):
    response = reader.get(f"/claims/norland.amount/cite.{ending}")

    assert (response.status_code, response["Content-Type"]) == (200, FORMATS[ending])
    assert response["Content-Disposition"] == f'attachment; filename="newsroom-norland.amount.{ending}"'
    text = response.content.decode()
    assert "http://testserver/claims/norland.amount/" in text
    assert "Norland’s support" in text
    assert ("A <b>report</b> & more" in text) == (ending != "bib")
    (block,) = [text for form, text, _ in reader.get(page(claim)).context["citations"] if form.ending == ending]
    assert block == text


def test_a_citation_says_what_the_source_does_not_say_of_itself(reader, pledge):
    source = make.make_source("", title="Letter", published_on="XXXX-01-24", author="Jane & Co.")
    make.make_claim(pledge, "donor", source=source, basis=Basis.INFERRED, reasoning="It follows.", key="donor")

    claim, cited = json.loads(reader.get("/claims/donor/cite.csl.json").content)

    assert (claim["abstract"], "Basis: inferred." in claim["note"]) == ("It follows.", True)
    assert cited["issued"] == {"literal": "24 January (year not stated)"}
    assert cited["note"] == "Publisher: not stated. Published on: 24 January (year not stated)."
    assert r"author = {{Jane \& Co.}}" in reader.get("/claims/donor/cite.bib").content.decode()


def test_a_computed_value_has_no_source_to_cite(reader, pledge):
    make.make_claim(pledge, "donor", basis=Basis.COMPUTED, key="donor")
    Claim.objects.update(source=None)

    assert len(json.loads(reader.get("/claims/donor/cite.csl.json").content)) == 1
    assert reader.get("/claims/donor.json").json()["source"] is None
    assert "Computed here" in reader.get("/claims/donor/").content.decode()


def test_there_is_no_other_form(reader, claim):
    assert reader.get("/claims/norland.amount/cite.docx").status_code == 404
    assert reader.post("/claims/norland.amount/cite.bib").status_code == 405


# What is not there


def test_a_withdrawn_claim_is_gone_and_says_why_and_what_replaced_it(reader, editor, pledge, claim):
    other = make.make_claim(pledge, "amount", rank=Rank.ALTERNATIVE, key="the-other")
    withdraw_claim(claim, editor.user, "It was <misread>.", other)

    response, data = reader.get(page(claim)), told(reader, claim, 410)

    html = response.content.decode()
    assert response.status_code == 410
    assert "It was &lt;misread&gt;." in html
    assert '<a href="/claims/the-other/">' in html
    assert '<a href="/claims/norland.amount/cite.bib"' not in html
    assert "canonical" not in html
    assert (data["status"], data["withdrawn_why"]) == ("withdrawn", "It was <misread>.")
    assert data["replaced_by"] == {"key": "the-other", "url": "http://testserver/claims/the-other/"}
    assert not {"source", "passages", "wording", "reasoning"} & set(data)
    for ending in FORMATS:
        assert reader.get(f"/claims/norland.amount/cite.{ending}").status_code == 410


def test_of_several_withdrawals_the_last_that_holds_is_told(reader, pledge):
    holds = make.make_claim(pledge, "amount", key="holds")
    second = make.make_claim(pledge, "amount", replaced_by=holds, **make.WITHDRAWAL)
    first = make.make_claim(pledge, "amount", replaced_by=second, **make.WITHDRAWAL)

    assert told(reader, first, 410)["replaced_by"]["key"] == "holds"
    # A circle, which the ledger names, ends where it began.
    Claim.objects.filter(pk=second.pk).update(replaced_by=first)
    assert told(reader, first, 410)["replaced_by"]["key"] == second.key


def test_a_claim_of_a_withdrawn_record_is_gone_with_it(reader, pledge, claim):
    pledge.withdrawn_at, pledge.withdrawn_why = timezone.now(), "It was a hoax."
    pledge.save()

    assert told(reader, claim, 410)["withdrawn_why"] == "It was a hoax."
    response = reader.get(page(claim))
    assert (response.status_code, "It was a hoax." in response.content.decode()) == (410, True)
    assert reader.get("/claims/norland.amount/cite.bib").status_code == 410


def test_a_claim_of_a_member_that_was_withdrawn_is_gone_with_it(reader):
    member = make.make_party(name="Norland", withdrawn_at=timezone.now(), withdrawn_why="It never joined.")
    membership = make.make_membership(party=member)
    claim = make.make_claim(membership, "role")

    assert told(reader, claim, 410)["withdrawn_why"] == "It never joined."
    response = reader.get(page(claim))
    assert (response.status_code, "It never joined." in response.content.decode()) == (410, True)


def test_a_key_that_no_form_would_let_through_is_no_fault(reader, claim):
    Claim.objects.filter(pk=claim.pk).update(key='odd "key";\n')
    for ending in FORMATS:
        assert reader.get(f"/claims/odd%20%22key%22;%0A/cite.{ending}").status_code == 404
    Claim.objects.filter(pk=claim.pk).update(key='odd "key";')
    answer = reader.get("/claims/odd%20%22key%22;/cite.bib")
    assert answer["Content-Disposition"] == 'attachment; filename="newsroom-odd--key--.bib"'


def test_a_deleted_claim_is_gone_for_good(reader, editor, claim):
    withdraw_claim(claim, editor.user, "Misread.")
    claim.delete()

    response = reader.get("/claims/norland.amount/")
    assert response.status_code == 410
    assert "it had been withdrawn: Misread." in response.content.decode()
    data = reader.get("/claims/norland.amount.json")
    assert (data.status_code, data.json()["status"]) == (410, "deleted")


@pytest.mark.parametrize(("asked", "likely"), [
    ("norland.amuont", ["norland.amount"]), ("NORLAND.amount.", ["norland.amount"]), ("norland.amount)", None),
    ("x", []), ("…", []), ("a" * 500, []), ("%00", []), ("norland.amount'--", None), ("<script>", []),
])  # fmt: skip
def test_a_key_that_nobody_has_is_helped_on(asked, likely, reader, claim):
    for address in (f"/claims/{asked}/", f"/claims/{asked}/cite.bib"):
        response = reader.get(address)
        assert response.status_code == 404
        html = response.content.decode()
        assert "<script>" not in html
        assert ('href="/claims/norland.amount/"' in html) == (likely != [])
    data = reader.get(f"/claims/{asked}.json")
    assert (data.status_code, data.json()["status"]) == (404, "unknown")


# What became of it


def test_its_history_is_told_in_words(reader, editor, pledge, claim, time_machine):
    def later():
        time_machine.shift(timedelta(minutes=5))

    time_machine.move_to(timezone.now() + timedelta(days=1), tick=False)
    editor.user.username = "who-edits"
    editor.user.save()
    verify_claim(claim, make.make_user(first_name="Secret", last_name="Verifier"))
    later()
    claim.value, claim.wording, claim.basis, claim.reasoning = "92000000", "", Basis.INFERRED, "It follows."
    claim.rank = Rank.ALTERNATIVE
    claim.passages.clear()
    record_claims([claim], editor.user)
    later()
    other = make.make_claim(pledge, "amount", key="the-other")
    withdraw_claim(claim, editor.user, "Misread.", other)

    steps = [step["told"] for step in told(reader, claim, 410)["history"]]

    assert steps == [
        ["It was recorded: DKK 91,000,000"],
        ["A second person read the source and found it there."],
        [
            "It said before: DKK 91,000,000",
            "It says since then: DKK 92,000,000",
            "It became an alternative: the record rests on another claim.",
            "Its basis was changed from stated to inferred.",
            "The source’s words were taken out. Before: “91 million kroner”",
            "The reasoning was added.",
            "Other sentences of the source are cited than before.",
            "It has to be verified again.",
        ],
        ["It was withdrawn: Misread.", "Another claim holds instead: the-other"],
    ]
    html = reader.get(page(claim)).content.decode()
    assert "who-edits" not in html
    assert "Verifier" not in html
    # Each state has an address for good.
    assert html.count("as it was then") == 4
    then = reader.get(f"{page(claim)}?as_of={told(reader, claim, 410)['history'][1]['at'].replace('+00:00', 'Z')}")
    assert (then.status_code, "Amount: DKK 91,000,000" in then.content.decode()) == (200, True)


def test_its_history_names_nothing_that_is_under_embargo(reader, pledge, claim):
    """A value, a source, a passage and a claim that it had before, and that readers must not know of."""
    ahead = timezone.now() + timedelta(days=30)
    party, source = make.make_party(name="Hidden party", embargo_until=ahead), make.make_source("Hidden words. More.",
        title="Hidden source", embargo_until=ahead)  # fmt: skip
    donor = make.make_claim(pledge, "donor", key="donor")
    before = told(reader, donor)["history"]
    line = donor.history.first()
    for columns in ({"value": party.slug}, {"source": source}, {"party": party, "pledge": None}):
        line.pk = None
        line.history_type = "~"
        line.history_date += timedelta(hours=1)
        former = {name: getattr(line, name) for name in columns}
        vars(line).update({f"{name}_id" if name != "value" else name: getattr(value, "pk", value)
                           for name, value in columns.items()})  # fmt: skip
        line.save()
        for name, value in former.items():
            setattr(line, name, value)
    donor.passages.add(make.make_passage(source, 0, 5))
    donor.passages.clear()

    assert donor.history.count() > 5
    assert [step["told"] for step in told(reader, donor)["history"]] == [step["told"] for step in before]
    assert "Hidden" not in reader.get(page(donor)).content.decode()
