"""A small public site, and rows hung on it in every way that the models allow which no reader may see yet.

What is planted says so in each of its texts: its stem stands in its address, names, notes and quotes. How a row can
hang on another is asked of the models, so that a column that is added tomorrow is planted too.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django.apps import apps
from django.db import models

from aid.choices import Basis, Rank
from aid.dates import EDTFField
from aid.models import (
    Article,
    Claim,
    Correction,
    Event,
    FormerAddress,
    Image,
    Party,
    Pledge,
    PledgeStage,
    Source,
    Statement,
    Valuation,
)
from aid.models.claims import PARTS, SUBJECTS
from aid.models.corrections import CORRECTED
from aid.models.records import canonical_text
from aid.queries.public import BETWEEN, NODES, RECORDS, ends, naming_fields, relations
from tests import builders

# The minute, and the moments around it.
MINUTE = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
EARLIER = MINUTE - timedelta(days=30)
JUST_BEFORE = MINUTE - timedelta(microseconds=1)

# Before each stem, so that one look finds any of them.
MARK = "zq"
# A year, a currency and an amount that nothing public has.
YEAR, CURRENCY, AMOUNT = "2023", "ISK", Decimal("7654321.00")
# Text columns that hold no words.
WORDLESS = {
    "key",
    "language",
    "currency",
    "iso_alpha2",
    "format",
    "sha256",
    "field",
    "withdrawn_why",
    "username",
    "file",
}


def stem_of(model, suffix=""):
    return f"{MARK}{model._meta.model_name}{suffix}"


@dataclass
class World:
    """The public rows by their model, and what is planted: {stem: row}."""

    public: dict = field(default_factory=dict)
    planted: dict = field(default_factory=dict)
    # The pictures of planted articles.
    images: dict = field(default_factory=dict)
    # Stems of texts that no reader may ever see, not even at the minute.
    never: list = field(default_factory=list)
    # Stems of what readers have until the minute, and then no more.
    until: list = field(default_factory=list)
    # How many claims are planted already: their keys have to be the same in each run.
    claims: int = 0

    def add(self, row):
        self.public.setdefault(type(row), []).append(row)
        return row

    def public_row(self, model, nth=0):
        rows = self.public[model]
        return rows[nth % len(rows)]


# The public site


def public_site():
    """One row or more of each kind, named by one another and cited, as a site has them."""
    world = World()
    text = " ".join(f"Sentence number {n} of a document that everybody may read." for n in range(1, 30))
    publisher = world.add(builders.make_party(slug="publisher", name="Publisher", kind="publisher"))
    donor = world.add(builders.make_party(slug="donor", name="Donor", iso_alpha2="DK"))
    recipient = world.add(builders.make_party(slug="recipient", name="Recipient", parent=donor))
    for slug in ("one", "two", "three", "four", "five", "six", "seven"):
        world.add(builders.make_party(slug=f"party-{slug}", name=f"Party {slug}"))
    older = world.add(builders.make_source(text, slug="older", title="Older document"))
    source = world.add(
        builders.make_source(
            f"{text} It is new.", slug="document", title="Document", publisher=publisher, supersedes=older
        )
    )
    world.add(builders.make_source("", slug="table", title="Table of rates"))
    person = world.add(builders.make_person(slug="minister", name="A Minister"))
    office = world.add(builders.make_office(person=person, party=donor))
    event = world.add(
        builders.make_event(slug="meeting", title="Meeting", series=publisher, host=donor, starts_on="2024-01-24")
    )
    agreement = world.add(builders.make_agreement(slug="memorandum", title="Memorandum", signed_on="2024-01-23"))
    world.add(builders.make_signatory(agreement=agreement, party=donor, signed_by=person))
    coalition = world.add(
        builders.make_coalition(slug="coalition", name="Coalition", framework=publisher, formalized_at=event)
    )
    world.add(builders.make_membership(coalition=coalition, party=donor))
    ends = {"donor": donor, "recipient": recipient}
    sector = world.add(builders.make_sector(code="drones", name="Drones"))
    envelope = world.add(builders.make_pledge(slug="envelope", title="Envelope", amount=Decimal(10**9), **ends))
    former = world.add(builders.make_pledge(slug="former", title="Former pledge", amount=Decimal(10**8), **ends))
    pledge = world.add(
        builders.make_pledge(
            slug="pledge",
            title="Pledge",
            stages=["announced", "allocated"],
            coalition=coalition,
            fund=publisher,
            agreement=agreement,
            part_of=envelope,
            supersedes=former,
            sectors=[sector],
            beneficiaries=[recipient],
            **ends,
        )
    )
    alone = world.add(builders.make_pledge(slug="alone", title="Pledge by itself", **ends))
    valuation = world.add(builders.make_valuation(pledge=pledge, rate_on="2024-01-24"))
    builders.make_valuation(pledge=alone, rate_on="2024-01-26")
    for currency, rate in (("DKK", "7.4568"), ("USD", "1.0872")):
        world.add(builders.make_rate("2024-01-24", currency, rate, world.public_row(Source, 2)))
    about = {"pledge": pledge, "coalition": coalition, "agreement": agreement}
    for n, (name, row) in enumerate(about.items()):
        world.add(
            builders.make_statement(slug=f"said-{name}", text=f"Said of the {name}.", party=donor, **{name: row})
        )
        speaker = {"speaker": person, "office": office, "party": donor}
        builders.make_statement(slug=f"told-{name}", text=f"Told of the {name}.", **speaker, **{name: row})
        builders.make_assertion(
            slug=f"context-{n}", text=f"Context of the {name}.", attributed_to=donor, **{name: row}
        )
    own = world.add(builders.make_assertion(slug="context", text="Context by itself.", attributed_to=donor))
    passage = world.add(builders.make_passage(source, 0, 18))
    for row in (donor, office, event, agreement, coalition, envelope, pledge, valuation, own):
        _cited(row, passage)
    for model in (PledgeStage, Statement):
        world.public.setdefault(model, []).extend(model.objects.all())
        for row in model.objects.all():
            _cited(row, passage)
    for part in (*agreement.signatories.all(), *coalition.memberships.all()):
        _cited(part, passage)
    builders.make_claim(pledge, "amount", [passage], key="taken-back", **builders.WITHDRAWAL)
    body = "[[pledge:pledge:amount]] of [[party:donor]], [[coalition:coalition:members]], [[event:meeting:starts_on]]"
    article = world.add(
        builders.make_article("An article", f"{body} [[agreement:memorandum:signatories]]", slug="article",
                              standfirst="All can read it.", topics=[sector], published_at=EARLIER)
    )  # fmt: skip
    hidden = " ".join(f"[[{model._meta.model_name}:{stem_of(model)}]]" for model in RECORDS if hasattr(model, "slug"))
    hidden += (
        f" [[pledge:{stem_of(Pledge)}:amount]] [[event:{stem_of(Event)}:starts_on]] [[party:{stem_of(Party)}|they]]"
    )
    hidden += f" [[article:{stem_of(Article)}scheduled]] [[article:{stem_of(Article)}embargoed]]"
    hidden += " ".join(f" [[{model._meta.model_name}:{MARK}was{model._meta.model_name}]]" for model in RECORDS)
    world.add(
        builders.make_article("It names what is not public", f"Here: {hidden}", slug="naming", published_at=EARLIER)
    )
    for name in CORRECTED:
        subject = {"assertion": own}.get(name) or world.public_row(apps.get_model(CORRECTED[name]))
        builders.make_correction(note=f"It was about the {name}.", **{name: subject})
    world.add(builders.make_correction(note="It was about the article.", article=article))
    return world


def _cited(row, passage):
    for name in row.claimed_fields:
        if row.canonical(name):
            builders.make_claim(row, name, passages=[passage])


# What is planted


def plant(world):
    """Adds to a public site, for each kind of record, one that is under embargo until the minute, with all that can
    hang on it; and articles, pictures and notes that begin with the minute."""
    world.claims = 0
    for model in RECORDS:
        row = _plant(world, model, stem_of(model), embargo_until=MINUTE)
        _hang(world, row, stem_of(model))
        FormerAddress.objects.create(
            kind=model._meta.model_name, slug=f"{MARK}was{model._meta.model_name}", record=row.pk
        )
    _rest_on_source(world)
    _replaced(world)
    _rates(world)
    _articles(world)
    _corrections(world)
    return world


def _plant(world, model, stem, **given):
    """A row with the stem in each of its texts, and a public row in each column that names another one."""
    columns = [(name, target) for name, target in relations(model) if name not in given]
    for turn in range(len(world.public[Party])):
        rows = {name: world.public_row(target, turn + n) for n, (name, target) in enumerate(columns)}
        if not _stands(model, given | rows):
            break
    given = _texts(model, stem) | rows | given
    for many in model._meta.many_to_many:
        if many.related_model in world.public:
            given[many.name] = [world.public_row(many.related_model)]
    row = _make(model)(**given)
    world.planted[stem] = row
    return row


def _stands(model, rows):
    """Whether a part with these ends is there already, or the two ends of a pledge are one."""
    if "donor" in rows:
        return rows["donor"] == rows["recipient"]
    own = {name: rows[name] for name, _ in ends(model)} if model not in RECORDS else {}
    return len(own) > 1 and model.objects.filter(**own).exists()


def _make(model):
    return getattr(builders, f"make_{ {PledgeStage: 'stage'}.get(model, model._meta.model_name) }")


def _texts(model, stem):
    """A value for each column of text, date and amount."""
    given = {"position": 2} if model is PledgeStage else {}
    for column in model._meta.concrete_fields:
        name = column.name
        if isinstance(column, models.SlugField):
            given[name] = stem
        elif isinstance(column, EDTFField):
            given[name] = YEAR
        elif name == "amount":
            given |= {"amount": AMOUNT, "currency": CURRENCY}
        elif isinstance(column, models.URLField):
            given[name] = f"https://{stem}.example/{name}"
        elif isinstance(column, models.CharField | models.TextField) and not column.choices and name not in WORDLESS:
            given[name] = f"{stem} {name}"[: column.max_length]
    return given


def _hang(world, row, stem):
    """Whatever can name the row, or say something of it, each with a stem of its own."""
    model = type(row)
    cited = [name for name in row.claimed_fields if row.canonical(name)]
    if cited:
        source = world.public_row(Source, 1)
        passage = builders.make_passage(source, *_free_span(source))
        for name in cited:
            builders.make_claim(row, name, passages=[passage], **_claim_words(world, stem))
    for relation in model._meta.related_objects:
        other, column = relation.related_model, relation.field
        if relation.many_to_many:
            holder = world.public_row(other)
            getattr(holder, column.name).add(row)
        elif other in NODES:
            by = f"{stem}by{other._meta.model_name}{column.name.replace('_', '')}"
            _plant(world, other, by, **{column.name: row})
    if model._meta.model_name in CORRECTED:
        builders.make_correction(**_texts(Correction, f"{stem}corrected"), **{model._meta.model_name: row})
    _name_in_claims(world, row, stem)


def _claim_words(world, stem):
    world.claims += 1
    return {
        "key": f"{stem}-{world.claims}",
        "wording": f"{stem} wording",
        "basis": Basis.INFERRED,
        "reasoning": f"{stem} reasoning",
    }


def _free_span(source):
    """A span of the source's text that no passage has yet."""
    taken = set(source.passages.values_list("start", flat=True))
    start = next(n for n in range(20, 1500, 7) if n not in taken)
    return start, start + 5


def _name_in_claims(world, row, stem):
    """Claims about public rows that give the row as another value, from a public source."""
    one, several = naming_fields()
    for target in NODES:
        for name in target.claimed_fields:
            is_one, is_several = name in one.get(type(row), ()), name in several.get(type(row), ())
            if target in world.public and (is_one or is_several):
                value = canonical_text(row)
                if is_several:
                    value = BETWEEN.join(sorted(["recipient", value]))
                holder, source = world.public_row(target), world.public_row(Source)
                builders.make_claim(
                    holder,
                    name,
                    value=value,
                    rank=Rank.ALTERNATIVE,
                    source=source,
                    **_claim_words(world, f"{stem}named"),
                )


def _rest_on_source(world):
    """Claims from the source under embargo: preferred ones, that hide their record; others, that hide themselves."""
    stem = f"{stem_of(Source)}rest"
    source = world.planted[stem_of(Source)]
    passage = builders.make_passage(source, 0, 5)
    for name, label in (*SUBJECTS.items(), *((part, model) for part, (model, _) in PARTS.items())):
        model = apps.get_model(label)
        fields = [column for column in model.claimed_fields if column not in ("donor", "recipient")]
        if model in world.public:
            # About a row that readers have: an alternative, once from the source and once by its passage alone.
            row = world.public_row(model)
            texts = [column for column in fields if not model._meta.get_field(column).is_relation] or fields
            for source_named in ({}, {"source": world.public_row(Source)}):
                words = {"rank": Rank.ALTERNATIVE, **_claim_words(world, f"{stem}{name}alternative")}
                given = {"value": f"{stem} {name}", "passages": [passage]}
                builders.make_claim(row, texts[0], **given, **source_named, **words)
        if name == "party":
            # A party is no secret because of where its ISO code is from.
            builders.make_claim(
                world.public_row(Party, 3), "parent", value="x", source=source, **_claim_words(world, stem)
            )
            continue
        for way, said in (("", {}), ("bypassage", {"source": world.public_row(Source)})):
            by = f"{stem}{name.replace('_', '')}{way}"
            # A step or an equivalent hides its pledge, so it is one of its own.
            whole = {"pledge": _plant(world, Pledge, f"{by}whole")} if model in (PledgeStage, Valuation) else {}
            own = _plant(world, model, by, **whole)
            field_name = next(column for column in fields if own.canonical(column))
            words = {"key": _claim_words(world, by)["key"]}
            builders.make_claim(own, field_name, passages=[passage], **words, **said)


def _replaced(world):
    """A claim that was withdrawn long ago: what replaced it, and what its history says it rested on once."""
    gone, source = Claim.objects.get(key="taken-back"), world.planted[stem_of(Source)]
    words = _claim_words(world, f"{stem_of(Source)}replacing")
    replacing = builders.make_claim(gone.pledge, "amount", value="7", rank=Rank.ALTERNATIVE, source=source, **words)
    Claim.objects.filter(pk=gone.pk).update(replaced_by=replacing)
    line = gone.history.first()
    line.pk, line.history_type, line.source = None, "~", source
    line.history_date += timedelta(hours=1)
    line.save()


def _rates(world):
    """Rates under embargo, on a day against which a public equivalent is held, and on the day before."""
    source = world.planted[stem_of(Source)]
    for day in ("2024-01-25", "2024-01-26"):
        for currency, rate in (("DKK", "7.4568"), ("USD", "1.0872")):
            builders.make_rate(day, currency, rate, source)


def _articles(world):
    body = "[[pledge:pledge:amount]] [[party:donor]]"
    stem = f"{stem_of(Article)}scheduled"
    sector = builders.make_sector(code=f"{stem}-topic", name=f"{stem} topic")
    # Each run plants anew: the address has to be the same.
    image = builders.make_image(**_texts(Image, stem), key=stem)
    world.images[stem] = image
    texts = {"standfirst": f"{stem} standfirst", "byline": f"{stem} byline"}
    scheduled = builders.make_article(
        f"{stem} headline", f"{stem} body {body}", slug=stem, published=False, topics=[sector], section="explainer",
        image=image, **texts,
    )  # fmt: skip
    builders.make_publication(scheduled, scheduled.revisions.get(), MINUTE)
    Article.objects.filter(pk=scheduled.pk).update(published_at=MINUTE)
    world.planted[stem] = scheduled
    stem = f"{stem_of(Article)}embargoed"
    embargoed = builders.make_article(
        f"{stem} headline", f"{stem} body {body}", slug=stem, embargo_until=MINUTE, published_at=EARLIER,
        topics=[sector], image=builders.make_image(**_texts(Image, stem), key=stem),
    )  # fmt: skip
    world.planted[stem] = embargoed
    world.images[stem] = embargoed.revisions.get().image
    for kind, article in (("scheduled", scheduled), ("embargoed", embargoed)):
        FormerAddress.objects.create(kind="article", slug=f"{MARK}was{kind}", record=article.pk)
        builders.make_correction(**_texts(Correction, f"{stem_of(Article)}{kind}corrected"), article=article)
    # A live article with a text that is scheduled, and a draft on top of that.
    live = world.public_row(Article)
    coming = builders.make_revision(
        live, headline=f"{MARK}coming headline", body=f"{MARK}coming body", standfirst=f"{MARK}coming standfirst"
    )
    builders.make_publication(live, coming, MINUTE)
    builders.make_revision(live, headline=f"{MARK}draft headline", body=f"{MARK}draft body", topics=[sector])
    world.never.append(f"{MARK}draft")
    builders.make_article(f"{MARK}never headline", f"{MARK}never body", slug=f"{MARK}never", published=False)
    world.never.append(f"{MARK}never")
    for article in (scheduled, embargoed):
        for correction in Correction.objects.filter(note__startswith="It was about the"):
            correction.affected.add(article)


def _corrections(world):
    """A note on a text that is scheduled: it begins with the text."""
    stem = f"{MARK}note"
    given = _texts(Correction, stem) | {"article": world.public_row(Article), "decided_at": MINUTE}
    world.planted[stem] = builders.make_correction(**given)
    world.planted[stem].affected.add(world.public_row(Article))


__all__ = ["EARLIER", "JUST_BEFORE", "MARK", "MINUTE", "World", "plant", "public_site"]
