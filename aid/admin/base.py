"""What every page of the desk shares: forms that say what is wrong, autocompletes that do not ask twice, evidence."""

import re
from collections import Counter
from functools import partial

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.db import IntegrityError, models, transaction
from django.http import HttpResponseRedirect
from django.utils import dateformat, timezone
from django.utils.html import format_html
from django.utils.text import smart_split

from aid.actions.addresses import keep_address
from aid.actions.claims import record_claims
from aid.actions.records import delete_record
from aid.admin.changes import Audited
from aid.admin.drafting import Autosaves, Presences
from aid.admin.embargoes import Embargoes
from aid.admin.forms import (
    UNKNOWN,
    FiguresField,
    KeyField,
    KeysField,
    KnownSelect,
    KnownSelectMultiple,
    RecordForm,
    RowForm,
    RowFormSet,
    is_key,
)
from aid.admin.history import RecordHistory
from aid.admin.lines import linked, use_lines
from aid.admin.moments import MOMENT
from aid.admin.published import AsksFirst
from aid.admin.states import StateAdmin
from aid.admin.withdrawals import Withdrawals
from aid.choices import Rank, Unknown
from aid.dates import spoken
from aid.models.claims import PARTS
from aid.money import short
from aid.queries.desk import best_first, days_by
from aid.queries.provenance import Dossier, dossier
from aid.queries.readings import date_text as dated
from aid.queries.readings import plural
from aid.queries.uses import parts_that_go, uses

LONGEST_SEARCH = 10
# What an address can fill in of a new claim in a record's form.
CLAIM_FROM_ADDRESS = ("source", "quote", "about", "basis", "rank", "wording", "value", "reasoning")

UNKNOWN_HELP = (
    "Where a field is empty, say why: “not stated” once the sources were read for it, “not looked for yet” until "
    "then. The reason goes away by itself when you fill the field."
)


def amount_text(row):
    """An amount as people say it, "about" where the source says so; else why there is none."""
    if row.amount is None:
        return unknown_text(row, "amount")
    return f"{'about ' if getattr(row, 'is_approximate', False) else ''}{row.currency} {short(row.amount)}"


def date_text(row, field):
    """A date as a reader would say it, and what of it is inferred; else why there is none.

    Where the row's claims are not at hand, an uncertain date has its EDTF text beside it.
    """
    value = getattr(row, field)
    if not value:
        return unknown_text(row, field)
    if field not in getattr(row, "claimed_fields", ()) or not is_loaded(row, "claims"):
        return f"{spoken(value)}, {value}" if re.search("[?~%]", value) else spoken(value)
    preferred = (claim for claim in row.claims.all() if claim.rank == Rank.PREFERRED and not claim.part_name)
    basis = next((claim.basis for claim in preferred if claim.field == field), "")
    return dated(value, basis)


def is_loaded(row, relation):
    """Whether the rows of a relation have been fetched, so that asking for them costs no query."""
    return relation in getattr(row, "_prefetched_objects_cache", {})


def day_text(moment):
    """The day of a moment in the site's time zone: "24 January 2024"."""
    return dateformat.format(timezone.localtime(moment), "j F Y")


def moment_text(moment):
    """ "24 January 2024, 15:30" """
    return dateformat.format(timezone.localtime(moment), "j F Y, H:i")


def value_text(row, field):
    value = getattr(row, field)
    return value if value not in (None, "") else unknown_text(row, field)


def unknown_text(row, field):
    code = getattr(row, f"{field}{UNKNOWN}", "")
    return format_html('<span class="unknown">{}</span>', Unknown(code).label if code in Unknown.values else "–")


def evidence_text(dossier):
    """ "16 of 17 fields supported", marked where some are not."""
    state = "supported" if dossier.supported == dossier.valued else "unsupported"
    noun = "field" if dossier.valued == 1 else "fields"
    return format_html(
        '<span class="evidence {}">{} of {} {} supported</span>', state, dossier.supported, dossier.valued, noun
    )


class DeskFields:
    """Mixin: the fields of the desk's forms. A reference to another record is found by typing, never picked from a
    list of thousands; an amount is written as people write it."""

    formfield_overrides = {
        models.DecimalField: {"form_class": FiguresField},
        models.URLField: {"assume_scheme": "https"},
        models.DateTimeField: MOMENT,
    }

    def get_autocomplete_fields(self, request):
        return [
            field.name
            for field in [*self.opts.fields, *self.opts.many_to_many]
            if field.is_relation and field.editable and self.admin_site.is_registered(field.related_model)
        ]

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if "widget" not in kwargs and db_field.name in self.get_autocomplete_fields(request):
            kwargs["form_class"] = KeyField
            kwargs["widget"] = KnownSelect(db_field, self.admin_site, using=kwargs.get("using"))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["form_class"] = KeysField
            kwargs["widget"] = KnownSelectMultiple(db_field, self.admin_site, using=kwargs.get("using"))
        return super().formfield_for_manytomany(db_field, request, **kwargs)


class DeskChangeList(ChangeList):
    """A list whose drill-down by date is asked of the database alone."""

    def get_queryset(self, *args, **kwargs):
        queryset = super().get_queryset(*args, **kwargs)
        queryset.dates = partial(days_by, queryset)
        return queryset


class DeskAdmin(Withdrawals, Embargoes, RecordHistory, Presences, Autosaves, StateAdmin, DeskFields, Audited):
    """A list and a form of the desk."""

    form = RecordForm
    list_per_page = 50
    list_max_show_all = 200
    show_full_result_count = False
    save_on_top = False
    # A list of parts has no line of its own on the desk: they are reached by their record.
    is_part = False
    # What the names of related rows are made of, where a row's own columns do not suffice.
    names_need = ()
    loads_many = True

    def get_model_perms(self, request):
        return {} if self.is_part else super().get_model_perms(request)

    def get_changelist(self, request, **kwargs):
        return DeskChangeList

    def get_queryset(self, request):
        queryset = super().get_queryset(request)
        if self.is_page(request, "change"):
            related = [field for field in self.opts.fields if field.is_relation and field.editable]
            queryset = queryset.select_related(*(field.name for field in related), *self.names_need)
            if self.loads_many:
                queryset = queryset.prefetch_related(*(field.name for field in self.opts.many_to_many))
        return queryset

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else super().get_prepopulated_fields(request, obj)

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if change and "slug" in form.changed_data:
            rewritten = keep_address(obj, form.initial["slug"], request.user)
            more = f" {plural(rewritten, 'claim')} that name it say so now." if rewritten else ""
            messages.info(request, f"Readers who ask for “{form.initial['slug']}” are sent on to “{obj.slug}”.{more}")

    def get_search_results(self, request, queryset, search_term):
        # Each word is a condition on each field, and SQLite takes no more than a thousand of them.
        words = list(smart_split(search_term))
        if len(words) > LONGEST_SEARCH:
            search_term = " ".join(words[:LONGEST_SEARCH])
        rows, may_repeat = super().get_search_results(request, queryset, search_term)
        if search_term.strip() and not self.is_page(request, "changelist"):
            # An autocomplete shows twenty rows; who types “Ukraine” wants Ukraine before its armed forces.
            rows = best_first(rows, self.search_fields[0], search_term.strip())
        return rows, may_repeat

    # Deleting

    def get_deleted_objects(self, objs, request):
        """What goes, how much of it, whose deletion this account lacks, and what uses it: then nothing goes.

        A record's parts go with it, whether or not the account may delete them by themselves.
        """
        objs = list(objs)
        in_use = [(row, found) for row in objs if (found := uses(row))]
        if in_use:
            told = [use_lines(found) for _, found in in_use]
            if len(objs) == 1:
                return [], {}, set(), told[0]
            return [], {}, set(), [
                line for (row, _), lines in zip(in_use, told, strict=True) for line in (linked(row), lines)
            ]  # fmt: skip
        going, counts = [], Counter()
        for row in objs:
            parts = parts_that_go(row)
            going += [linked(row), *([[linked(part) for part in parts]] if parts else [])]
            counts.update(str(gone._meta.verbose_name_plural) for gone in (row, *parts))
        lacking = {str(self.opts.verbose_name) for row in objs if not self.has_delete_permission(request, row)}
        return going, counts, lacking, []

    def delete_model(self, request, obj):
        delete_record(obj, request.user)

    @transaction.atomic
    def delete_queryset(self, request, queryset):
        for row in queryset:
            delete_record(row, request.user)

    def changelist_view(self, request, extra_context=None):
        if not all(is_key(key) for key in request.POST.getlist("_selected_action")):
            messages.error(request, "Nothing was done: a row that was chosen does not exist. Choose the rows again.")
            return HttpResponseRedirect(request.get_full_path())
        if len(list(smart_split(request.GET.get("q", "")))) > LONGEST_SEARCH:
            messages.warning(request, f"Only the first {LONGEST_SEARCH} words were searched for.")
        title = self.opts.verbose_name_plural
        return super().changelist_view(request, {"title": title[:1].upper() + title[1:], **(extra_context or {})})

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except IntegrityError:
            # Somebody saved between this form's checks and its saving. Checked once more, it says what they saved.
            return super().changeform_view(request, object_id, form_url, extra_context)


class PartAdmin(DeskAdmin):
    """A row that is edited in its record's form; here only to be found by an autocomplete or a link."""

    is_part = True

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class RowInline(DeskFields, admin.StackedInline):
    """Rows of a record, in its form."""

    form = RowForm
    formset = RowFormSet
    extra = 0
    classes = ["rows"]
    view_on_site = False


class RecordAdmin(AsksFirst, DeskAdmin):
    """A record with its claims beside it, and with a word about each value that no claim supports."""

    # What the list's evidence needs beside the row itself, so that it costs the same for 1 row and for 50.
    evidence_related = ()
    evidence_parts = ()
    # The parts of the record that have claims: {the claim's column: the name of the rows on the record}.
    part_rows = {}

    def get_queryset(self, request):
        queryset = super().get_queryset(request)
        if self.is_page(request, "changelist"):
            queryset = queryset.prefetch_related("claims", *self.evidence_related, *self.evidence_parts)
        return queryset

    @admin.display(description="evidence")
    def evidence(self, row):
        parts = [part for name in self.part_rows.values() for part in getattr(row, name).all()]
        return evidence_text(Dossier(row, parts, row.claims.all()))

    def get_object(self, request, object_id, from_field=None):
        record = super().get_object(request, object_id, from_field)
        if record is not None and request.method == "POST" and self.is_page(request, "change"):
            # A claim has a page of its own, so the record's lock does not hold it still.
            list(record.claims.select_for_update().values_list("pk"))
        return record

    def _create_formsets(self, request, obj, change):
        formsets, inlines = super()._create_formsets(request, obj, change)
        rows = {formset.model._meta.label: formset for formset in formsets}
        for formset in formsets:
            if hasattr(formset, "beside"):
                formset.beside = {
                    part: rows[label]
                    for part, (label, owner) in PARTS.items()
                    if owner == formset.fk.name and label in rows
                }
        return formsets, inlines

    def get_formset_kwargs(self, request, obj, inline, prefix):
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        if request.method == "GET" and hasattr(inline.formset, "places") and "claim_quote" in request.GET:
            # The source's page sends a sentence here on which no record rests yet, and the test of currencies and
            # years a claim that an editor takes up.
            named = {name: request.GET.get(f"claim_{name}") for name in CLAIM_FROM_ADDRESS}
            kwargs["initial"] = [{name: value for name, value in named.items() if value is not None}]
        return kwargs

    def save_formset(self, request, form, formset, change):
        if not hasattr(formset, "beside"):
            super().save_formset(request, form, formset, change)
            return
        record_claims(formset.save(commit=False), request.user)
        formset.save_m2m()
        for row in formset.forms:
            if row.has_changed():
                row.cut()

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        warn(request, form.instance)


def warn(request, record):
    """Says which values the claims do not bear out. The record is saved all the same, and readers see it."""
    bare = []
    for found in dossier(type(record).objects.get(pk=record.pk)).undocumented:
        place = found.label if found.target == record else f"{found.target}: {found.label.lower()}"
        if found.is_missing:
            bare.append(place)
        else:
            value = f"“{found.value}”" if found.value else "empty"
            messages.warning(
                request,
                f"{place} is {value}, but its preferred claim says “{found.preferred.value}”. Readers see what you "
                f"saved. Add a claim that says the same and make the other one an alternative, or change the field "
                f"back.",
            )
    if bare:
        messages.warning(
            request,
            f"No preferred claim supports: {', '.join(bare)}. The values are saved, and the desk lists them as "
            f"broken until a claim says where each comes from.",
        )
