"""Values, dates, amounts, badges and marked texts in the public templates."""

from typing import NamedTuple

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.timezone import localtime
from django.utils.translation import gettext, gettext_lazy, pgettext

from aid import formats, meanings, moments, nouns
from aid.choices import Basis
from aid.filters import shortened
from aid.languages import permanent
from aid.models.claims import field_anchor, place_on_page
from aid.money import rounded
from aid.queries import ladder, readings
from aid.queries.claims import claim_label
from aid.rules import speakers
from aid.templatetags.languages import lang

register = template.Library()


@register.simple_tag
def money(row, exact=False):
    """The amount of a row with amount and currency, said aloud in full words; or why there is none."""
    if row.amount is None:
        why = pgettext("why there is no amount", "amount %(why)s") % {"why": row.unknown("amount").label}
        return format_html('<span class="unknown">{}</span>', why)
    found = readings.money_reading(row.amount, row.currency, getattr(row, "is_approximate", False))
    return figure(found, exact)


@register.simple_block_tag(end_name="endopens")
def opens(content, row, field, here=False):
    """{% opens pledge "amount" %}…{% endopens %}: what a page shows of a field of a row, as the way to its evidence,
    which stands on the row's own page or, `here`, on the same one.

    Its name says what opens. docs/architecture.md says how figures on pages are marked up.
    """
    return to_evidence(f"#{field_anchor(row, field)}" if here else place_on_page(row, field), content)


@register.simple_block_tag(end_name="endto_claim")
def to_claim(content, claim):
    """What a page shows of a claim, as the way to its sentence."""
    return to_evidence(place_on_page(claim.target, claim.field), content)


def to_evidence(address, content):
    name = pgettext("the name of a link, before what is shown", "evidence for")
    return format_html(
        '<a class="to-evidence" href="{}"><span class="visually-hidden">{} </span>{}</a>', address, name, content
    )


@register.inclusion_tag("aid/includes/converted.html", takes_context=True)
def in_chosen(context, row, exact=False):
    """The amount of a row in the currency that the reader has chosen, with rate, day and origin, or why it cannot be
    converted. Nothing where no currency is chosen, or where there is nothing to convert."""
    chosen = context.get("chosen")
    return {"found": chosen.of(row) if chosen else None, "chosen": chosen, "exact": exact}


@register.simple_tag
def converted(found, exact=False):
    """A Converted as a figure: rounded as people say it, or to the cent."""
    amount = found.money.amount if exact else rounded(found.money.amount)
    return figure(readings.money_reading(amount, found.money.currency, is_approximate=not exact), exact)


@register.filter
def rate(value):
    """An exchange rate to four figures that mean something: 0.1462, 161.2, 17030."""
    return formats.number(value, "@@@@", decimal_quantization=False)


@register.filter
def in_euros(rates):
    """Rates as the ECB gives them: EUR 1 = DKK 7.4568, EUR 1 = USD 1.0905."""
    # All figures of a rate, without thousands apart, as the ECB writes it.
    told = {code: formats.number(value, "0.########") for code, value in rates.items() if code != "EUR"}
    return ", ".join(f"EUR 1 = {code} {value}" for code, value in told.items())


@register.simple_tag
def total(currency, amount, is_least=False):
    found = readings.money_reading(amount, currency)
    return _at_least(figure(found)) if is_least else figure(found)


def _at_least(told):
    return format_html(pgettext("an amount", "at least {amount}"), amount=told)


@register.simple_tag
def total_in_chosen(found):
    """A StageTotal in the currency that the reader has chosen, as people say it: "at least about EUR 12.2 m"."""
    amount = rounded(found.in_chosen.amount)
    told = figure(readings.money_reading(amount, found.in_chosen.currency, is_approximate=True))
    return format_html(
        '<span aria-hidden="true">= </span><span class="visually-hidden">{} </span>{}',
        pgettext("said before an amount in another currency", "converted:"),
        _at_least(told) if found.is_least or found.in_chosen.is_least else told,
    )


@register.simple_tag
def amount_in(money):
    """An amount with its currency (Money), as people say it."""
    return figure(readings.money_reading(money.amount, money.currency))


@register.simple_tag
def computed(currency, amount):
    """An amount that was worked out here, in full figures."""
    return figure(readings.money_reading(amount, currency), exact=True)


@register.filter
def language_words(tag):
    """A language by its tag: Danish."""
    return formats.language_name(tag)


@register.simple_tag
def figure(found, exact=False):
    """A Reading of an amount: signs for the eye, words for the ear."""
    text = (found.exact or found.text) if exact else found.text
    if not found.aloud:
        tongue = lang(found)
        return format_html("<span{}>{}</span>", tongue, text) if tongue else text
    return format_html(
        '<span class="amount"><span aria-hidden="true">{}</span><span class="visually-hidden">{}</span></span>',
        text,
        found.aloud,
    )


@register.simple_tag
def hero(found):
    """The amount of a page in two parts: the currency small, the number large."""
    return format_html(
        '<span aria-hidden="true"><span class="hero__currency">{}</span> {}</span>'
        '<span class="visually-hidden">{}</span>',
        found.currency,
        found.number,
        found.aloud,
    )


@register.simple_tag
def reading(found):
    """A Reading as HTML: a link where it is a record, a list where it is several, a time where it is a whole day."""
    if found.items:
        return format_html(
            '<ul class="plain">{}</ul>',
            format_html_join("", "<li>{}</li>", ((reading(item),) for item in found.items)),
        )
    if found.url:
        return format_html('<a href="{}"{}>{}</a>', found.url, lang(found), found.text)
    if tongue := lang(found):
        return format_html("<span{}>{}</span>", tongue, found.text)
    if found.moment:
        return format_html('<time datetime="{}">{}</time>', found.moment, found.text)
    if found.exact and found.exact != found.text:
        return format_html('{} <span class="exact">{}</span>', figure(found), found.exact)
    return found.text


@register.filter
def dated(value, basis=""):
    """An EDTF date in words, with what is inferred about it."""
    return readings.date_text(value, basis or "")


@register.simple_tag
def why(row, field):
    """Why a field of a row is empty, in words."""
    reason = row.unknown(field)
    return format_html('<span class="unknown">{}</span>', reason.label if reason else gettext("none recorded"))


@register.filter
def meaning(term):
    return meanings.meaning(term)


@register.filter
def counted(count, noun):
    """A count with its noun: {{ 3|counted:"pledge" }} is "3 pledges". `nouns.COUNTED` has the nouns."""
    one, _, many = noun.partition(",")
    return nouns.counted(count, one) if one in nouns.COUNTED else readings.plural(count, one, many)


@register.filter
def in_words(count):
    return readings.in_words(count)


@register.simple_tag
def basis(value):
    """The badge of a basis. Its word says it; its sign is for those who look fast, never colour alone."""
    term = Basis(value)
    return format_html('<span class="basis basis--{}">{}</span>', term.value, term.label)


@register.filter
def office_then(statement):
    return speakers.office_then(statement)


@register.simple_tag
def verb(words, language=""):
    """The source's own verb for a stage, beside the stage; nothing where none is recorded."""
    if not words:
        return ""
    tongue = format_html(' lang="{}"', language) if language else ""
    if not language and lang():
        # A document's words, of which this page does not know the language: certainly not always its own.
        tongue = format_html(' lang="{}"', "")
    lead = format_html('<span class="visually-hidden">{}</span>', gettext("in the source’s words") + " ")
    return format_html('{}<q class="verb"{}>{}</q>', lead, tongue, words)


@register.simple_tag
def ladder_line(steps, pledge, here=False):
    """A Ladder in one line, its whole days as times: "Announced 24 January 2024, allocated (date not stated)". Each
    word and day leads to its evidence, on the pledge's own page or, `here`, on the same one."""
    parts = []
    for number, rung in enumerate(steps.rungs):
        row, day = (pledge, "announced_on") if rung.is_of_pledge else (rung.step, "on")
        name = rung.verb if number else formats.capitalised(rung.verb)
        name = opens(name, rung.step, "stage", here) if rung.step else name
        if rung.wording:
            name = format_html("{} {}", name, verb(rung.wording))
        undated = format_html('<span class="unknown">{}</span>', rung.undated)
        when = opens(reading(rung.date) if rung.date else undated, row, day, here)
        what = format_html(" ({})", opens(figure(rung.amount), rung.step, "amount", here)) if rung.amount else ""
        step = format_html(ladder.STEP if rung.date else ladder.UNDATED_STEP, stage=name, date=when)
        parts.append(format_html('<span class="ladder-line__step">{}{}</span>', step, what))
    if steps.not_reached:
        parts.append(format_html('<span class="unknown">{}</span>', steps.not_reached))
    return format_html_join(", ", "{}", ((part,) for part in parts))


@register.filter
def ladder_in_list(pledge):
    return ladder.ladder_in_list(pledge)


@register.filter
def checked(claim):
    """Who verified a claim and when, or that nobody has. An account is named by its full name, never by the name it
    signs in with."""
    if not claim.verified_at:
        return gettext("not yet verified by a second person")
    told = {"day": day(claim.verified_at)}
    who = claim.verified_by.get_full_name() if claim.verified_by else ""
    if not who:
        return gettext("verified by a second person on %(day)s") % told
    return gettext("verified by %(person)s on %(day)s") % (told | {"person": who})


@register.filter
def day(moment, form=""):
    """A day, or the day of a moment on the site's clocks, in words: 24 January 2024; "" for none. With its "weekday",
    Wednesday, 24 January 2024; with "no year", 24 January."""
    if not moment:
        return ""
    local = localtime(moment) if getattr(moment, "tzinfo", None) else moment
    if form == "no year":
        return formats.day_in_words(local.day, local.month)
    if form == "weekday":
        named = {"weekday": formats.capitalised(formats.weekday(local)), "day": formats.said(local)}
        return pgettext("a day of the week", "%(weekday)s, %(day)s") % named
    return formats.said(local)


@register.filter
def day_and_time(moment):
    """A moment on the site's clocks: 24 January 2024, 09:30; "" for none."""
    return moments.said(localtime(moment).replace(second=0)) if moment else ""


@register.filter
def day_time_zone(moment):
    """A moment with the name of the zone on whose clocks it is: 24 January 2024, 09:30 UTC; "" for none."""
    return f"{day_and_time(moment)} {localtime(moment).tzname()}" if moment else ""


@register.filter
def percent(fraction):
    """A signed deviation: +0.05 %."""
    sign = "+" if fraction > 0 else "−" if fraction < 0 else ""
    return f"{sign}{formats.number(abs(fraction) * 100, '0.00')} %"


@register.filter
def share(fraction):
    """A share without a sign: 2 %."""
    return f"{formats.number(fraction * 100, '0.########')} %"


@register.filter
def as_asked(path):
    """An address that a visitor asked for, fit to be shown."""
    return shortened(path, 120)


@register.filter
def kind_of(record):
    """What a record is, as a heading says it: Pledge, Coalition; of a statement its form, so that nobody takes a
    paraphrase for a quote."""
    if record._meta.model_name == "statement":
        return record.get_form_display()
    return formats.capitalised(nouns.kind(record._meta.verbose_name))


@register.filter
def claimed(claim):
    """What a claim is about: “Amount, Danish support for Ukraine’s cyber defence”."""
    return f"{formats.capitalised(claim_label(claim))}, {readings.naming(claim.subject)}"


@register.filter
def naming(record):
    return readings.naming(record)


@register.filter
def about(correction):
    return readings.about(correction)


@register.filter
def address_on_source(record):
    """Where a record is shown. Context that is about no other record stands on the source's own page."""
    if record._meta.model_name == "assertion" and not (
        record.pledge_id or record.coalition_id or record.agreement_id
    ):
        return f"#assertion-{record.slug}"
    return record.get_absolute_url()


LISTS = {
    "articles": ("article-list", gettext_lazy("articles")),
    "pledges": ("pledge-list", gettext_lazy("pledges")),
    "totals": ("total-list", gettext_lazy("totals")),
    "coalitions": ("coalition-list", gettext_lazy("coalitions")),
    "agreements": ("agreement-list", gettext_lazy("agreements")),
    "events": ("event-list", gettext_lazy("events")),
    "parties": ("party-list", gettext_lazy("parties")),
    "people": ("person-list", gettext_lazy("people")),
    "sources": ("source-list", gettext_lazy("sources")),
    "claims": ("claim-list", gettext_lazy("claims")),
    "corrections": ("correction-list", gettext_lazy("corrections")),
}


class Section(NamedTuple):
    """A public list: its name in addresses, its name in the page's language, its address, and whether the page that
    asks lies within it."""

    key: str
    name: str
    address: str
    is_here: bool


@register.simple_tag
def lists(path=""):
    """The public lists as Sections."""
    first = permanent(path).strip("/").partition("/")[0]
    return [Section(key, name, reverse(view), key == first) for key, (view, name) in LISTS.items()]


@register.simple_tag
def marked_text(covered):
    """A source's text: each sentence links to its line in the table of what it became, each passage has its anchor.

    Passages lie within one another; where two cross, the later one is cut at the end of the earlier, so that the
    elements nest. An anchor stands once, at its passage's beginning.
    """
    numbers = [(span.start, span.end, number) for number, span in enumerate(covered.sentences, 1)]
    paragraphs = []
    for segments in covered.paragraphs():
        start, end = segments[0].start, segments[-1].end
        passages = [(p.start, p.end, p.anchor) for p in covered.passages if p.start < end and start < p.end]
        sentences = [row for row in numbers if start <= row[0] < end]
        paragraphs.append((_marked(covered.source.text, start, end, passages, sentences),))
    return format_html_join("\n", "<p>{}</p>", paragraphs)


def _joined(parts):
    return format_html_join("", "{}", ((part,) for part in parts))


def _marked(text, start, end, passages, sentences):
    """The text from start to end. `passages` are cut to it here and may begin before it."""
    parts, at = [], start
    inside = sorted(((max(p[0], start), min(p[1], end), p[2], p[0]) for p in passages), key=lambda p: (p[0], -p[1]))
    index = 0
    while index < len(inside):
        first, last, anchor, begins = inside[index]
        within = [p for p in inside[index + 1 :] if p[0] < last]
        parts.append(_sentences(text, at, first, sentences))
        deeper = [(p[3], min(p[1], last), p[2]) for p in within]
        content = (
            _marked(text, first, last, deeper, sentences) if deeper else _sentences(text, first, last, sentences)
        )
        if begins >= first:
            parts.append(format_html('<span class="passage" id="{}">{}</span>', anchor, content))
        else:
            parts.append(format_html('<span class="passage">{}</span>', content))
        at = last
        index += 1 + len(within)
    parts.append(_sentences(text, at, end, sentences))
    return _joined(parts)


def _sentences(text, start, end, sentences):
    """A stretch of plain text, each sentence's part of it as a link to the sentence's line."""
    parts, at = [], start
    for first, last, number in sentences:
        first, last = max(first, start), min(last, end)
        if first < last:
            parts.append(format_html("{}", text[at:first]))
            parts.append(format_html('<a class="sentence" href="#s{}">{}</a>', number, text[first:last]))
            at = last
    parts.append(format_html("{}", text[at:end]))
    return _joined(parts)
