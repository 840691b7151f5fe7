"""Rows for tests: each builder makes one complete row, and what it is told overrides what it would choose.

Names and addresses are counted up, so that no two rows of one test collide.
"""

import itertools
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO

from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image as Picture

from aid.choices import (
    AgreementKind,
    AidType,
    AssertionKind,
    AuditAction,
    Basis,
    CorrectionKind,
    EventKind,
    PartyKind,
    Rank,
    SectorVocabulary,
    SourceKind,
    Stage,
    StatementForm,
    Unknown,
)
from aid.models import (
    Agreement,
    Article,
    ArticleRevision,
    Assertion,
    AuditEntry,
    BulkChange,
    Claim,
    Coalition,
    Correction,
    Event,
    ExchangeRate,
    Image,
    LinkCheck,
    Membership,
    Office,
    Party,
    Passage,
    Person,
    Pledge,
    PledgeStage,
    Publication,
    Report,
    Sector,
    Signatory,
    SignOff,
    Source,
    Statement,
    Valuation,
)
from aid.models.claims import PARTS, SUBJECTS
from aid.models.corrections import CORRECTED
from aid.models.sources import text_hash
from aid.queries.checks import open_items

_count = itertools.count(1)
UNKNOWN = Unknown.NOT_STATED
# The columns of a claim that is withdrawn.
WITHDRAWAL = {
    "rank": Rank.WITHDRAWN,
    "withdrawn_at": datetime(2026, 2, 1, 12, 0, tzinfo=UTC),
    "withdrawn_why": "The source was misread.",
}


def _unless_given(given, **unknowns):
    """The `_unknown` columns of the fields that a test gives no value for; "" for those it does."""
    return {
        f"{name}_unknown": "" if given.get(name) not in (None, "") else why
        for name, why in unknowns.items()
        if f"{name}_unknown" not in given
    }


def make_party(**given):
    n = next(_count)
    return Party.objects.create(**{"slug": f"party-{n}", "name": f"Party {n}", "kind": PartyKind.STATE} | given)


def make_person(**given):
    n = next(_count)
    return Person.objects.create(**{"slug": f"person-{n}", "name": f"Person {n}"} | given)


def make_office(**given):
    defaults = {"title": "Minister of Defence"} | _unless_given(given, held_from=UNKNOWN, held_until=UNKNOWN)
    return Office.objects.create(
        **defaults
        | {"person": given.get("person") or make_person(), "party": given.get("party") or make_party()}
        | given
    )


def make_source(text="One sentence rests here. Another one follows.", **given):
    n = next(_count)
    defaults = {"slug": f"source-{n}", "title": f"Source {n}", "kind": SourceKind.NEWS_REPORT, "text": text}
    unknowns = _unless_given(given, publisher=UNKNOWN, author=UNKNOWN, url=UNKNOWN, published_on=UNKNOWN)
    return Source.objects.create(**defaults | unknowns | {"sha256": text_hash(text)} | given)


def make_passage(source=None, start=0, end=None, **given):
    source = source or make_source()
    end = len(source.text) if end is None else end
    return Passage.objects.create(
        **{"source": source, "start": start, "end": end, "quote": source.text[start:end]} | given
    )


def make_sector(**given):
    n = next(_count)
    defaults = {"vocabulary": SectorVocabulary.NEWSROOM, "code": f"sector-{n}", "name": f"Sector {n}"}
    return Sector.objects.create(**defaults | given)


def make_pledge(stages=None, **given):
    """A pledge of DKK 91 million at one stage; `stages` gives the stages of its steps instead."""
    n = next(_count)
    given.setdefault("amount", Decimal("91000000.00"))
    given.setdefault("currency", "DKK" if given["amount"] is not None else "")
    given.setdefault("aid_type", AidType.MILITARY)
    given.setdefault("announced_on", "2024-01-24")
    stages = stages or [given.pop("stage", Stage.ALLOCATED)]
    beneficiaries, sectors = given.pop("beneficiaries", []), given.pop("sectors", [])
    unknowns = _unless_given(
        given | {"beneficiaries": beneficiaries or None, "sectors": sectors or None},
        aid_type=UNKNOWN,
        instrument=UNKNOWN,
        amount=UNKNOWN,
        announced_on=UNKNOWN,
        period=UNKNOWN,
        purposes=UNKNOWN,
        coalition=UNKNOWN,
        fund=UNKNOWN,
        beneficiaries=UNKNOWN,
        sectors=UNKNOWN,
    )
    parties = {name: given.pop(name, None) or make_party() for name in ("donor", "recipient")}
    pledge = Pledge.objects.create(
        **{"slug": f"pledge-{n}", "title": f"Pledge {n}", "stage": stages[-1]} | parties | unknowns | given
    )
    pledge.beneficiaries.set(beneficiaries)
    pledge.sectors.set(sectors)
    for position, stage in enumerate(stages, 1):
        make_stage(pledge=pledge, position=position, stage=stage)
    return pledge


def make_stage(**given):
    pledge = given.pop("pledge", None) or make_pledge()
    defaults = {"position": 1, "stage": Stage.ALLOCATED} | _unless_given(given, on=UNKNOWN)
    return PledgeStage.objects.create(pledge=pledge, **defaults | given)


def make_valuation(**given):
    pledge = given.pop("pledge", None) or make_pledge()
    defaults = {"amount": Decimal("13260000.00"), "currency": "USD"} | _unless_given(given, rate_on=UNKNOWN)
    return Valuation.objects.create(pledge=pledge, **defaults | given)


def make_rate(day, currency, per_euro, source=None):
    return ExchangeRate.objects.create(
        day=date.fromisoformat(day),
        currency=currency,
        per_euro=Decimal(per_euro),
        source=source or make_source(text=""),
    )


def make_coalition(members=(), **given):
    n = next(_count)
    unknowns = _unless_given(
        given, official_name=UNKNOWN, framework=UNKNOWN, formalized_at=UNKNOWN, aims=UNKNOWN, amount=UNKNOWN
    )
    coalition = Coalition.objects.create(
        **{"slug": f"coalition-{n}", "name": f"Coalition {n}", "leads_unknown": UNKNOWN} | unknowns | given
    )
    for party in members:
        make_membership(coalition=coalition, party=party)
    return coalition


def make_membership(**given):
    defaults = _unless_given(given, joined_on=UNKNOWN, left_on=UNKNOWN)
    parties = {
        "coalition": given.pop("coalition", None) or make_coalition(),
        "party": given.pop("party", None) or make_party(),
    }
    return Membership.objects.create(**defaults | parties | given)


def make_agreement(signatories=(), **given):
    n = next(_count)
    unknowns = _unless_given(
        given, official_title=UNKNOWN, signed_on=UNKNOWN, in_force_on=UNKNOWN, objectives=UNKNOWN
    )
    defaults = {"slug": f"agreement-{n}", "title": f"Agreement {n}", "kind": AgreementKind.MEMORANDUM}
    agreement = Agreement.objects.create(**defaults | unknowns | given)
    for party in signatories:
        make_signatory(agreement=agreement, party=party)
    return agreement


def make_signatory(**given):
    defaults = _unless_given(given, signed_by=UNKNOWN)
    rows = {
        "agreement": given.pop("agreement", None) or make_agreement(),
        "party": given.pop("party", None) or make_party(),
    }
    return Signatory.objects.create(**defaults | rows | given)


def make_event(**given):
    n = next(_count)
    unknowns = _unless_given(given, series=UNKNOWN, starts_on=UNKNOWN, ends_on=UNKNOWN, place=UNKNOWN, host=UNKNOWN)
    defaults = {"slug": f"event-{n}", "title": f"Event {n}", "kind": EventKind.MEETING}
    return Event.objects.create(**defaults | unknowns | given)


def make_statement(**given):
    n = next(_count)
    unknowns = _unless_given(given, speaker=UNKNOWN, said_on=UNKNOWN)
    defaults = {"slug": f"statement-{n}", "form": StatementForm.PARAPHRASE, "text": f"Summary {n}."}
    party = given.pop("party", None) or make_party()
    return Statement.objects.create(party=party, **defaults | unknowns | given)


def make_assertion(**given):
    n = next(_count)
    unknowns = _unless_given(given, attributed_to=UNKNOWN, said_on=UNKNOWN)
    defaults = {"slug": f"assertion-{n}", "kind": AssertionKind.BACKGROUND, "text": f"Context {n}."}
    return Assertion.objects.create(**defaults | unknowns | given)


def make_claim(row, field, passages=(), **given):
    """A claim about a field of a record or of a part; it states the row's own value unless told otherwise."""
    label = row._meta.label
    part = next((name for name, (model, _) in PARTS.items() if model == label), None)
    if part:
        owner = PARTS[part][1]
        about = {part: row, owner: getattr(row, owner)}
    else:
        about = {next(name for name, model in SUBJECTS.items() if model == label): row}
    source = given.pop("source", passages[0].source if passages else None) or make_source(text="")
    defaults = {"value": row.canonical(field), "basis": Basis.STATED, "rank": Rank.PREFERRED}
    if given.get("basis", Basis.STATED) != Basis.STATED:
        defaults["reasoning"] = "Because the source implies it."
    if given.get("rank") == Rank.WITHDRAWN:
        defaults |= WITHDRAWAL
    claim = Claim.objects.create(field=field, source=source, **about, **defaults | given)
    claim.passages.set(passages)
    return claim


def support(row):
    """Gives every field of a row that holds a value its preferred claim."""
    return [make_claim(row, field) for field in row.claimed_fields if row.canonical(field)]


def make_article(headline="A headline", body="A body.", published=True, **given):
    """An article with one revision, live unless `published` is False."""
    n = next(_count)
    own = ("standfirst", "byline", "section", "image", "why", "created_by")
    revision, topics = {name: given.pop(name) for name in own if name in given}, given.pop("topics", ())
    article = Article.objects.create(**{"slug": f"article-{n}"} | given)
    first = ArticleRevision.objects.create(article=article, number=1, headline=headline, body=body, **revision)
    first.topics.set(topics)
    if published:
        article.published_at = article.published_at or timezone.now()
        article.save()
        make_publication(article=article, revision=first, starts_at=article.published_at)
    return article


def picture_bytes(format="JPEG", size=(32, 18), mode="RGB", **options):
    """A file that holds a picture of one colour, another one at each call."""
    out = BytesIO()
    shade = next(_count) * 7 % 256
    Picture.new(mode, size, shade if mode in ("L", "P") else (shade, 90, 30, 128)[: len(mode)]).save(
        out, format, **options
    )
    return out.getvalue()


def make_image(**given):
    """A picture with its file."""
    n = next(_count)
    defaults = {"format": "jpg", "width": 32, "height": 18, "sha256": f"{n:064x}"}
    if "file" not in given:
        defaults["file"] = ContentFile(picture_bytes(), name="picture.jpg")
    return Image.objects.create(**defaults | {"alt": f"Picture {n}", "credit": "Staff"} | given)


def make_revision(article, **given):
    """The article's next revision, with the last one's text unless told otherwise. It is not published."""
    last = article.revisions.order_by("-number").first()
    kept = {name: getattr(last, name) for name in ("headline", "standfirst", "byline", "body", "section", "image")}
    topics = given.pop("topics", last.topics.all())
    revision = ArticleRevision.objects.create(article=article, **kept | {"number": last.number + 1} | given)
    revision.topics.set(topics)
    return revision


def make_publication(article, revision=None, starts_at=None, **given):
    """What readers get at an article's address from a moment on; without a revision it is withdrawn from then on.

    It is put behind those that the article has, so make them in the order of time.
    """
    starts_at = starts_at or timezone.now()
    article.publications.filter(ends_at=None).update(ends_at=starts_at)
    defaults = {} if revision else {"why": "It rested on a document that was forged."}
    article.__dict__.pop("edition", None)
    return Publication.objects.create(article=article, revision=revision, starts_at=starts_at, **defaults | given)


def make_correction(**given):
    defaults = {"kind": CorrectionKind.CORRECTION, "note": "An earlier version gave another figure."}
    if not any(given.get(name) for name in (*CORRECTED, "article")):
        given["article"] = make_article()
    return Correction.objects.create(**defaults | given)


def make_entry(row=None, by=None, **given):
    """An entry of the audit log, about a row and by an account where they are given."""
    about = {"kind": row._meta.model_name, "number": row.pk, "name": str(row)} if row else {}
    who = {"user": by, "username": by.username} if by else {}
    return AuditEntry.objects.create(**{"action": AuditAction.CHANGED} | about | who | given)


def make_bulk_change(*rows, **given):
    """A change of many rows that set the day of their review."""
    defaults = {"action": "review-by", "told": "Review by 24 January 2030", "kind": rows[0]._meta.model_name}
    columns = {
        "before": {str(row.pk): {"review_by": None} for row in rows},
        "after": {str(row.pk): {"review_by": "2030-01-24"} for row in rows},
    }
    return BulkChange.objects.create(made_by=given.pop("made_by", None) or make_user(), **defaults | columns | given)


def make_link_check(source, state, **given):
    """What the address of a source answered; that of its copy where it has no other."""
    return LinkCheck.objects.create(source=source, state=state, **{"url": source.url or source.archive_url} | given)


def make_report(**given):
    """A reader's report on the site itself, or on what it is told."""
    n = next(_count)
    defaults = {"reference": f"reference{n}", "message": "It was another amount.", "received_at": timezone.now()}
    return Report.objects.create(**defaults | given)


def make_user(**given):
    n = next(_count)
    return get_user_model().objects.create_user(**{"username": f"user-{n}", "password": "an unguessed one"} | given)


def sign_everything(article, by=None, note="Read in the source."):
    """Signs off all that the newest revision of an article says, as somebody who has nothing to do with it."""
    revision = article.revisions.order_by("-number").first()
    by = by or make_user()
    return [
        SignOff.objects.create(
            article=article,
            revision=revision,
            kind=item.kind,
            item=item.thing.key,
            state=item.state,
            note=note,
            signed_by=by,
        )
        for item in open_items(article, revision)
    ]
