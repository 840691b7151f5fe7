"""Rules of the checklist: what an article cites stands, is public, has its sources, and is not in dispute.

Each takes the Check of a revision and yields Reasons.
"""

from aid import moments
from aid.choices import Basis
from aid.money import figure
from aid.queries.checkable import digest
from aid.queries.conversion import conversion_of
from aid.queries.figures import MAIN
from aid.rules.reasons import Reason, choosing_page, mend_at


def dead_figures(check):
    found = check.manuscript
    for reference in found.references:
        if found.grounds.figures.get(reference) is None:
            yield Reason(
                "dead_figure",
                f"The text names [[{reference.text}]], which no record answers to. Mend or remove it.",
                subject=reference.text,
            )


def records_withdrawn(check):
    for record in _withdrawable(record for _, record in check.manuscript.records):
        if record.withdrawn_at and record.withdrawn_at <= check.manuscript.at:
            yield Reason(
                "record_withdrawn",
                f"“{record}” has been withdrawn: {record.withdrawn_why} Take it out of the text.",
                subject=_name(record),
                url=mend_at(record),
            )


def records_under_embargo(check):
    """What an article names is public from the article's moment on, with all that it shows."""
    found = check.manuscript
    public, told = found.grounds.public, set()
    for kind, record in found.records:
        if kind != "article" and public.hides(record):
            told.add((kind, record.pk))
            yield Reason(
                "record_embargoed",
                f"“{record}” {_until(check, record)}. Publish no earlier, or take it out of the text.",
                subject=_name(record),
                url=mend_at(record),
            )
    for reference in found.references:
        record = found.grounds.record(reference)
        if reference not in found.grounds.hidden_references or public.has_withdrawn(record):
            continue
        if (reference.kind, record.pk) not in told:
            yield Reason(
                "record_embargoed",
                f"Readers do not get all that [[{reference.text}]] shows: part of it is under embargo. "
                f"Publish no earlier, or take it out of the text.",
                subject=reference.text,
                url=mend_at(record),
            )


def _until(check, record):
    """Why an embargo covers a record, and until when as far as that is told here."""
    at = check.manuscript.at
    if record.embargo_until and record.embargo_until > at:
        return f"is under embargo until {moments.told(record.embargo_until)}"
    sheet = check.manuscript.grounds.sheets.get((record._meta.model_name, record.pk))
    for source in sheet.dossier.sources if sheet else ():
        if source.embargo_until and source.embargo_until > at:
            return f"rests on “{source}”, which is under embargo until {moments.told(source.embargo_until)}"
    return "rests on or names something under embargo"


def sources_withdrawn(check):
    named = {record.pk for kind, record in check.manuscript.records if kind == "source"}
    for source in check.manuscript.sources:
        # One that the text names itself is told of as a record.
        if source.pk not in named and source.withdrawn_at and source.withdrawn_at <= check.manuscript.at:
            yield Reason(
                "source_withdrawn",
                f"The source “{source}” has been withdrawn: {source.withdrawn_why} Find another one for what rests "
                f"on it.",
                subject=_name(source),
                url=mend_at(source),
            )


def values_without_claims(check):
    """Each value of a record that is cited has a preferred claim that says the same."""
    for record, sheet in check.manuscript.sheets:
        bare = [row for row in _undocumented(sheet) if not _rested_on_a_withdrawn_claim(row.evidence)]
        if bare:
            yield Reason(
                "value_unsupported",
                f"“{record}”: no claim bears out {_listed(bare)}. Add the claim with its source, or mend the value.",
                subject=_name(record),
                url=mend_at(record),
            )


def claims_withdrawn(check):
    for record, sheet in check.manuscript.sheets:
        gone = [row for row in _undocumented(sheet) if _rested_on_a_withdrawn_claim(row.evidence)]
        if gone:
            yield Reason(
                "claim_withdrawn",
                f"“{record}”: the claim about {_listed(gone)} has been withdrawn. Record what holds instead.",
                subject=_name(record),
                url=mend_at(record),
            )


def records_without_source(check):
    """A record of which nothing comes from a source is nothing to write about."""
    for record, sheet in check.manuscript.sheets:
        claims = [row.evidence.preferred for row in sheet.rows if row.evidence.preferred]
        if not any(claim.source_id for claim in claims) and not list(_undocumented(sheet)):
            yield Reason(
                "no_source",
                f"“{record}” rests on no source: everything about it is computed. Record where it comes from.",
                subject=_name(record),
                url=mend_at(record),
            )


def disagreements_unexplained(check):
    """Sources that disagree about what the article shows need a word why the one is preferred."""
    for row in _shown(check):
        preferred, against = row.evidence.preferred, row.evidence.disagreements
        open_ones = [] if row.evidence.is_decided else [c for c in against if not _is_explained(preferred, c)]
        if open_ones:
            told = {said.claim.pk: said.reading.exact or said.reading.text for said in row.said}
            others = ", ".join(f"“{told[claim.pk]}”" for claim in open_ones)
            record, value = _record(row), row.evidence.value
            shown = row.reading.exact or row.reading.text if row.reading else "nothing"
            yield Reason(
                "disagreement",
                f"{row.label} of “{record}”: sources disagree. “{shown}” is shown, against {others}. "
                f"Choose between them with a reason, or let an editor say why it may stand.",
                subject=f"{_name(record)}:{row.anchor}",
                url=choosing_page(preferred or open_ones[0]),
                can_be_exempted=True,
                state=digest(value, *sorted((claim.pk, claim.value) for claim in open_ones)),
            )


def conversions_hold(check):
    """Each stated equivalent of a pledge that is cited lies within tolerance of the day's reference rate."""
    for kind, pledge in check.manuscript.records:
        for valuation in pledge.valuations.all() if kind == "pledge" else ():
            valuation.pledge = pledge
            found = conversion_of(valuation, check.manuscript.grounds.rates)
            if found is None or found.is_within_tolerance:
                continue
            about = {
                "subject": f"{_name(pledge)}:valuation-{valuation.currency}",
                "url": mend_at(pledge),
                "can_be_exempted": True,
                "state": digest(found.amount, found.stated, found.day, found.expected),
            }
            if found.expected is None:
                why = f": {found.why_none}. Choose another day" if found.why_none else ". Load the rates of that day"
                yield Reason(
                    "conversion_unchecked",
                    f"{valuation.money} for “{pledge}” cannot be held against anything: there is no ECB rate of "
                    f"{found.day}{why}, or let an editor say why it may stand.",
                    **about,
                )
            else:
                yield Reason(
                    "conversion_off",
                    f"{found.amount} were {valuation.currency} {figure(found.expected)} at the ECB rates of "
                    f"{found.day}; {valuation.money} is {found.deviation:+.1%} off. Mend the figure or its "
                    f"day, or let an editor say why it may stand.",
                    **about,
                )


def sources_not_kept(check):
    """A source without text and without an archived copy is gone when its page is."""
    for source in check.manuscript.sources:
        if not source.text and not source.archive_url:
            yield Reason(
                "source_not_kept",
                f"Neither the text nor an archived copy of “{source}” is kept. Add the one or the other.",
                subject=_name(source),
                url=mend_at(source),
            )


def no_source_cited(check):
    if check.manuscript.revision is not None and not check.manuscript.sources:
        yield Reason(
            "no_source_cited",
            "The article cites no source: it names no record that rests on one. Readers cannot see where it is from.",
            is_blocking=False,
        )


# What these rules look at


def _withdrawable(records):
    return [record for record in records if hasattr(record, "withdrawn_at")]


def _undocumented(sheet):
    """The rows of a record and its parts whose value no claim bears out."""
    return [row for row in sheet.rows if row.evidence.is_missing or row.evidence.is_contradicted]


def _rested_on_a_withdrawn_claim(evidence):
    return evidence.is_missing and any(claim.value == evidence.value for claim in evidence.withdrawn)


def _shown(check):
    """The evidence behind what the article says and what its page shows beside it, each row once."""
    rows = [row for item in check.items if item.support.is_whole for row in item.support.rows]
    for record, sheet in check.manuscript.sheets:
        main = MAIN[record._meta.model_name]
        if main in record.claimed_fields:
            rows.append(sheet.row(record, main))
    return {(row.evidence.target._meta.label, row.evidence.target.pk, row.name): row for row in rows}.values()


def _is_explained(preferred, other):
    """A claim on another basis than “stated” has a reasoning for itself; a stated one that has one tells why."""
    return any(claim is not None and claim.basis == Basis.STATED and claim.reasoning for claim in (preferred, other))


def _record(row):
    """The record that evidence belongs to: that of the part, where the target is one."""
    target = row.evidence.target
    owner = {"pledgestage": "pledge", "valuation": "pledge", "membership": "coalition", "signatory": "agreement"}
    name = owner.get(target._meta.model_name)
    return getattr(target, name) if name else target


def _name(record):
    """How a reason names a record: by kind and address, as references do."""
    return f"{record._meta.model_name}:{'/'.join(map(str, record.natural_key()))}"


def _listed(rows):
    labels = list(dict.fromkeys(row.label.lower() for row in rows))
    return labels[0] if len(labels) == 1 else f"{', '.join(labels[:-1])} and {labels[-1]}"
