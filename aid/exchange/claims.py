"""A claim for programs: one JSON object. docs/data.md says what each name in it means."""

from aid.models.claims import PARTS


def claim_data(shown, absolute):
    """What the page of a claim shows, from its ClaimPage. `absolute` makes a whole address of one of this site."""
    claim, record = shown.claim, shown.record
    address = absolute(claim.get_absolute_url())
    data = {
        "key": claim.key,
        "url": f"{address.rstrip('/')}.json",
        "page": address,
        "status": claim.rank,
        "record": {
            "kind": record._meta.model_name,
            "key": "/".join(str(part) for part in record.natural_key()),
            "name": str(record),
            "url": absolute(record.get_absolute_url()),
        },
        "part": _part(claim),
        "field": claim.field,
        "label": shown.label,
        "value": claim.value,
        "value_text": shown.text,
    }
    if shown.is_withdrawn:
        data |= {
            "withdrawn_at": claim.withdrawn_at.isoformat(),
            "withdrawn_why": claim.withdrawn_why,
            "replaced_by": _named(shown.replaced_by, absolute),
        }
    else:
        data |= {
            "is_shown": shown.is_shown,
            "wording": claim.wording,
            "basis": claim.basis,
            "reasoning": claim.reasoning,
            "preferred_why": claim.preferred_why,
            "source": _source(claim.source, absolute),
            "passages": [_passage(passage, place, absolute) for passage, place in shown.said.places]
            if shown.said
            else [],
            "recorded_at": claim.recorded_at.isoformat(),
            "verified_at": claim.verified_at.isoformat() if claim.verified_at else None,
        }
    data["other_claims"] = [
        _named(other.claim, absolute)
        | {
            "status": other.claim.rank,
            "value": other.claim.value,
            "value_text": other.reading.exact or other.reading.text,
            "basis": other.claim.basis,
            "source": other.claim.source.title if other.claim.source else None,
            "contradicts_what_is_shown": other.disagrees,
        }
        for other in shown.others
    ]
    data["history"] = [{"at": step.at.isoformat(), "told": step.sentences} for step in shown.history]
    return data


def converted_data(found, absolute):
    """An InChosen as JSON: the amount in the currency that is asked for, with rates, days and origin; or why not."""
    if found.converted is None:
        return {"why_not": found.why_not}
    here = found.converted
    return {
        "amount": str(here.money.amount),
        "currency": here.money.currency,
        "original": {"amount": str(here.original.amount), "currency": here.original.currency},
        "day": here.asked.isoformat(),
        "why_that_day": found.why_day or None,
        "rate_of": here.day.isoformat(),
        "why_an_earlier_rate": here.why_earlier or None,
        "units_per_euro": {code: f"{rate.normalize():f}" for code, rate in here.rates.items()},
        "source": absolute(here.source.get_absolute_url()) if here.source else None,
    }


def _part(claim):
    part = claim.part_name
    return {"kind": PARTS[part][0].partition(".")[2].lower(), "name": str(claim.target)} if part else None


def _named(claim, absolute):
    return {"key": claim.key, "url": absolute(claim.get_absolute_url())} if claim else None


def _source(source, absolute):
    if source is None:
        return None
    return {
        "slug": source.slug,
        "title": source.title,
        "kind": source.kind,
        "is_official": source.is_official,
        "author": source.author or None,
        "publisher": source.publisher.name if source.publisher else None,
        "published_on": source.published_on or None,
        "language": source.language,
        "address": source.url or None,
        "archived_at": source.archive_url or None,
        "sha256": source.sha256 or None,
        "url": absolute(source.get_absolute_url()),
    }


def _passage(passage, place, absolute):
    return {
        "start": passage.start,
        "end": passage.end,
        "quote": passage.quote,
        "before": place.before,
        "after": place.after,
        "url": absolute(passage.get_absolute_url()),
    }
