"""What is told of a record where only a few words fit: on a card, in a frame on another site. All of it is public."""

from dataclasses import dataclass, field, replace

from aid.choices import Basis
from aid.models import Agreement, Article, Coalition, Event, Party, Person, Pledge, Source
from aid.models.claims import place_on_page
from aid.queries.claim_pages import claim_page
from aid.queries.figures import main_figures
from aid.queries.readings import Sheet, date_text, naming

MODELS = {
    "article": Article, "pledge": Pledge, "coalition": Coalition, "agreement": Agreement, "event": Event,
    "party": Party, "person": Person, "source": Source,
}  # fmt: skip


@dataclass(frozen=True)
class Shared:
    """A record in a few words.

    `figure` is its main figure, or why there is none (then `is_unknown`), "" for a record that has none by its kind;
    `label` what the figure is; `basis` what it rests on; `source` the Source that gives it; `place` where its
    evidence stands; `stage` how far a pledge has come; `notes` are its corrections, the newest first.
    """

    kind: str
    record: object
    title: str
    address: str
    figure: str = ""
    label: str = ""
    is_unknown: bool = False
    basis: Basis | None = None
    source: Source | None = None
    place: str = ""
    stage: str = ""
    notes: list = field(default_factory=list)
    is_retracted: bool = False


def loaded(kind, public):
    """The rows of a kind with what is told of each."""
    if kind == "article":
        return Article.objects.with_edition(public.at)
    if kind == "pledge":
        return Pledge.objects.for_page(public)
    if kind == "coalition":
        return Coalition.objects.for_page()
    if kind == "source":
        return Source.objects.select_related("publisher").defer("text")
    return MODELS[kind].objects.all()


def shared(kind, record, public):
    """The Shared of a public record; of a claim, of its page."""
    return TELLING.get(kind, _plain)(kind, record, public)


def _notes(record, public):
    return list(public.of(record.corrections.newest_first()))


def _plain(kind, record, public):
    return Shared(kind, record, naming(record), record.get_absolute_url(), notes=_notes(record, public))


def _with_row(kind, record, public, name, stage=""):
    """With a field of the record as its figure."""
    sheet = Sheet.for_record(record, public)
    row = sheet.row(record, name)
    # Of a value that no evidence supports no basis and no source is told.
    first = row.said[0].claim if row.said and row.basis else None
    return Shared(
        kind,
        record,
        naming(record),
        record.get_absolute_url(),
        row.reading.text if row.reading else row.unknown,
        row.label,
        row.reading is None,
        row.basis,
        first.source if first and first.source and public.has(first.source) else None,
        f"{record.get_absolute_url()}#{row.anchor}",
        stage,
        _notes(record, public),
    )


def _pledge(kind, pledge, public):
    return _with_row(kind, pledge, public, "amount", pledge.get_stage_display())


def _agreement(kind, agreement, public):
    return _with_row(kind, agreement, public, "signed_on")


def _event(kind, event, public):
    return _with_row(kind, event, public, "starts_on")


def _coalition(kind, coalition, public):
    sheet = Sheet.for_record(coalition, public)
    members = [part for part in sheet.parts if part.is_counted]
    rows = [sheet.row(part, "party") for part in members]
    said = [row.said[0].claim for row in rows if row.said and row.basis]
    sources = {claim.source_id: claim.source for claim in said if claim.source and public.has(claim.source)}
    bases = {row.basis for row in rows}
    address = coalition.get_absolute_url()
    return Shared(
        kind,
        coalition,
        coalition.name,
        address,
        str(len(members)),
        "members",
        False,
        bases.pop() if len(bases) == 1 else None,
        next(iter(sources.values())) if len(sources) == 1 else None,
        f"{address}#members",
        "",
        _notes(coalition, public),
    )


def _article(kind, article, public):
    notes = list(public.of(article.corrections.model.objects.told_with(article)).newest_first())
    behind = [] if article.is_retracted else main_figures(article.live.body, 1, public=public)
    title, address = article.public_headline, article.get_absolute_url()
    if not behind:
        return Shared(kind, article, title, address, notes=notes, is_retracted=article.is_retracted)
    named, record, figure = behind[0]
    told = shared(named, record, public)
    return replace(
        told, kind=kind, record=article, title=title, address=address, figure=figure.text,
        is_unknown=figure.is_unknown, notes=notes,
    )  # fmt: skip


def _claim(kind, claim, public):
    shown = claim_page(claim, public)
    source = claim.source if claim.source and public.has(claim.source) else None
    return Shared(
        kind,
        claim,
        f"{shown.label}, {naming(shown.record)}",
        claim.get_absolute_url(),
        shown.reading.text,
        shown.label,
        False,
        Basis(claim.basis),
        source,
        place_on_page(claim.target, claim.field),
        "",
        _notes(shown.record, public),
    )


def _source(kind, source, public):
    told = date_text(source.published_on) if source.published_on else source.unknown("published_on").label
    return Shared(
        kind, source, source.title, source.get_absolute_url(), told, "published", not source.published_on,
        notes=_notes(source, public),
    )  # fmt: skip


TELLING = {
    "article": _article, "pledge": _pledge, "coalition": _coalition, "agreement": _agreement, "event": _event,
    "claim": _claim, "source": _source,
}  # fmt: skip
