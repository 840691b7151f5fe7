"""The filters of the public lists, and what a list says about the values that it cannot use."""

import datetime
from functools import partial

import django_filters
from django import forms
from django.db.models import Case, Count, Exists, F, Max, Min, OuterRef, Q, Value, When
from django.db.models.functions import ExtractYear
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from aid import choices, nouns
from aid.formats import number
from aid.models import (
    Agreement,
    ArticleRevision,
    Claim,
    Coalition,
    Event,
    Membership,
    Office,
    Party,
    Pledge,
    Sector,
    Signatory,
    Source,
)
from aid.queries.chosen import PARAMETER
from aid.queries.counting import Counting, Verdict
from aid.queries.divisions import DIVISIONS
from aid.queries.public import Listed

LONGEST_VALUE = 200
SHOWN = 60
MOST_SENTENCES = 12
UNKNOWN = "unknown"
COMPUTED = "computed"
MOST_YEARS = 150
# What an address says beside the filters: which page of the list, as of which moment, and in which currency.
NO_FILTERS = ("page", "as_of", PARAMETER)


# Reading an address


def shortened(text, most=SHOWN):
    """A visitor's text as it can be shown: one line, without control characters, at most 60 characters."""
    visible = "".join(sign if sign.isprintable() else "�" for sign in text[: most + 1])
    return f"{visible[: most - 1]}…" if len(text) > most else visible


def unusable(value):
    """Why no filter can look at a value at all, or ""."""
    if len(value) > LONGEST_VALUE:
        return gettext("it is longer than %(count)s characters") % {"count": LONGEST_VALUE}
    if any(not sign.isprintable() for sign in value):
        return gettext("it holds characters that cannot be written")
    return ""


class Asked:
    """What an address asks a list for: the filterset of the values that can be used, and a sentence for each other.

    A value that cannot be used never silently widens the list: whoever shows the list shows `ignored` above it.
    The records, and what the filters offer, are what is `public`.
    """

    def __init__(self, filterset_class, query, records, public):
        self.ignored = []
        self._more = 0
        values, records = self._read(query, filterset_class.base_filters), public.of(records)
        self.filterset = filterset_class(values, records, public)
        if self.filterset.errors:
            for name in self.filterset.errors:
                if name in values:
                    self._ignore(self.filterset.filters[name].wrong(values.pop(name)))
            self.filterset = filterset_class(values, records, public)
        for name, sentence in self.filterset.unusable_together(values):
            self._ignore(sentence)
            values.pop(name)
            self.filterset = filterset_class(values, records, public)
        self.values = values
        if self._more:
            sentence = ngettext(
                "And %(count)s more part of the address that was ignored.",
                "And %(count)s more parts of the address that were ignored.",
                self._more,
            )
            self.ignored.append(sentence % {"count": number(self._more)})

    def _read(self, query, known):
        values = {}
        for name, given in query.lists():
            filled = [value for value in given if value.strip()]
            if name in NO_FILTERS:
                continue
            if name not in known:
                self._ignore(gettext("Ignored: “%(name)s” is no filter of this list.") % {"name": shortened(name)})
                continue
            if not filled:
                continue
            label = known[name].label.lower()
            if len(set(filled)) > 1:
                sentence = gettext("Only one %(filter)s can be chosen at a time; the last one counts here.")
                self._ignore(sentence % {"filter": label})
            value = filled[-1].strip()
            why = unusable(filled[-1])
            if why:
                told = {"filter": label, "value": shortened(filled[-1]), "why": why}
                self._ignore(gettext("Ignored: %(filter)s “%(value)s”, because %(why)s.") % told)
            else:
                values[name] = value
        return values

    def _ignore(self, sentence):
        if len(self.ignored) < MOST_SENTENCES:
            self.ignored.append(sentence)
        else:
            self._more += 1

    @property
    def chips(self):
        """The filters that are on, in the form's order: [(name, label, the value in words)]. How a list is sorted or
        divided is no filter."""
        found = []
        for name, value in self.values.items():
            if name not in ("sort", "by"):
                one = self.filterset.filters[name]
                offered = dict(one.extra.get("choices", ()))
                found.append((name, one.label, str(offered.get(value, value))))
        return found


# Kinds of filter


class Choice(django_filters.ChoiceFilter):
    """One of a few values, each offered in the form."""

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("empty_label", pgettext_lazy("no choice in a filter", "any"))
        super().__init__(*args, **kwargs)

    def wrong(self, value):
        told = {"filter": self.label.lower(), "value": shortened(value)}
        return gettext("Ignored: %(filter)s “%(value)s” is no %(filter)s here.") % told


class Words(django_filters.CharFilter):
    """Words that the name or text must hold."""

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("widget", forms.TextInput(attrs={"maxlength": LONGEST_VALUE, "autocomplete": "off"}))
        super().__init__(*args, **kwargs)

    def wrong(self, value):
        return gettext("Ignored: “%(value)s” cannot be searched for.") % {"value": shortened(value)}


class Amount(django_filters.NumberFilter):
    """A limit in a currency's main unit."""

    def __init__(self, *args, **kwargs):
        # Text with a numeric keyboard: type=number hides from the visitor what it does not understand.
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "maxlength": 21})
        super().__init__(*args, max_digits=18, decimal_places=2, min_value=0, widget=widget, **kwargs)

    def wrong(self, value):
        told = {"filter": self.label.lower(), "value": shortened(value)}
        sentence = gettext("Ignored: %(filter)s “%(value)s” is no amount. Write figures alone, such as 1000000.")
        return sentence % told


class Sort(Choice):
    """The order of the list. `orders` maps each choice to the columns; the id always comes last, so none is tied."""

    def __init__(self, orders, **kwargs):
        self.orders = {name: columns for name, _, columns in orders}
        super().__init__(
            choices=[(name, label) for name, label, _ in orders], label=_("Sort"), empty_label=None, **kwargs
        )

    def wrong(self, value):
        return gettext("Ignored: “%(value)s” is no way to sort this list.") % {"value": shortened(value)}

    def filter(self, queryset, value):
        return queryset.order_by(*self.orders.get(value) or next(iter(self.orders.values())))


def by_date(column, newest=True):
    order = F(f"{column}_latest").desc(nulls_last=True) if newest else F(f"{column}_earliest").asc(nulls_last=True)
    return [order, "-id" if newest else "id"]


def amount_order(largest):
    """By currency, and by amount within each; amounts that are not known come last."""
    amount = F("amount").desc() if largest else F("amount").asc()
    return [Case(When(amount__isnull=True, then=Value(1)), default=Value(0)), "currency", amount, "-id"]


# Choices that the records themselves offer, each one query


def named(rows, key="slug", label="name"):
    if rows.model is Party:
        return list(rows.names_here().items())
    found = rows.order_by(label).values_list(key, label).distinct()
    return [(key, nouns.sector(name)) for key, name in found] if rows.model is Sector else list(found)


def naming(rows, column, named_by="pk"):
    """The condition that one of the rows names a row in this column."""
    return Exists(rows.order_by().filter(**{column: OuterRef(named_by)}))


def years_of(rows, column):
    """The years that a date column reaches into, newest first, and whether any date is unknown. One query."""
    found = rows.aggregate(
        first=Min(f"{column}_earliest"),
        last=Max(f"{column}_latest"),
        unknown=Count("pk", filter=Q(**{f"{column}_latest__isnull": True})),
    )
    years = []
    if found["first"] and found["last"]:
        last, first = found["last"].year, found["first"].year
        years = [(str(year), str(year)) for year in range(last, max(first, last - MOST_YEARS) - 1, -1)]
    return [*years, *([(UNKNOWN, gettext("year not known"))] if found["unknown"] else [])]


def within_year(queryset, name, value, column):
    """Dates that can lie in the year; a date that spans several years is found in each."""
    if value == UNKNOWN:
        return queryset.filter(**{f"{column}_latest__isnull": True})
    year = int(value)
    return queryset.filter(
        **{
            f"{column}_earliest__lte": datetime.date(year, 12, 31),
            f"{column}_latest__gte": datetime.date(year, 1, 1),
        }
    )


def has_words(queryset, name, value, columns):
    """Each word stands in one of the columns."""
    for word in value.split()[:8]:
        anywhere = Q()
        for column in columns:
            anywhere |= Q(**{f"{column}__icontains": word})
        queryset = queryset.filter(anywhere)
    return queryset


class Through(Choice):
    """One of what another model's rows lead to: a member, through memberships. No record is repeated.

    `column` is the rows' column that names the record, or what stands in the record's column `own`; `path` leads from
    the rows to the value. `only` is a condition on the rows.
    """

    def __init__(self, model, column, path, own="pk", only=(), **kwargs):
        self.joining, self.column, self.path, self.own, self.only = model, column, path, own, dict(only)
        super().__init__(**kwargs)

    def filter(self, queryset, value):
        if not value:
            return queryset
        rows = self.parent.public.of(self.joining.objects.filter(**{self.path: value}, **self.only))
        return queryset.filter(naming(rows, self.column, self.own))


# The filtersets


class ListFilterSet(django_filters.FilterSet):
    """A public list's filters. `offered` gives the choices that come from the records, read when a list is shown;
    they are of what is `public`, as the rows are."""

    def __init__(self, data, queryset, public):
        self.public = public
        # Sorting by nothing must still sort: the first order is the list's own.
        super().__init__({"sort": self.default_sort(), **data}, queryset=queryset)
        for name, found in self.offered().items():
            self.filters[name].extra["choices"] = found

    @classmethod
    def default_sort(cls):
        return next(iter(cls.base_filters["sort"].orders))

    def offered(self):
        return {}

    def rows(self, model):
        """The public rows of a model."""
        return self.public.of(model.objects.order_by())

    def unusable_together(self, values):
        """(name, sentence) for each value that means nothing without another one."""
        return []


class PledgeFilterSet(ListFilterSet):
    donor = Choice(field_name="donor__slug", label=_("Donor"))
    recipient = Choice(field_name="recipient__slug", label=_("Recipient"))
    stage = Choice(label=_("Stage"), choices=choices.Stage.choices)
    aid_type = Choice(
        label=_("Aid type"),
        choices=[*choices.AidType.choices, (UNKNOWN, _("not stated"))],
        method=lambda queryset, name, value: queryset.filter(aid_type="" if value == UNKNOWN else value),
    )
    instrument = Choice(
        label=_("Instrument"),
        choices=[*choices.Instrument.choices, (UNKNOWN, _("not stated"))],
        method=lambda queryset, name, value: queryset.filter(instrument="" if value == UNKNOWN else value),
    )
    sector = Through(Pledge.sectors.through, "pledge_id", "sector__code", label=_("Sector"))
    coalition = Choice(field_name="coalition__slug", label=_("Coalition"))
    year = Choice(label=_("Year announced"), method=partial(within_year, column="announced_on"))
    amount = Choice(
        label=_("Amount"),
        choices=[("stated", pgettext_lazy("of an amount", "stated")), (UNKNOWN, _("not stated"))],
        method=lambda queryset, name, value: queryset.filter(amount__isnull=value == UNKNOWN),
    )
    # Not “currency”: that is the one in which a reader wants to see amounts, on every page.
    stated_in = Choice(field_name="currency", label=_("Currency stated"))
    amount_from = Amount(field_name="amount", lookup_expr="gte", label=_("Amount from"))
    amount_to = Amount(field_name="amount", lookup_expr="lte", label=_("Amount to"))
    basis = Choice(label=_("Basis of the amount"), choices=choices.Basis.choices, method="with_amount_basis")
    sort = Sort(
        [
            ("newest", _("newest first"), by_date("announced_on")),
            ("oldest", _("oldest first"), by_date("announced_on", newest=False)),
            ("largest", _("largest amount, by currency"), amount_order(largest=True)),
            ("smallest", _("smallest amount, by currency"), amount_order(largest=False)),
            ("donor", _("donor, A to Z"), ["donor__name", *by_date("announced_on")]),
        ]
    )

    def offered(self):
        pledges, parties = self.rows(Pledge), self.rows(Party)
        currencies = pledges.exclude(currency="").values_list("currency", flat=True).distinct()
        return {
            "donor": named(parties.filter(naming(pledges, "donor"))),
            "recipient": named(parties.filter(naming(pledges, "recipient"))),
            "sector": named(Sector.objects.filter(naming(pledges, "sectors")), "code"),
            "coalition": named(self.rows(Coalition).filter(naming(pledges, "coalition"))),
            "year": years_of(pledges, "announced_on"),
            "stated_in": [(code, code) for code in sorted(currencies)],
        }

    def with_amount_basis(self, queryset, name, value):
        claims = self.rows(Claim).preferred().filter(field="amount", basis=value)
        return queryset.filter(naming(claims.filter(valuation__isnull=True, stage_step__isnull=True), "pledge"))

    def unusable_together(self, values):
        for name in ("amount_from", "amount_to"):
            if name in values and "stated_in" not in values:
                label = self.filters[name].label.lower()
                sentence = gettext(
                    "Ignored: %(filter)s “%(value)s”, because amounts compare only within one currency. Choose the "
                    "currency stated too."
                )
                yield name, sentence % {"filter": label, "value": shortened(values[name])}


LEFT_OUT, STEP = "left-out", "step"


class TotalRowsFilterSet(PledgeFilterSet):
    """The filters of the page that lists what one total is made of: those of the pledges, each way to divide totals,
    and whether a pledge is counted.

    `judged` has what the total does with each pledge of the set, and `withdrawn` those that fit and were withdrawn.
    """

    sector = Choice(label=_("Sector"), method="in_sector")
    coalition = Choice(label=_("Coalition"), method="in_coalition")
    only_year = Choice(label=_("Announced within the year"), method="within_one_year")
    status = Choice(
        label=_("In the total"),
        choices=[
            ("counted", _("counted")),
            (UNKNOWN, _("counted, with an amount that is not known")),
            (STEP, _("counted with the amount of the last stage")),
            (LEFT_OUT, _("left out")),
        ],
        method=lambda queryset, name, value: queryset,
    )

    def offered(self):
        found = super().offered()
        found["sector"].append((UNKNOWN, _("none recorded")))
        found["coalition"].append((UNKNOWN, _("none recorded")))
        years = [(year, label) for year, label in found["year"] if year != UNKNOWN]
        return found | {"only_year": [*years, (UNKNOWN, _("year not stated, or several"))]}

    def in_sector(self, queryset, name, value):
        through = self.public.of(Pledge.sectors.through.objects.all())
        if value == UNKNOWN:
            return queryset.exclude(naming(through, "pledge_id"))
        return queryset.filter(naming(through.filter(sector__code=value), "pledge_id"))

    def in_coalition(self, queryset, name, value):
        if value == UNKNOWN:
            return queryset.filter(coalition__isnull=True)
        return queryset.filter(coalition__slug=value)

    def within_one_year(self, queryset, name, value):
        is_one = Q(announced_on_earliest__year=ExtractYear("announced_on_latest"))
        if value == UNKNOWN:
            unknown = Q(announced_on_earliest__isnull=True) | Q(announced_on_latest__isnull=True)
            return queryset.filter(unknown | ~is_one)
        return queryset.filter(is_one, announced_on_latest__year=int(value))

    def filter_queryset(self, queryset):
        rows = super().filter_queryset(queryset)
        self.withdrawn = super().filter_queryset(
            self.public.named(Pledge.objects.taken_back(self.public.at)).select_related("donor", "recipient")
        )
        self.all_rows, self.counting = rows, Counting(self.public)
        self.judged = {
            one.entry.pk: one for one in self.counting.judge([entry for entry, _ in self.counting.entries(rows)])
        }
        status = self.form.cleaned_data.get("status")
        if not status:
            return rows
        return rows.filter(pk__in=Listed(pk for pk, one in self.judged.items() if self._has_status(one, status)))

    def _has_status(self, judged, status):
        if status == STEP:
            return judged.verdict == Verdict.COUNTED and self.counting.step_dates(judged.entry.pk) is not None
        return judged.verdict.status == status


class TotalsFilterSet(TotalRowsFilterSet):
    """The filters of the page of totals, and by what they are divided."""

    by = Choice(
        label=_("Division"),
        choices=[(name, division.noun) for name, division in DIVISIONS.items()],
        empty_label=pgettext_lazy("what totals are divided by", "donor"),
        method=lambda queryset, name, value: queryset,
    )
    status = sort = None

    @classmethod
    def default_sort(cls):
        return ""

    def filter_queryset(self, queryset):
        return super(TotalRowsFilterSet, self).filter_queryset(queryset)


class CoalitionFilterSet(ListFilterSet):
    member = Through(Membership, "coalition_id", "party__slug", only={"is_counted": True}, label=_("Member"))
    words = Words(
        label=_("Words in its name or aims"), method=partial(has_words, columns=("name", "official_name", "aims"))
    )
    sort = Sort(
        [
            ("name", _("name, A to Z"), ["name", "id"]),
            ("members", _("most members"), [F("member_count").desc(), "name", "id"]),
        ]
    )

    def offered(self):
        return {"member": named(self.rows(Party).filter(naming(self.rows(Membership).counted(), "party")))}


class AgreementFilterSet(ListFilterSet):
    kind = Choice(label=_("Kind"), choices=choices.AgreementKind.choices)
    party = Through(Signatory, "agreement_id", "party__slug", label=_("Signatory"))
    year = Choice(label=_("Year signed"), method=partial(within_year, column="signed_on"))
    sort = Sort(
        [
            ("newest", _("newest first"), by_date("signed_on")),
            ("oldest", _("oldest first"), by_date("signed_on", newest=False)),
            ("title", _("title, A to Z"), ["title", "id"]),
        ]
    )

    def offered(self):
        return {
            "party": named(self.rows(Party).filter(naming(self.rows(Signatory), "party"))),
            "year": years_of(self.rows(Agreement), "signed_on"),
        }


class EventFilterSet(ListFilterSet):
    kind = Choice(label=_("Kind"), choices=choices.EventKind.choices)
    series = Choice(field_name="series__slug", label=_("Series"))
    year = Choice(label=_("Year"), method=partial(within_year, column="starts_on"))
    sort = Sort(
        [
            ("newest", _("newest first"), by_date("starts_on")),
            ("oldest", _("oldest first"), by_date("starts_on", newest=False)),
        ]
    )

    def offered(self):
        return {
            "series": named(self.rows(Party).filter(naming(self.rows(Event), "series"))),
            "year": years_of(self.rows(Event), "starts_on"),
        }


class PartyFilterSet(ListFilterSet):
    kind = Choice(label=_("Kind"), choices=choices.PartyKind.choices)
    role = Choice(
        label=_("Role"),
        choices=[
            ("donor", _("donor")),
            ("recipient", _("recipient")),
            ("member", _("member of a coalition")),
            ("signatory", _("signatory of an agreement")),
            ("speaker", _("speaker")),
            ("publisher", _("publisher of a source")),
        ],
        method=lambda queryset, name, value: queryset.filter(**{f"plays_{value}": True}),
    )
    words = Words(
        label=_("Words in its names"), method=partial(has_words, columns=("name", "official_name", "aliases"))
    )
    sort = Sort([("name", _("name, A to Z"), ["name", "id"]), ("kind", _("kind, then name"), ["kind", "name", "id"])])


class PersonFilterSet(ListFilterSet):
    party = Through(Office, "person_id", "party__slug", label=_("Party"))
    words = Words(label=_("Words in the name"), method=partial(has_words, columns=("name",)))
    sort = Sort([("name", _("name, A to Z"), ["name", "id"]), ("name-down", _("name, Z to A"), ["-name", "-id"])])

    def offered(self):
        return {"party": named(self.rows(Party).filter(naming(self.rows(Office), "party")))}


class ClaimFilterSet(ListFilterSet):
    source = Choice(label=_("Source"), method="by_source")
    basis = Choice(label=_("Basis"), choices=choices.Basis.choices)
    rank = Choice(
        label=_("Standing"), choices=[row for row in choices.Rank.choices if row[0] != choices.Rank.WITHDRAWN]
    )
    verified = Choice(
        label=_("Verified"),
        choices=[("yes", _("by a second person")), ("no", _("not yet"))],
        method=lambda queryset, name, value: queryset.filter(verified_at__isnull=value == "no"),
    )
    sort = Sort(
        [
            ("oldest", _("in the order of recording"), ["id"]),
            ("newest", _("newest first"), ["-id"]),
        ]
    )

    def offered(self):
        sources = self.rows(Source).filter(naming(self.rows(Claim).standing().of_facts(), "source"))
        return {"source": [*named(sources, label="title"), (COMPUTED, _("none, computed here"))]}

    def by_source(self, queryset, name, value):
        if value == COMPUTED:
            return queryset.filter(source__isnull=True)
        return queryset.filter(source__slug=value)


class SourceFilterSet(ListFilterSet):
    kind = Choice(label=_("Kind"), choices=choices.SourceKind.choices)
    official = Choice(
        label=_("Official"),
        choices=[("yes", _("yes")), ("no", _("no"))],
        method=lambda queryset, name, value: queryset.filter(is_official=value == "yes"),
    )
    publisher = Choice(label=_("Publisher"), method="by_publisher")
    sort = Sort(
        [
            ("title", _("title, A to Z"), ["title", "id"]),
            ("newest", _("newest first"), by_date("published_on")),
            ("oldest", _("oldest first"), by_date("published_on", newest=False)),
        ]
    )

    def offered(self):
        publishers = named(self.rows(Party).filter(naming(self.rows(Source), "publisher")))
        return {"publisher": [*publishers, (UNKNOWN, _("not known"))]}

    def by_publisher(self, queryset, name, value):
        if value == UNKNOWN:
            return queryset.filter(publisher__isnull=True)
        return queryset.filter(publisher__slug=value)


def moment_years(rows, column):
    """The years in which moments lie, newest first. One query."""
    return [(str(day.year), str(day.year)) for day in rows.datetimes(column, "year", order="DESC")]


class ArticleFilterSet(ListFilterSet):
    section = Choice(
        label=_("Section"), field_name="edition__revision__section", choices=choices.ArticleSection.choices
    )
    topic = Through(
        ArticleRevision.topics.through,
        "articlerevision_id",
        "sector__code",
        own="edition__revision_id",
        label=_("Topic"),
    )
    year = Choice(label=_("Year"), field_name="published_at", lookup_expr="year")
    sort = Sort(
        [
            ("newest", _("newest first"), ["-published_at", "-id"]),
            ("oldest", _("oldest first"), ["published_at", "id"]),
        ]
    )

    def offered(self):
        return {
            "topic": named(
                Sector.objects.filter(article_revisions__in=self.queryset.order_by().values("edition__revision")),
                "code",
            ),
            "year": moment_years(self.queryset.order_by(), "published_at"),
        }


class CorrectionFilterSet(ListFilterSet):
    kind = Choice(label=_("Kind"), choices=choices.CorrectionKind.choices)
    year = Choice(label=_("Year"), field_name="decided_at", lookup_expr="year")
    sort = Sort(
        [
            ("newest", _("newest first"), ["-decided_at", "-id"]),
            ("oldest", _("oldest first"), ["decided_at", "id"]),
        ]
    )

    def offered(self):
        return {"year": moment_years(self.queryset.order_by(), "decided_at")}


__all__ = [
    "AgreementFilterSet",
    "ArticleFilterSet",
    "Asked",
    "ClaimFilterSet",
    "CoalitionFilterSet",
    "CorrectionFilterSet",
    "EventFilterSet",
    "PartyFilterSet",
    "PersonFilterSet",
    "PledgeFilterSet",
    "SourceFilterSet",
    "TotalRowsFilterSet",
    "TotalsFilterSet",
]
