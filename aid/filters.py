"""The filters of the public lists, and what a list says about the values that it cannot use."""

import datetime
from functools import cached_property, partial

import django_filters
from django import forms
from django.db.models import Case, Exists, F, OuterRef, Q, TextField, Value, When
from django.db.models.functions import Cast, ExtractYear
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from aid import choices, nouns
from aid.formats import number
from aid.models import (
    ArticleRevision,
    Claim,
    Coalition,
    Membership,
    Office,
    Party,
    Pledge,
    Sector,
    Signatory,
    Source,
)
from aid.models.parties import NAME, name_here
from aid.queries import summing
from aid.queries.chosen import PARAMETER
from aid.queries.counting import Counting
from aid.queries.divisions import DIVISIONS, is_doubted, only_year
from aid.queries.facets import (
    Found,
    Offer,
    Own,
    column,
    either,
    facets_of,
    flags,
    linked,
    moment_year,
    reference,
    taken,
    years,
)
from aid.queries.public import Listed

LONGEST_VALUE = 200
SHOWN = 60
MOST_SENTENCES = 12
UNKNOWN = "unknown"
YEAR_UNKNOWN = _("year not known")
NONE_RECORDED = _("none recorded")
COMPUTED = "computed"
MOST_YEARS = 150
# What an address says beside the filters: which page of the list, shown how, as of which moment, in which currency.
NO_FILTERS = ("page", "as_of", "view", "columns", PARAMETER)


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
        facets = self.filterset.facets
        if self.filterset.errors:
            for name in self.filterset.errors:
                if name in values:
                    self._ignore(self.filterset.filters[name].wrong(values.pop(name)))
            self.filterset = filterset_class(values, records, public, facets)
        for name, sentence in self.filterset.unusable_together(values):
            self._ignore(sentence)
            values.pop(name)
            self.filterset = filterset_class(values, records, public, facets)
        self.values = self.filterset.asked_for = values
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


def naming(rows, column, named_by="pk"):
    """The condition that one of the rows names a row in this column."""
    return Exists(rows.order_by().filter(**{column: OuterRef(named_by)}))


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
        for each in columns:
            anywhere |= Q(**{f"{each}__icontains": word})
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
    """A public list's filters, and how many rows fit each value of each.

    `kinds` says of each filter by what its rows are found, so that they can be counted; a filter that is none of them
    asks the database. The values of those in `found` are what the records hold: they are of what is `public`, as the
    rows are.
    """

    kinds = {}
    found = {}
    # What an address can say of a list that narrows it down in no way.
    no_filters = ("sort",)

    def __init__(self, data, queryset, public, facets=None):
        self.public = public
        self.asked_for, self._found_besides = {}, {}
        # Sorting by nothing must still sort: the first order is the list's own.
        super().__init__({"sort": self.default_sort(), **data}, queryset=queryset)
        self.facets = facets or facets_of(
            self.kept_as,
            queryset,
            self.kinds,
            public,
            self.named_rows,
            self.kept_rows(),
            self.kept_columns,
            *self.first_order(),
        )
        for name, more in self.found.items():
            self.filters[name].extra["choices"] = [*self.held_values(name), *more]

    # A large table's list says by which name what it counts is kept, of which rows, with which columns.
    kept_as = ""
    kept_columns = ()

    @classmethod
    def kept_rows(cls):
        return None

    @classmethod
    def default_sort(cls):
        return next(iter(cls.base_filters["sort"].orders))

    @classmethod
    def first_order(cls):
        """The name and the columns of the list's own order."""
        order = next(cls.base_filters["sort"] for cls in cls.__mro__ if "sort" in getattr(cls, "base_filters", {}))
        return next(iter(order.orders.items()))

    def rows(self, model):
        """The public rows of a model."""
        return self.public.of(model.objects.order_by())

    def named_rows(self, models):
        """What values can name: {model: [(address, name, number, what a name in another language follows from)]}, in
        the alphabetical order of the names as the desk wrote them. One query."""
        is_kept, wanted = self.kept_as and not self.public.is_past, []
        for place, model in enumerate(models):
            rows = model.objects.all() if is_kept else self.public.of(model.objects.all())
            more = [Cast(name, TextField()) if model is Party else Value("") for name in NAME[1:]]
            wanted.append(
                rows.order_by().values_list(
                    Value(place), F(key_of(model)), Cast(label_of(model), TextField()), F("pk"), *more
                )
            )
        found = {model: [] for model in models}
        for place, address, name, key, *more in wanted[0].union(*wanted[1:], all=True) if wanted else ():
            found[models[place]].append((address, name, key, more))
        return {model: sorted(rows, key=lambda row: (row[1].casefold(), row[2])) for model, rows in found.items()}

    def held_values(self, name):
        """The values that public rows hold, with what they are called."""
        facets, kind = self.facets, self.kinds[name]
        if kind.model:
            return [
                (one.value, called(kind.model, one))
                for one in facets.index.names[name]
                if facets.held(name, one.value) & facets.visible and self.public.keeps(kind.model, one.number)
            ]
        held = sorted((value for value in facets.values(name) if value != UNKNOWN), reverse=kind.is_newest_first)
        unknown = [(UNKNOWN, kind.unknown)] if kind.unknown and UNKNOWN in facets.values(name) else []
        return [*((value, value) for value in held[:MOST_YEARS]), *unknown]

    def unusable_together(self, values):
        """(name, sentence) for each value that means nothing without another one."""
        return []

    # What was asked for, counted

    def _besides(self, without=""):
        """The set of the rows that fit the filters that are no facets; None where none is on. One query, once."""
        asked = [name for name in self.asked_for if name not in (*self.kinds, *self.no_filters, without)]
        if not asked:
            return None
        if tuple(asked) not in self._found_besides:
            rows = self.kept_rows() if self.facets.is_kept else self.queryset
            for name in asked:
                rows = self.filters[name].filter(rows, self.form.cleaned_data[name])
            found = self.facets.index.of_numbers(rows.order_by().values_list("pk", flat=True))
            self._found_besides[tuple(asked)] = found
        return self._found_besides[tuple(asked)]

    def selected(self, without=""):
        """The set of the rows that fit what was asked for, but for the filter `without`."""
        asked = {name: value for name, value in self.asked_for.items() if name in self.kinds}
        return self.facets.selected(asked, self._besides(without), without)

    def listed(self):
        """What was asked for, in its order."""
        order = self.asked_for.get("sort") or self.default_sort()
        return Found(self.facets, self.selected(), self.queryset, order, self.base_filters["sort"].orders[order])

    def offers(self):
        """For each filter that can be counted, the values that lead somewhere: [(name, label, Offers)]."""
        for name in self.kinds:
            if name not in self.form.fields or name in self.not_offered:
                continue
            among, on = self.selected(without=name), self.asked_for.get(name)
            offers = [
                Offer(value, label, self.facets.count(name, value, among), value == on)
                for value, label in self.filters[name].extra["choices"]
            ]
            offers = [one for one in offers if one.count or one.is_on]
            if offers:
                yield name, self.filters[name].label, offers

    # Facets of which the list has another control.
    not_offered = ()


def key_of(model):
    """The column of a model by which addresses name its rows."""
    return "code" if model is Sector else "slug"


def label_of(model):
    return "title" if model is Source else "name"


def called(model, name):
    """What a record is called in the language of the page."""
    if model is Party:
        return name_here(name.label, *name.more)
    return nouns.sector(name.label) if model is Sector else name.label


def through(rows, column, value):
    """For a facet: the rows of another model that give (row, value), of those that are public."""

    def pairs(among, public):
        found = rows() if public is None else public.of(rows())
        if public is not None:
            found = found.filter(**{f"{column}__in": among.order_by().values("pk")})
        return found.order_by().values_list(column, value)

    return pairs


def amount_claims():
    """The preferred claims of the pledges' whole amounts."""
    claims = Claim.objects.preferred().filter(field="amount", pledge__isnull=False)
    return claims.filter(valuation__isnull=True, stage_step__isnull=True)


def bases(pledges, public):
    """(pledge, field, basis) of the preferred claims of whole amounts and of the days of announcements."""
    claims = Claim.objects.preferred().filter(field__in=("amount", "announced_on"), pledge__isnull=False)
    claims = claims.filter(valuation__isnull=True, stage_step__isnull=True).order_by()
    return (claims if public is None else public.of(claims)).values_list("pledge_id", "field", "basis")


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

    kept_as = "pledges"
    kept_columns = summing.COLUMNS
    kinds = {
        "donor": reference("donor", Party),
        "recipient": reference("recipient", Party),
        "stage": column("stage"),
        "aid_type": column("aid_type", UNKNOWN),
        "instrument": column("instrument", UNKNOWN),
        "sector": linked(through(Pledge.sectors.through.objects.all, "pledge_id", "sector_id"), Sector, UNKNOWN),
        "coalition": reference("coalition", Coalition, UNKNOWN),
        "year": years("announced_on", UNKNOWN, YEAR_UNKNOWN),
        "amount": either("amount", lambda amount: UNKNOWN if amount is None else "stated"),
        "stated_in": column("currency"),
        "basis": taken(bases, lambda field, basis: basis if field == "amount" else ""),
        "only_year": Own(
            ("announced_on_earliest", "announced_on_latest"),
            lambda earliest, latest: (only_year(earliest, latest),),
            is_newest_first=True,
        ),
        summing.DOUBTED: either("announced_on", is_doubted),
        summing.DATE_BASIS: taken(bases, lambda field, basis: basis if field == "announced_on" else ""),
    }
    found = {"donor": (), "recipient": (), "sector": (), "coalition": (), "year": (), "stated_in": ()}

    @classmethod
    def kept_rows(cls):
        return Pledge.objects.all()

    @cached_property
    def counting(self):
        """What decides which of the pledges count, read once."""
        return Counting(self.public, summing.tied_rows(self.facets.index))

    def adding_up(self, chosen=None):
        """What adds up sets of the pledges."""
        return summing.Summing(self.facets, self.counting, chosen)

    def with_amount_basis(self, queryset, name, value):
        return queryset.filter(naming(self.public.of(amount_claims().filter(basis=value)), "pledge"))

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

    found = PledgeFilterSet.found | {
        "sector": ((UNKNOWN, NONE_RECORDED),),
        "coalition": ((UNKNOWN, NONE_RECORDED),),
        "only_year": ((UNKNOWN, _("year not stated, or several")),),
    }
    no_filters = ("sort", "status", "by")

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

    @property
    def withdrawn(self):
        """The pledges that fit what was asked for and were withdrawn."""
        rows = self.public.named(Pledge.objects.taken_back(self.public.at)).select_related("donor", "recipient")
        return super().filter_queryset(rows)

    @cached_property
    def judged(self):
        """All that the filters find, judged together: `status` changes no total."""
        return self.adding_up().judged(self.selected())

    def with_status(self):
        """The set of those of the judged that have the status asked for."""
        status = self.asked_for.get("status")
        return self.judged.with_status(status, STEP) if status else self.judged.held

    def listed(self):
        found = super().listed()
        found.mask = self.with_status()
        return found

    def filter_queryset(self, queryset):
        rows = super().filter_queryset(queryset)
        return rows.filter(pk__in=Listed(self.facets.index.members(self.with_status())))


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

    kinds = {"member": linked(through(Membership.objects.counted, "coalition_id", "party_id"), Party)}
    found = {"member": ()}


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

    kinds = {
        "kind": column("kind"),
        "party": linked(through(Signatory.objects.all, "agreement_id", "party_id"), Party),
        "year": years("signed_on", UNKNOWN, YEAR_UNKNOWN),
    }
    found = {"party": (), "year": ()}


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

    kinds = {
        "kind": column("kind"),
        "series": reference("series", Party),
        "year": years("starts_on", UNKNOWN, YEAR_UNKNOWN),
    }
    found = {"series": (), "year": ()}


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
    kinds = {
        "kind": column("kind"),
        "role": flags(
            **{
                role: f"plays_{role}"
                for role in ("donor", "recipient", "member", "signatory", "speaker", "publisher")
            }
        ),
    }


class PersonFilterSet(ListFilterSet):
    party = Through(Office, "person_id", "party__slug", label=_("Party"))
    words = Words(label=_("Words in the name"), method=partial(has_words, columns=("name",)))
    sort = Sort([("name", _("name, A to Z"), ["name", "id"]), ("name-down", _("name, Z to A"), ["-name", "-id"])])

    kinds = {"party": linked(through(Office.objects.all, "person_id", "party_id"), Party)}
    found = {"party": ()}


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

    kept_as = "claims"
    kinds = {
        "source": reference("source", Source, COMPUTED),
        "basis": column("basis"),
        "rank": column("rank"),
        "verified": either("verified_by_id", lambda number: "yes" if number else "no"),
    }
    found = {"source": ((COMPUTED, _("none, computed here")),)}

    @classmethod
    def kept_rows(cls):
        return Claim.objects.standing().of_facts()

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

    kinds = {
        "kind": column("kind"),
        "official": either("is_official", lambda is_so: "yes" if is_so else "no"),
        "publisher": reference("publisher", Party, UNKNOWN),
    }
    found = {"publisher": ((UNKNOWN, _("not known")),)}

    def by_publisher(self, queryset, name, value):
        if value == UNKNOWN:
            return queryset.filter(publisher__isnull=True)
        return queryset.filter(publisher__slug=value)


def topics_of(articles, public):
    """(article, topic) of what readers read."""
    found = articles.order_by().filter(edition__revision__topics__isnull=False)
    return found.values_list("pk", "edition__revision__topics")


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

    kinds = {
        "section": column("edition__revision__section"),
        "topic": linked(topics_of, Sector),
        "year": moment_year("published_at"),
    }
    found = {"topic": (), "year": ()}


class CorrectionFilterSet(ListFilterSet):
    kind = Choice(label=_("Kind"), choices=choices.CorrectionKind.choices)
    year = Choice(label=_("Year"), field_name="decided_at", lookup_expr="year")
    sort = Sort(
        [
            ("newest", _("newest first"), ["-decided_at", "-id"]),
            ("oldest", _("oldest first"), ["decided_at", "id"]),
        ]
    )

    kinds = {"kind": column("kind"), "year": moment_year("decided_at")}
    found = {"year": ()}


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
