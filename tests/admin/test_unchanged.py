"""A record that is opened and saved without a change stays as it is, and so does everything that rests on it."""

from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from aid.models import (
    Agreement,
    Article,
    Assertion,
    Claim,
    Coalition,
    Event,
    Office,
    Party,
    Person,
    Pledge,
    Sector,
    Source,
    Statement,
)
from aid.rules.ledger import breaches
from tests import builders as make
from tests.admin.forms import errors, said, sent

TEXTS = {Coalition: "aims", Pledge: "purposes", Agreement: "objectives"}
ONE_OF = (Party, Person, Office, Event, Statement, Assertion, Source, Sector, Article)


def resave(client, row):
    """Sends the row's form back as a browser does that nobody typed in; gives the messages but for “saved”."""
    address = reverse(f"admin:aid_{row._meta.model_name}_change", args=[row.pk])
    response = client.post(address, sent(client.get(address)), follow=True)
    assert response.redirect_chain, errors(response)
    return [text for level, text in said(response) if level != "success"]


def kept(model):
    """What every row holds, but for the moment of its last save."""
    return [{name: value for name, value in row.items() if name != "updated_at"}
            for row in model.objects.order_by("pk").values()]  # fmt: skip


def test_saving_unchanged_changes_nothing(publisher, document):
    verifier = make.make_user()
    Claim.objects.update(verified_by=verifier, verified_at=timezone.now())
    rows = [row for model in TEXTS for row in model.objects.all()] + [model.objects.first() for model in ONE_OF]
    for model, name in TEXTS.items():
        assert any("\n" in getattr(row, name) for row in rows if isinstance(row, model)), "no text of several lines"
    article = Article.objects.get()
    models = {type(row) for row in rows} | {Claim}
    before = {model: kept(model) for model in models}

    told = [text for row in rows for text in resave(publisher, row)]
    for name in TEXTS.values():
        resave(publisher, Claim.objects.filter(field=name, value__contains="\n").first())

    assert told == ["The text is as it was, so no revision was added."]
    assert {model: kept(model) for model in models} == before
    assert article.revisions.count() == 1
    assert list(breaches()) == []
    assert User.objects.filter(claims_recorded__isnull=False).count() == 0


def test_a_claims_lines_are_kept_as_the_ledger_compares_them(editor):
    pledge, source = make.make_pledge(purposes="one\ntwo", purposes_unknown=""), make.make_source("One, two.")
    make.support(pledge)
    add = reverse("admin:aid_claim_add")
    page = editor.get(f"{add}?source={source.pk}&quote=One,")

    response = editor.post(add, sent(page, field="purposes", pledge=pledge.pk, rank="alternative",
                                     value=" one \r\n\ttwo\r\n"))  # fmt: skip

    assert response.status_code == 302, errors(response)
    assert pledge.claims.get(field="purposes", rank="alternative").value == "one\ntwo"
