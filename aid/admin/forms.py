"""Forms whose broken rules are sentences at their field, and autocompletes that do not ask twice."""

import re
from decimal import Decimal

from django import forms
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.forms.models import BaseInlineFormSet

from aid.admin.embargoes import VanishingForm
from aid.admin.history import Reasoned
from aid.admin.states import StateForm
from aid.choices import PartyKind
from aid.dates import EDTFField
from aid.models.claims import Claim
from aid.models.parties import Party
from aid.models.pledges import Pledge
from aid.models.records import canonical_text
from aid.prose import KINDS
from aid.queries.uses import uses
from aid.rules.addresses import reasons_not_to_stand_at
from aid.rules.chains import ACTS, CHAINS, leads_back

UNKNOWN = "_unknown"

# Where the sentence of a broken rule stands: the first of these fields that the form has.
PLACES = {
    "amount": ["amount"],
    "field": ["field"],
    "preferred": ["rank"],
    "currency": ["currency"],
    "donor": ["donor"],
    "part_of": ["part_of", "supersedes"],
    "parent": ["parent"],
    "iso": ["iso_alpha2"],
    "order": ["ends_on", "left_on", "held_until"],
    "office": ["office"],
    "office_date": ["office"],
    "quotation_marks": ["text"],
    "reasoning": ["reasoning"],
    "source": ["source"],
    "supersedes": ["supersedes"],
    "text_immutable": ["text"],
    "withdrawn": ["withdrawn_why"],
}


def with_unix_lines(text):
    """The text with each line ending as a line feed. A browser sends others than the record has."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def is_given(value):
    """Whether an editor filled a field. Zero is given (and refused elsewhere); no rows chosen is not."""
    return bool(value) if isinstance(value, models.QuerySet) else value not in (None, "")


class FiguresField(forms.DecimalField):
    """A number as people write it: 12000000, 12,000,000, 12 000 000 or 12000000.50.

    It is a plain text field, because a browser's number field turns “12.000.000” and “12 million” into 12 without a
    word. What can be read in two ways is refused.
    """

    widget = forms.TextInput
    default_error_messages = {"invalid": "Write the amount in figures, such as 12000000 or 12,000,000."}
    # The point alone begins a fraction. A comma or a space groups by threes, the same one throughout.
    written = re.compile(r"-?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,3}(?: [0-9]{3})+)(?:\.[0-9]+)?")

    def widget_attrs(self, widget):
        return super().widget_attrs(widget) | {"inputmode": "decimal", "autocomplete": "off"}

    def to_python(self, value):
        if not isinstance(value, str) or not value.strip():
            return super().to_python(value)
        text = re.sub(r"\s", " ", value.strip())
        if not self.written.fullmatch(text):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        fraction = text.partition(".")[2]
        if self.decimal_places is not None and len(fraction) > self.decimal_places:
            raise ValidationError(
                f"More than {self.decimal_places} figures follow the point. Write thousands with commas or without "
                f"any mark: 12,000 or 12000.",
                code="max_decimal_places",
            )
        return super().to_python(re.sub("[, ]", "", text))


def is_key(value):
    """Whether a value can be a row's number. SQLite cannot look for a longer one."""
    return str(value).isascii() and str(value).isdecimal() and len(str(value)) < 19


class KeyField(forms.ModelChoiceField):
    """One row by its number. What is no number is a wrong choice, and is not looked up."""

    def to_python(self, value):
        if value in self.empty_values or isinstance(value, models.Model) or is_key(value):
            return super().to_python(value)
        raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice", params={"value": value})


class KeysField(forms.ModelMultipleChoiceField):
    """Several rows by their numbers."""

    def clean(self, value):
        wrong = [key for key in value or [] if not is_key(key)]
        if wrong:
            raise ValidationError(
                self.error_messages["invalid_choice"], code="invalid_choice", params={"value": wrong[0]}
            )
        return super().clean(value)


class KnownChoices:
    """Mixin for an autocomplete: rows that the form has loaded already are shown without another query."""

    known = ()

    @property
    def media(self):
        return super().media + forms.Media(js=["js/autocomplete-names.js"])

    def optgroups(self, name, value, attr=None):
        # What is no key at all is nobody's choice: the field says so, and nothing is looked up.
        value = [v for v in value if is_key(v)]
        found = {str(row.pk): row for row in self.known}
        wanted = [str(v) for v in value]
        if not wanted or not all(pk in found for pk in wanted):
            return super().optgroups(name, value, attr)
        options = []
        if not self.is_required and not self.allow_multiple_selected:
            options.append(self.create_option(name, "", "", False, 0))
        for index, pk in enumerate(wanted, len(options)):
            label = self.choices.field.label_from_instance(found[pk])
            options.append(self.create_option(name, pk, label, True, index))
        return [(None, options, 0)]


class KnownSelect(KnownChoices, AutocompleteSelect):
    pass


class KnownSelectMultiple(KnownChoices, AutocompleteSelectMultiple):
    pass


# The columns that lead to another row of the kind. That of envelopes is the ledger's rule about amounts.
LEADING = (*CHAINS, (Pledge, "part_of", "is part of"))


class DeskForm(forms.ModelForm):
    """A form for one row whose broken rules are sentences at the field they are about.

    A reason for an empty field is cleared when the field is filled, unless the editor chose that reason in this very
    form: then the two contradict each other, and the editor is asked.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            widget = getattr(field.widget, "widget", field.widget)
            if isinstance(widget, KnownChoices):
                widget.known = self._loaded(name)
            self._say_plainly(name, field)
            if name.endswith(UNKNOWN) and name.removesuffix(UNKNOWN) in self.fields:
                field.help_text = ""
            if isinstance(field, forms.DecimalField) and isinstance(self.initial.get(name), Decimal):
                # 91000000.00 reads worse than 91000000, and says no more.
                self.initial[name] = Decimal(canonical_text(self.initial[name]))

    def _say_plainly(self, name, field):
        """Gives the sentences of two common mistakes in the words of the page."""
        opts = self.instance._meta
        column = next((column for column in opts.fields if column.name == name), None)
        if column is not None and column.unique:
            kind, label = opts.verbose_name, str(field.label).lower()
            field.error_messages["unique"] = f"Another {kind} has this {label} already. Choose a different one."
        if isinstance(field, forms.SlugField):
            field.error_messages["invalid"] = (
                "Write letters, digits and hyphens only, without spaces: danish-cyber-support."
            )

    def clean_currency(self):
        return self.cleaned_data["currency"].upper()

    def _widget_data_value(self, widget, html_name):
        # Each value passes here, before it is compared with what was there and before it is cleaned. With a
        # browser's CRLF an untouched text would count as changed, and no claim would equal its column.
        value = super()._widget_data_value(widget, html_name)
        return with_unix_lines(value) if isinstance(value, str) else value

    def _loaded(self, name):
        """The related rows that came with the instance; none where looking would cost a query."""
        prefetched = getattr(self.instance, "_prefetched_objects_cache", {})
        if name in prefetched:
            return list(prefetched[name])
        row = self.instance._state.fields_cache.get(name)
        return [row] if row is not None else []

    def clean(self):
        cleaned = super().clean()
        for reason in [name for name in self.fields if name.endswith(UNKNOWN)]:
            field = reason.removesuffix(UNKNOWN)
            if field not in self.fields or field in self.errors or reason in self.errors:
                continue
            label = self.fields[field].label or field
            if is_given(cleaned.get(field)):
                if cleaned.get(reason) and reason in self.changed_data:
                    self.add_error(
                        reason,
                        ValidationError(
                            f"You gave a value for “{label}” and a reason why there is none. Clear one of the two.",
                            code="known_or_unknown",
                        ),
                    )
                else:
                    cleaned[reason] = ""
            elif not cleaned.get(reason):
                self.add_error(
                    reason,
                    ValidationError(
                        f"“{label}” is empty. Fill it, or choose the reason why there is no value.",
                        code="known_or_unknown",
                    ),
                )
        self._check_acts(cleaned)
        self._check_chains(cleaned)
        self.instance.typed = cleaned
        return cleaned

    def _check_acts(self, cleaned):
        for model, name, does in ACTS:
            party = cleaned.get(name) if isinstance(self.instance, model) else None
            if party is not None and party.kind == PartyKind.COLLECTIVE:
                self.add_error(
                    name,
                    ValidationError(
                        f"“{party}” is an unnamed collective, which can speak, but neither gives nor receives, joins "
                        f"nor signs. Choose the party that {does}.",
                        code="collective",
                    ),
                )

        if isinstance(self.instance, Party) and self.instance.pk and cleaned.get("kind") == PartyKind.COLLECTIVE:
            self._check_roles()

    def _check_roles(self):
        acting = ("pledges_given", "pledges_received", "memberships", "signatures")
        if any(getattr(self.instance, name).exists() for name in acting):
            self.add_error(
                "kind",
                ValidationError(
                    "This party gives, receives, is a member or signs, and an unnamed collective does none of these. "
                    "Choose another kind, or change those records first.",
                    code="collective",
                ),
            )

    def _check_chains(self, cleaned):
        row = self.instance
        for model, name, says in LEADING:
            other = cleaned.get(name) if isinstance(row, model) else None
            # What leads to itself at once is the model's own rule.
            if row.pk is None or other is None or other.pk == row.pk or name not in self.changed_data:
                continue
            if leads_back(row, name, other):
                self.add_error(
                    name,
                    ValidationError(
                        f"“{other}” itself {says} “{row}”, directly or through others. Choose another one, or change "
                        f"that first.",
                        code="circle",
                    ),
                )

    def _post_clean(self):
        super()._post_clean()
        if self.errors:
            return
        try:
            for constraint in self._constraints_off_the_form():
                constraint.validate(type(self.instance), self.instance)
        except ValidationError as error:
            self._update_errors(ValidationError({NON_FIELD_ERRORS: error.error_list}))

    def _constraints_off_the_form(self):
        """The checks that Django skips, because they read a column that no form has: a sortable day, or the id."""
        opts = self.instance._meta
        unseen = {"id"} | {
            f"{field.name}_{side}"
            for field in opts.fields
            if isinstance(field, EDTFField)
            for side in ("earliest", "latest")
        }
        return [
            constraint
            for constraint in opts.constraints
            if isinstance(constraint, models.CheckConstraint)
            and getattr(constraint.condition, "referenced_base_fields", set()) & unseen
        ]

    def _update_errors(self, errors):
        if hasattr(errors, "error_dict"):
            for error in errors.error_dict.pop(NON_FIELD_ERRORS, []):
                if error.code == "unique_together":
                    error.message = self._repeats(error)
                place = next((name for name in PLACES.get(error.code, []) if name in self.fields), NON_FIELD_ERRORS)
                errors.error_dict.setdefault(place, []).append(error)
        super()._update_errors(errors)

    def _repeats(self, error):
        opts = self.instance._meta
        names = [str(opts.get_field(name).verbose_name) for name in error.params["unique_check"]]
        return f"Another {opts.verbose_name} has the same {' and '.join(names)}. Look for it before you add one."


class RecordForm(VanishingForm, Reasoned, StateForm, DeskForm):
    """A form for a row with a page of its own on the desk."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk and "slug" in self.fields:
            if self.instance._meta.model_name in KINDS:
                self.fields[
                    "slug"
                ].help_text = (
                    "Change it only where it misleads. Readers who ask for the old one are sent on to the new one."
                )
            else:
                # It has no page, and its address is a place on the page of another.
                self.fields["slug"].disabled = True
                self.fields["slug"].help_text = "The address stays, so that links to it keep working."

    def clean_slug(self):
        slug = self.cleaned_data["slug"]
        for sentence in reasons_not_to_stand_at(slug, type(self.instance), self.instance.pk):
            raise ValidationError(sentence, code="former_address")
        return slug


class RowForm(DeskForm):
    """A form for a row within another record's form. A saved row that nobody touched is not checked again."""

    def _post_clean(self):
        if self.instance.pk is None or self.has_changed():
            super()._post_clean()


def in_use_sentence(row, found):
    """Why a row cannot be deleted, and what to do first."""
    sentences = [f"The {row._meta.verbose_name} “{row}” cannot be deleted, because it is in use."]
    for use in found:
        more = f" and {use.more} more" if use.more else ""
        sentences.append(f"{use.label}: {'; '.join(use.names)}{more}.")
        if any(isinstance(user, Claim) for user in use.rows):
            sentences.append("Withdraw each of these claims and delete it on its own page first.")
    return " ".join(sentences)


class RowFormSet(BaseInlineFormSet):
    """Rows of one kind within a record's form."""

    def clean(self):
        for form in self.forms:
            if form.instance.pk and self.can_delete and self._should_delete_form(form):
                found = uses(form.instance)
                if found:
                    raise ValidationError(in_use_sentence(form.instance, found), code="in_use")
        super().clean()

    def get_unique_error_message(self, unique_check):
        names = " and ".join(
            str(self.model._meta.get_field(name).verbose_name) for name in unique_check if name != self.fk.name
        )
        return f"Two {self.model._meta.verbose_name_plural} have the same {names}. Change or remove one."

    def get_form_error(self):
        return "This row repeats another one above."
