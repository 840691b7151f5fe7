"""Claims beside their record: the sentence is found, the value is filled in, and broken rules are sentences."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from aid.actions.claims import find_quote
from aid.choices import Rank
from aid.models import Claim, Passage, Pledge
from tests import builders as make
from tests.admin.forms import errors, said, sent
from tests.admin.test_bulk import do

TEXT = "Denmark has allocated 91 million kroner. Ukraine’s armed forces\nbenefit. The aid is military aid."


def change(row):
    return reverse(f"admin:aid_{row._meta.model_name}_change", args=[row.pk])


def claim_row(n, **fields):
    """What a browser sends for the claim in row `n`."""
    return {
        f"claims-{n}-{name}": value for name, value in ({"rank": "preferred", "basis": "stated"} | fields).items()
    }


def with_claim(response, n=0, title=None, **fields):
    """The page as sent back with one more claim."""
    changes = {"claims-TOTAL_FORMS": n + 1} | ({"title": title} if title else {})
    return sent(response, **changes | claim_row(n, **fields))


# The sentence


def test_quote_is_found_at_its_code_points():
    assert find_quote("Støtte: “ja” 🙂 ja tak", "🙂 ja") == (13, 17)


def test_quote_may_have_other_white_space():
    start, end = find_quote(TEXT, "  armed   forces benefit.")

    assert TEXT[start:end] == "armed forces\nbenefit."


@pytest.mark.parametrize("text, quote, code", [
    (TEXT, "Ukraine's armed forces", "quote_missing"),
    (TEXT, "aid", "quote_ambiguous"),
    ("aaa", "aa", "quote_ambiguous"),
    ("", "aid", "quote_missing"),
    (TEXT, " \n", "quote_missing"),
])  # fmt: skip
def test_quote_that_does_not_fit_one_place_is_refused(text, quote, code):
    with pytest.raises(ValidationError) as caught:
        find_quote(text, quote)

    assert caught.value.code == code


def test_pasted_sentence_becomes_a_passage_and_the_value_the_records_own(editor):
    pledge, source = make.make_pledge(), make.make_source(TEXT)
    page = editor.get(change(pledge))

    response = editor.post(change(pledge), with_claim(
        page, about="amount", source=source.pk, quote="allocated 91 million kroner.",
        wording="91 million kroner"))  # fmt: skip

    assert response.status_code == 302
    claim = pledge.claims.get()
    assert (claim.field, claim.value, claim.rank, claim.basis) == ("amount", "91000000", "preferred", "stated")
    assert claim.recorded_by == editor.user
    assert [(p.start, p.end, p.quote) for p in claim.passages.all()] == [(12, 40, "allocated 91 million kroner.")]


def test_the_same_sentence_is_one_passage(editor):
    pledge, source = make.make_pledge(), make.make_source(TEXT)
    passage = make.make_passage(source, 12, 40)
    page = editor.get(change(pledge))

    editor.post(change(pledge), with_claim(
        page, about="amount", source=source.pk, quote="allocated 91 million kroner."))  # fmt: skip

    assert list(Passage.objects.all()) == [passage]
    assert list(pledge.claims.get().passages.all()) == [passage]


@pytest.mark.parametrize("fields, place, code", [
    ({"quote": "not there at all"}, "quote", "quote_missing"),
    ({"quote": "aid"}, "quote", "quote_ambiguous"),
    ({"quote": ""}, "quote", "no_passage"),
    ({"quote": "military aid.", "basis": "inferred"}, "reasoning", "reasoning"),
    ({"quote": "military aid.", "source": ""}, "source", "source"),
    ({"quote": "military aid.", "about": ""}, "about", "required"),
    ({"quote": "military aid.", "about": "slug"}, "about", "invalid_choice"),
    ({"quote": "military aid.", "about": "part_of"}, "value", "no_value"),
    ({"quote": "military aid.", "wording": "financial"}, "wording", "wording"),
    ({"quote": "military\0aid."}, "quote", "null_characters_not_allowed"),
    ({"quote": "military aid.", "about": "stage_step.row7.stage"}, "about", "invalid_choice"),
    ({"quote": "military aid.", "about": "stage_step.row1.stage"}, "about", "empty_row"),
    ({"quote": "military aid.", "about": "stage_step.999999.stage"}, "about", "invalid_choice"),
])  # fmt: skip
def test_a_faulty_claim_is_said_at_its_field_and_nothing_is_lost(fields, place, code, editor):
    pledge, source = make.make_pledge(), make.make_source(TEXT)
    page = editor.get(change(pledge))
    typed = with_claim(page, title="Another title", **{"about": "aid_type", "source": source.pk} | fields)

    response = editor.post(change(pledge), typed)

    assert response.status_code == 200
    assert errors(response) == {f"claims-0-{place}": [code]}
    assert response.context["adminform"].form["title"].value() == typed["title"]
    shown = response.context["inline_admin_formsets"][-1].formset.forms[0]
    assert shown["quote"].value() == typed["claims-0-quote"]
    assert (Claim.objects.count(), Passage.objects.count()) == (0, 0)


def test_a_passage_of_another_source_is_refused(editor):
    pledge, source = make.make_pledge(), make.make_source(TEXT)
    passage = make.make_passage()
    page = editor.get(change(pledge))

    response = editor.post(change(pledge), with_claim(
        page, about="aid_type", source=source.pk, passages=[passage.pk]))  # fmt: skip

    assert errors(response) == {"claims-0-passages": ["passage_source"]}


def test_two_preferred_claims_for_one_field_are_refused(editor):
    pledge, source = make.make_pledge(), make.make_source(TEXT)
    page = editor.get(change(pledge))
    both = with_claim(page, 0, about="aid_type", source=source.pk, quote="military aid.")
    both |= claim_row(1, about="aid_type", source=source.pk, quote="The aid is military") | {"claims-TOTAL_FORMS": 2}

    response = editor.post(change(pledge), both)

    assert errors(response) == {"claims-1-rank": ["preferred"]}
    assert Claim.objects.count() == 0


def test_a_second_preferred_claim_beside_a_saved_one_is_refused(editor):
    pledge, source = make.make_pledge(), make.make_source(TEXT)
    make.make_claim(pledge, "aid_type")
    page = editor.get(change(pledge))

    response = editor.post(change(pledge), with_claim(
        page, 1, about="aid_type", source=source.pk, quote="military aid."))  # fmt: skip

    assert errors(response) == {"claims-1-rank": ["preferred"]}


def test_two_claims_change_places(editor):
    pledge = make.make_pledge()
    one = make.make_claim(pledge, "aid_type", key="a-first")
    other = make.make_claim(pledge, "aid_type", rank=Rank.ALTERNATIVE, key="b-second")
    page = editor.get(change(pledge))

    response = editor.post(
        change(pledge), sent(page, **{"claims-0-rank": "alternative", "claims-1-rank": "preferred"})
    )

    assert response.status_code == 302
    one.refresh_from_db(), other.refresh_from_db()
    assert (one.rank, other.rank) == ("alternative", "preferred")


def test_claims_find_the_rows_typed_with_them(editor):
    donor, recipient, source = make.make_party(), make.make_party(), make.make_source(TEXT)
    page = editor.get(reverse("admin:aid_pledge_add"))
    typed = with_claim(page, 0, about="stage_step.row0.stage", source=source.pk, quote="has allocated")
    typed |= claim_row(1, about="valuation.row0.amount", source=source.pk, quote="91 million")
    typed |= {
        "claims-TOTAL_FORMS": 2,
        "title": "Aid", "slug": "aid", "donor": donor.pk, "recipient": recipient.pk,
        "stages-0-stage": "allocated", "stages-0-wording": "has allocated",
        "valuations-TOTAL_FORMS": 1, "valuations-INITIAL_FORMS": 0, "valuations-0-amount": "13260000",
        "valuations-0-currency": "USD", "valuations-0-rate_on_unknown": "not_stated",
    }  # fmt: skip

    response = editor.post(reverse("admin:aid_pledge_add"), typed)

    assert response.status_code == 302, errors(response)
    pledge = Pledge.objects.get(slug="aid")
    assert pledge.stage == "allocated"
    found = [(claim.target, claim.field, claim.value) for claim in pledge.claims.order_by("pk")]
    assert found == [
        (pledge.stages.get(), "stage", "allocated"),
        (pledge.valuations.get(), "amount", "13260000"),
    ]


def test_a_changed_claim_carries_its_changer_and_is_to_be_verified_again(editor):
    pledge, source = make.make_pledge(), make.make_source(TEXT)
    recorder, verifier = make.make_user(), make.make_user()
    claim = make.make_claim(pledge, "aid_type", [make.make_passage(source, 41, 60)], recorded_by=recorder,
                            verified_by=verifier, verified_at="2024-02-01T00:00Z")  # fmt: skip
    page = editor.get(change(pledge))

    editor.post(change(pledge), sent(page, **{"claims-0-reasoning": "Read again."}))

    claim.refresh_from_db()
    assert (claim.recorded_by, claim.verified_by, claim.verified_at) == (editor.user, None, None)


def test_an_untouched_claim_stays_as_recorded(editor):
    pledge = make.make_pledge()
    recorder = make.make_user()
    claim = make.make_claim(pledge, "aid_type", recorded_by=recorder)
    page = editor.get(change(pledge))

    editor.post(change(pledge), sent(page, title="Another title"))

    claim.refresh_from_db()
    pledge.refresh_from_db()
    assert (pledge.title, claim.recorded_by) == ("Another title", recorder)


@pytest.mark.parametrize("build, field", [
    (lambda: make.make_party(iso_alpha2="DK"), "iso_alpha2"), (make.make_office, "title"),
    (make.make_coalition, "name"), (make.make_agreement, "kind"), (make.make_event, "title"),
    (make.make_statement, "text"), (make.make_assertion, "text"),
])  # fmt: skip
def test_every_kind_of_record_takes_a_claim(build, field, editor):
    record, source = build(), make.make_source(TEXT)
    page = editor.get(change(record))

    response = editor.post(change(record), with_claim(
        page, about=field, source=source.pk, quote="Ukraine’s armed forces"))  # fmt: skip

    assert response.status_code == 302, errors(response)
    assert record.claims.get().value == record.canonical(field)


# A value that its claim no longer bears out


def test_a_changed_amount_is_saved_and_warned_about(editor):
    pledge = make.make_pledge()
    make.support(pledge), make.support(pledge.stages.get())
    claim = pledge.claims.get(field="amount")
    page = editor.get(change(pledge))

    response = editor.post(change(pledge), sent(page, amount="92000000"), follow=True)

    pledge.refresh_from_db(), claim.refresh_from_db()
    assert (pledge.amount, claim.value) == (92_000_000, "91000000")
    [(level, text)] = [message for message in said(response) if message[0] != "success"]
    assert level == "warning"
    assert "Amount is “92000000”, but its preferred claim says “91000000”." in text


def test_values_without_a_claim_are_named_in_one_warning(editor):
    pledge = make.make_pledge()
    page = editor.get(change(pledge))

    response = editor.post(change(pledge), sent(page), follow=True)

    [text] = [text for level, text in said(response) if level == "warning"]
    assert text.startswith(
        "No preferred claim supports: Donor, Recipient, Aid type, Amount, Currency, Announced on, "
    )


def test_a_supported_record_is_saved_without_a_warning(editor):
    event = make.make_event()
    make.support(event)
    page = editor.get(change(event))

    response = editor.post(change(event), sent(page), follow=True)

    assert [level for level, _ in said(response)] == ["success"]


# Verifying


def verify(client, claim):
    chosen = {"action": "verify", "_selected_action": [claim.pk]}
    shown = client.post(reverse("admin:aid_claim_changelist"), chosen, follow=True)
    return shown, do(client, shown.redirect_chain[-1][0]) if shown.redirect_chain else None


def test_an_editor_verifies_what_another_recorded(editor):
    claim = make.make_claim(make.make_pledge(), "amount", recorded_by=make.make_user())

    verify(editor, claim)

    claim.refresh_from_db()
    assert claim.verified_by == editor.user


def test_nobody_verifies_their_own_claim(editor):
    claim = make.make_claim(make.make_pledge(), "amount", recorded_by=editor.user)

    shown, done = verify(editor, claim)

    claim.refresh_from_db()
    assert claim.verified_by is None
    [refused] = shown.context["refused"]
    assert refused["refusal"] == "You recorded it yourself. Somebody else has to verify it."
    assert said(done) == [("error", "None of these rows can be changed so.")]


def test_a_writer_cannot_verify(writer):
    claim = make.make_claim(make.make_pledge(), "amount")

    _, done = verify(writer, claim)

    claim.refresh_from_db()
    assert (claim.verified_by, done) == (None, None)


def test_a_claim_is_deleted_only_once_withdrawn(editor):
    pledge = make.make_pledge()
    preferred, withdrawn = make.make_claim(pledge, "amount"), make.make_claim(pledge, "amount", rank=Rank.WITHDRAWN)
    pages = [reverse("admin:aid_claim_delete", args=[claim.pk]) for claim in (preferred, withdrawn)]

    answers = [editor.post(page, {"post": "yes"}).status_code for page in pages]

    assert answers == [403, 302]
    assert list(Claim.objects.all()) == [preferred]


# The claims' own page


def test_a_claim_is_added_on_its_own_page(editor):
    pledge, source = make.make_pledge(), make.make_source(TEXT)
    add = reverse("admin:aid_claim_add")
    page = editor.get(f"{add}?source={source.pk}&quote=military+aid.")

    response = editor.post(add, sent(page, field="aid_type", pledge=pledge.pk))

    assert response.status_code == 302, errors(response)
    claim = pledge.claims.get()
    assert (claim.value, claim.recorded_by) == ("military", editor.user)
    assert [passage.quote for passage in claim.passages.all()] == ["military aid."]


@pytest.mark.parametrize("fields, expected", [
    ({}, {"__all__": ["subject"]}),
    ({"pledge": "own", "party": "own"}, {"__all__": ["subject"]}),
    ({"pledge": "own", "field": "held_from"}, {"field": ["field"]}),
    ({"pledge": "own", "field": "part_of"}, {"value": ["no_value"]}),
    ({"pledge": "own", "valuation": "foreign", "field": "amount"}, {"__all__": ["part"]}),
    ({"coalition": "own", "valuation": "own", "field": "amount"}, {"__all__": ["part", "part"]}),
    ({"pledge": "own", "rank": "preferred"}, {"rank": ["preferred"]}),
])  # fmt: skip
def test_a_claim_about_the_wrong_thing_is_refused(fields, expected, editor):
    pledge, source = make.make_pledge(), make.make_source(TEXT)
    make.make_claim(pledge, "aid_type")
    rows = {
        "pledge": pledge.pk, "party": pledge.donor_id, "coalition": make.make_coalition().pk,
        "valuation": make.make_valuation(pledge=None if fields.get("valuation") == "foreign" else pledge).pk,
    }  # fmt: skip
    typed = {name: rows.get(name, value) for name, value in fields.items()}
    add = reverse("admin:aid_claim_add")
    page = editor.get(f"{add}?source={source.pk}&quote=military+aid.")

    response = editor.post(add, sent(page, **{"field": "aid_type"} | typed))

    assert response.status_code == 200
    assert errors(response) == expected


def test_a_wording_that_gives_another_figure_is_refused(editor):
    pledge, source = make.make_pledge(amount=92_000_000), make.make_source(TEXT)
    page = editor.get(change(pledge))

    response = editor.post(change(pledge), with_claim(
        page, about="amount", source=source.pk, quote="allocated 91 million kroner.",
        wording="91 million kroner"))  # fmt: skip

    assert errors(response) == {"claims-0-wording": ["figure"]}


def test_a_change_of_the_claims_own_page_warns_about_its_record(editor):
    event, source = make.make_event(title="Meeting"), make.make_source(TEXT)
    make.support(event)
    claim = make.make_claim(event, "title", [make.make_passage(source)], rank=Rank.ALTERNATIVE, source=source)
    event.claims.get(rank=Rank.PREFERRED).delete()
    address = reverse("admin:aid_claim_change", args=[claim.pk])

    response = editor.post(address, sent(editor.get(address), value="Summit", rank="preferred"), follow=True)

    [text] = [text for level, text in said(response) if level == "warning"]
    assert text.startswith("Title is “Meeting”, but its preferred claim says “Summit”.")
