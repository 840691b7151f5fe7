from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import path

from aid.actions.pledges import follow_stages, stage_reached
from aid.admin.base import UNKNOWN_HELP, DeskAdmin, PartAdmin, RecordAdmin, RowInline, amount_text, date_text
from aid.admin.bulk import BulkActions
from aid.admin.claim_rows import claims_inline
from aid.admin.duplicates import NewPledgeForm, duplicates_view, panel
from aid.admin.fitting import Fits
from aid.admin.forms import RowForm, RowFormSet
from aid.models.pledges import Pledge, PledgeStage, Sector, Valuation
from aid.money import currencies
from aid.queries.desk import currencies_in_use, in_currency
from aid.rules.stages import reasons_against_steps

# Positions that are free for the moment in which two steps change places.
ASIDE = 10_000


class StageForm(RowForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "position" in self.fields:
            self.fields["position"].required = False
            self.fields["position"].help_text = "1, 2, 3 … in the order of time. Empty: after the others."
            if self.instance.pk is None:
                self.initial["position"] = None

    def clean_position(self):
        position = self.cleaned_data.get("position")
        if position is not None and not 1 <= position < ASIDE:
            raise ValidationError("Number the steps 1, 2, 3 and so on.", code="position")
        return position

    def _get_validation_exclusions(self):
        # Whether two steps have the same place is asked of all rows together, below: they may change places.
        return super()._get_validation_exclusions() | {"position"}


class StageFormSet(RowFormSet):
    """The steps of one pledge: at least one, each at a place of its own."""

    def clean(self):
        super().clean()
        rows = [form for form in self._kept() if not form.errors]
        last = max((form.cleaned_data.get("position") or 0 for form in rows), default=0)
        steps, forms = {}, {}
        for form in rows:
            position = form.cleaned_data.get("position")
            if position is None:
                last += 1
                position = last
            form.instance.position = position
            if position in steps:
                form.add_error(
                    "position",
                    ValidationError(f"Two stages are numbered {position}. Change one of them.", code="unique"),
                )
            steps[position] = form.instance.stage
            forms[position] = form
        if len(rows) == len(self._kept()):
            self.instance.stage = stage_reached(list(steps.items()))
            if self.has_changed() and len(forms) == len(rows):
                self._say_why_it_steps_back(forms)

    def _say_why_it_steps_back(self, forms):
        """Each step back needs its reason, also one that was none before a row between was taken away."""
        forms = {id(form.instance): form for _, form in sorted(forms.items())}
        for step, code, sentence in reasons_against_steps([form.instance for form in forms.values()]):
            forms[id(step)].add_error("back_why", ValidationError(sentence, code=code))

    def _kept(self):
        """The rows that stay or come: neither blank nor ticked for deletion."""
        return [
            form
            for form in self.forms
            if (form.instance.pk or form.has_changed()) and not (self.can_delete and self._should_delete_form(form))
        ]

    def validate_unique(self):
        """Whether two steps have one place is left to `clean`, which numbers them first."""

    def save(self, commit=True):
        self._step_aside([form.instance for form in self.initial_forms if "position" in form.changed_data])
        return super().save(commit)

    def _step_aside(self, steps):
        """Moves the saved rows out of the way, so that two steps can change places without meeting in one."""
        for step in steps:
            step.position += ASIDE
        PledgeStage.objects.bulk_update(steps, ["position"])
        for step in steps:
            step.position -= ASIDE


class StageInline(RowInline):
    model = PledgeStage
    form = StageForm
    formset = StageFormSet
    fieldsets = [
        (
            None,
            {"fields": [("stage", "wording", "position"), ("on", "on_unknown"), ("amount", "currency"), "back_why"]},
        )
    ]

    def get_extra(self, request, obj=None, **kwargs):
        return 0 if obj else 1


class ValuationInline(RowInline):
    model = Valuation
    fieldsets = [(None, {"fields": [("amount", "currency", "is_approximate"), ("rate_on", "rate_on_unknown")]})]


class CurrencyFilter(admin.SimpleListFilter):
    title = "currency"
    parameter_name = "currency"

    def lookups(self, request, model_admin):
        return [(code, f"{code} – {currencies().get(code, code)}") for code in currencies_in_use()]

    def queryset(self, request, queryset):
        return in_currency(queryset, self.value()) if self.value() else queryset


@admin.register(Pledge)
class PledgeAdmin(Fits, BulkActions, RecordAdmin):
    form = NewPledgeForm
    change_form_template = "admin/aid/pledge_form.html"
    list_display = ["title", "between", "stage", "money", "announced", "evidence"]
    list_filter = ["stage", "aid_type", "instrument", CurrencyFilter]
    list_select_related = ["donor", "recipient", "part_of", "coalition", "fund", "agreement", "supersedes"]
    search_fields = ["title", "slug", "donor__name", "recipient__name"]
    search_help_text = "Search in title, address, donor and recipient."
    date_hierarchy = "announced_on_earliest"
    prepopulated_fields = {"slug": ["title"]}
    inlines = [StageInline, ValuationInline, claims_inline("pledge")]
    evidence_related = ["beneficiaries", "sectors"]
    evidence_parts = ["stages", "valuations"]
    part_rows = {"stage_step": "stages", "valuation": "valuations"}
    fieldsets = [
        (
            None,
            {
                "description": "One party's support for another, as one announcement. It is one pledge however often "
                "sources repeat it: look for it before you add it. What the source says about how far it has come "
                "goes into the stages, and an amount in a second currency into the valuations.",
                "fields": [
                    ("title", "slug"),
                    ("donor", "recipient"),
                    ("beneficiaries", "beneficiaries_unknown"),
                ],
            },
        ),
        (
            "Amount and kind",
            {
                "description": f"The amount stands in the source's own currency, to the last figure it gives. "
                f"{UNKNOWN_HELP} Never write zero for an amount that is not stated.",
                "fields": [
                    ("amount", "currency", "is_approximate", "amount_unknown"),
                    ("aid_type", "aid_type_unknown"),
                    ("instrument", "instrument_unknown"),
                    ("sectors", "sectors_unknown"),
                    ("purposes", "purposes_unknown"),
                ],
            },
        ),
        (
            "When",
            {
                "description": "Write a date as the source has it: 2024-01-24, 2024-01, 2024?-01-24 (year "
                "uncertain), XXXX-01-24 (year not stated). A year that you worked out is a claim with the basis "
                "“inferred”.",
                "fields": [("announced_on", "announced_on_unknown"), ("period", "period_unknown")],
            },
        ),
        (
            "What it belongs to",
            {
                "description": "Only what a source says. That two things stand in one paragraph does not join them.",
                "fields": [
                    ("coalition", "coalition_unknown"),
                    ("fund", "fund_unknown"),
                    "agreement",
                    ("part_of", "supersedes"),
                ],
            },
        ),
    ]

    @admin.display(description="from → to", ordering="donor__name")
    def between(self, pledge):
        return f"{pledge.donor} → {pledge.recipient}"

    @admin.display(description="amount", ordering="amount")
    def money(self, pledge):
        return amount_text(pledge)

    @admin.display(description="announced", ordering="announced_on_latest")
    def announced(self, pledge):
        return date_text(pledge, "announced_on")

    # Pledges that may be the one in the form

    class Media:
        js = ["js/duplicates.js"]

    def get_urls(self):
        looked_for = self.admin_site.admin_view(self.duplicates_view)
        return [path("duplicates/", looked_for, name="aid_pledge_duplicates"), *super().get_urls()]

    def duplicates_view(self, request):
        if not self.has_view_permission(request):
            raise PermissionDenied
        return duplicates_view(request)

    def _create_formsets(self, request, obj, change):
        formsets, inlines = super()._create_formsets(request, obj, change)
        obj.valuation_rows = next((formset.forms for formset in formsets if formset.model is Valuation), ())
        return formsets, inlines

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if self.has_change_permission(request, obj) if change else self.has_add_permission(request):
            form = context["adminform"].form
            context["duplicates"] = panel(form.duplicates) | {"ticked": form.is_seen}
        return super().render_change_form(request, context, add, change, form_url, obj)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        follow_stages(form.instance)


@admin.register(Sector)
class SectorAdmin(DeskAdmin):
    list_display = ["name", "vocabulary", "code"]
    list_filter = ["vocabulary"]
    search_fields = ["name", "code"]
    fieldsets = [
        (
            None,
            {
                "description": "A field of support. COFOG codes are the United Nations'; the newsroom's own list "
                "says more exactly what is meant.",
                "fields": ["name", ("vocabulary", "code")],
            },
        )
    ]


@admin.register(PledgeStage)
class PledgeStageAdmin(PartAdmin):
    list_display = ["stage", "pledge", "position", "day"]
    list_select_related = ["pledge"]
    search_fields = ["pledge__title", "wording"]
    view_on_site = False

    @admin.display(description="date", ordering="on_latest")
    def day(self, step):
        return date_text(step, "on")


@admin.register(Valuation)
class ValuationAdmin(PartAdmin):
    list_display = ["pledge", "equivalent", "rate_on"]
    list_select_related = ["pledge"]
    search_fields = ["pledge__title", "currency"]

    @admin.display(description="equivalent", ordering="amount")
    def equivalent(self, valuation):
        return amount_text(valuation)
