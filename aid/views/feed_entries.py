"""What is followed, as the entries of a feed: plain titles and summaries, and the whole as HTML."""

from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aid.choices import CorrectionKind
from aid.exchange.feeds import Entry, stable_id
from aid.models.claims import place_on_page
from aid.prose import render, sent_out
from aid.queries import feeds
from aid.queries.claims import field_label_of
from aid.queries.readings import about, date_text, field_reading, naming


def entries_of(numbers, public, whole, steps=()):
    """The entries of some rows, given as {kind: numbers}, the last changed first. `whole` makes an address of this
    site a whole one; `steps` are the ToldSteps of pledges among them."""
    found = [step_entry(told, whole) for told in steps]
    for kind, wanted in numbers.items():
        rows = feeds.loaded(kind, wanted, public)
        found += MAKING[kind](rows, public, whole)
    found.sort(key=lambda entry: (entry.updated, entry.published, entry.id), reverse=True)
    return found[: feeds.MOST]


def record_entries(rows, public, whole):
    return [record_entry(told, whole) for told in feeds.records_told(rows, public)]


def record_entry(told, whole):
    record, kind = told.record, told.record._meta.model_name
    page, summary = whole(record.get_absolute_url()), summary_of(record)
    shown = {"sheet": told.sheet, "page": page.partition("#")[0], "summary": summary, "corrections": told.corrections}
    return Entry(
        stable_id(kind, record.pk),
        page,
        naming(record),
        summary,
        sent_out(render_to_string("aid/feeds/record.html", shown | {"also": also(record)}), page),
        told.published,
        told.updated,
        (kind_label(record),),
    )


def step_entry(told, whole):
    step, pledge = told.step, told.step.pledge
    page, stage = whole(place_on_page(step, "stage")), step.get_stage_display()
    summary = _("%(pledge)s: now %(stage)s.") % {"pledge": pledge.title, "stage": stage.lower()}
    amount = field_reading(step, "amount")
    shown = {"step": step, "page": page, "summary": summary, "amount": amount.exact if amount else ""}
    return Entry(
        stable_id("pledgestage", step.pk),
        page,
        f"{pledge.title}: {stage}",
        summary,
        sent_out(render_to_string("aid/feeds/step.html", shown), page),
        told.published,
        told.updated,
        (kind_label(pledge), stage),
    )


def article_entries(rows, public, whole):
    return [article_entry(told, whole) for told in feeds.articles_told(rows, public)]


def article_entry(told, whole):
    article, live, figures = told.article, told.article.live, told.figures
    page = whole(article.get_absolute_url())
    own = [one for one in told.corrections if one.article_id == article.pk and one.kind == CorrectionKind.RETRACTION]
    retraction = own[0] if own and article.is_retracted else None
    shown = {
        "retraction": retraction,
        "standfirst": live.standfirst,
        "body": render(live.body, figures),
        "behind": figures.behind,
        "sources": figures.sources,
        "corrections": told.corrections,
    }
    return Entry(
        stable_id("article", article.pk),
        page,
        article.public_headline,
        retraction.note if retraction else live.standfirst,
        sent_out(render_to_string("aid/feeds/article.html", shown), page),
        article.published_at,
        told.updated,
        (live.get_section_display(),),
        live.byline,
    )


def correction_entries(rows, public, whole):
    return [correction_entry(row, whole) for row in rows]


def correction_entry(correction, whole):
    """What was told stays as it was told: nothing moves `updated`."""
    page = whole(correction.get_absolute_url())
    return Entry(
        stable_id("correction", correction.key),
        page,
        f"{correction.get_kind_display()}: {about(correction, is_plain=True)}",
        correction.note,
        sent_out(render_to_string("aid/feeds/correction.html", {"correction": correction}), page),
        correction.decided_at,
        correction.decided_at,
        (correction.get_kind_display(),),
    )


def claim_entries(rows, public, whole):
    return [claim_entry(told, whole) for told in feeds.claims_told(rows, public)]


def claim_entry(told, whole):
    claim, label = told.claim, field_label_of(told.claim)
    page, value = whole(claim.get_absolute_url()), told.reading.exact or told.reading.text
    title = f"{label}, {naming(claim.subject)}: {value}"
    return Entry(
        stable_id("claim", claim.key),
        page,
        title,
        claim.wording or value,
        sent_out(render_to_string("aid/feeds/claim.html", {"claim": claim, "summary": title}), page),
        told.published,
        told.updated,
        (label,),
    )


MAKING = dict.fromkeys(feeds.KINDS, record_entries) | {
    "article": article_entries,
    "correction": correction_entries,
    "claim": claim_entries,
}


# What a record is, in a sentence


def kind_label(record):
    name = str(record._meta.verbose_name)
    return name[:1].upper() + name[1:]


def summary_of(record):
    return SUMMARIES[record._meta.model_name](record)


def amount_of(row):
    """The amount of a row as people say it, or why there is none."""
    found = field_reading(row, "amount")
    return found.text if found else _("amount %(why)s") % {"why": row.unknown("amount").label}


def _pledge(pledge):
    return _("%(donor)s to %(recipient)s: %(amount)s, %(stage)s.") % {
        "donor": pledge.donor.name,
        "recipient": pledge.recipient.name,
        "amount": amount_of(pledge),
        "stage": pledge.get_stage_display().lower(),
    }


def _coalition(coalition):
    aims = coalition.aim_list()
    return aims[0] if aims else _("A coalition whose aims are %(why)s.") % {"why": coalition.unknown("aims").label}


def _agreement(agreement):
    return _dated(agreement, agreement.get_kind_display(), "signed_on")


def _event(event):
    return _dated(event, event.get_kind_display(), "starts_on")


def _dated(record, kind, field):
    """“Meeting, 24 January 2024.”; of a date that is not known why."""
    value = getattr(record, field)
    when = date_text(value) if value else _("date %(why)s") % {"why": record.unknown(field).label}
    return f"{kind}, {when}."


def _source(source):
    publisher = source.publisher.name if source.publisher else source.unknown("publisher").label
    return _("%(kind)s. Publisher: %(publisher)s.") % {"kind": source.get_kind_display(), "publisher": publisher}


SUMMARIES = {
    "pledge": _pledge,
    "coalition": _coalition,
    "agreement": _agreement,
    "event": _event,
    "party": lambda party: f"{party.get_kind_display()}.",
    "person": lambda person: person.name,
    "source": _source,
    "statement": lambda statement: f"{statement.get_form_display()}. {naming(statement)}",
}


def also(record):
    """What a record has beside its fields, a sentence each."""
    if record._meta.model_name != "pledge":
        return []
    found = [
        _("Also stated, and not added: %(amount)s.") % {"amount": amount_of(valuation)}
        for valuation in record.valuations.all()
    ]
    steps = list(record.stages.all())
    if len(steps) > 1:
        told = ngettext("%(count)d step so far: %(steps)s.", "%(count)d steps so far: %(steps)s.", len(steps))
        names = ", ".join(step.get_stage_display().lower() for step in steps)
        found.append(told % {"count": len(steps), "steps": names})
    return found
