"""What every record shares: an address, the fields that need evidence, and how a value is written down."""

import datetime
import secrets
from decimal import Decimal

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Length, Upper
from django.utils import timezone

from aid import nouns
from aid.choices import Unknown
from aid.money import Money, validate_currency

# SQLite keeps fifteen digits of a decimal number exactly; two of them are for cents.
LARGEST_AMOUNT = Decimal(10) ** 13

SLUG_HELP = "The last part of the page's address: lower case, words joined by hyphens. Keep it once it is public."


class RecordQuerySet(models.QuerySet):
    def get_by_natural_key(self, *key):
        """The row that a key names, by its address or by one that it had: a document may still write that."""
        try:
            return self.get(**dict(zip(self.model.natural_key_fields, key, strict=True)))
        except self.model.DoesNotExist:
            if self.model.natural_key_fields != ("slug",):
                raise
            had = apps.get_model("aid.FormerAddress").objects.filter(kind=self.model._meta.model_name, slug=key[0])
            return self.get(pk__in=had.values("record"))

    def free(self, at=None):
        """Those whose own embargo is over at a moment (now, if none is given). What they rest on or name can be
        under embargo still: queries/public.py knows."""
        return self.filter(Q(embargo_until__isnull=True) | Q(embargo_until__lte=at or timezone.now()))

    def embargoed(self, at=None):
        """Those under an embargo of their own at a moment."""
        return self.filter(embargo_until__gt=at or timezone.now())

    def standing_at(self, at=None):
        """Those that have not been withdrawn at a moment."""
        return self.filter(Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gt=at or timezone.now()))

    def taken_back(self, at=None):
        """Those that have been withdrawn at a moment."""
        return self.filter(withdrawn_at__lte=at or timezone.now())


def counted(rows, column):
    """How many of the rows name each row of a query in this column, as an expression of it.

    A subquery: the database then counts for the rows of one page, not for all of them first.
    """
    own = rows.order_by().filter(**{column: OuterRef("pk")}).values(column)
    return Coalesce(Subquery(own.annotate(number=Count("pk")).values("number")), 0)


class Keyed(models.Model):
    """A row that other rows and fixtures name by its natural key instead of its number."""

    natural_key_fields = ("slug",)

    objects = RecordQuerySet.as_manager()

    class Meta:
        abstract = True

    def natural_key(self):
        """The values that name this row; a foreign key stands as its own natural key."""
        values = []
        for path in self.natural_key_fields:
            value = self
            for name in path.split("__"):
                value = getattr(value, name)
            values.append(value)
        return tuple(values)


class Evidenced(Keyed):
    """A row whose values need evidence.

    `claimed_fields` are the columns that assert something about the world. Each that holds a value needs exactly
    one preferred claim that says the same; each that holds none says why in `<field>_unknown`, where it has one.
    """

    claimed_fields = ()

    class Meta:
        abstract = True

    def canonical(self, field):
        """The value of a claimed field as the text that a claim states; "" where it holds none.

        A party is its slug, several are joined by "; " in order, an amount is its shortest exact figures.
        Reads the related rows of a many-to-many field, so prefetch those.
        """
        value = getattr(self, field)
        if isinstance(value, models.Manager):
            return "; ".join(sorted(canonical_text(row) for row in value.all()))
        return canonical_text(value)

    def unknown(self, field):
        """Why a field holds no value, as an Unknown, or None where it holds one or has no such column."""
        code = getattr(self, f"{field}_unknown", "")
        return Unknown(code) if code in Unknown.values else None

    @classmethod
    def field_label(cls, field):
        """A field's name as people read it, capitalised as in a table's first column."""
        try:
            label = cls._meta.get_field(field).verbose_name
        except FieldDoesNotExist:
            # A row that no form let through; the ledger names it, and pages still stand.
            label = field.replace("_", " ")
        return nouns.field(label)


class ChangedAtField(models.DateTimeField):
    """The moment of the last save. Unlike auto_now it has a default, for loaddata leaves out what save() does."""

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("default", timezone.now)
        kwargs.setdefault("editable", False)
        super().__init__(*args, **kwargs)

    def pre_save(self, model_instance, add):
        if hasattr(model_instance, "history_date"):
            # A row of the history keeps the moment of the row that it copies.
            return super().pre_save(model_instance, add)
        moment = timezone.now()
        setattr(model_instance, self.attname, moment)
        return moment


class Record(Evidenced):
    """A row with a public page of its own."""

    slug = models.SlugField("address", max_length=80, unique=True, help_text=SLUG_HELP)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = ChangedAtField()
    embargo_until = models.DateTimeField(
        null=True,
        blank=True,
        db_index=True,
        help_text="Until then no reader sees it, nor anything that names it or rests on it.",
    )
    review_by = models.DateField(
        null=True,
        blank=True,
        db_index=True,
        help_text="The day by which somebody looks whether it still holds.",
    )

    class Meta:
        abstract = True


class Withdrawable(models.Model):
    """Mixin: a record that can be taken back. Its page then says so and why, and no list or total has it."""

    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False, db_index=True)
    withdrawn_why = models.TextField(
        "reason of the withdrawal", blank=True, default="", editable=False, help_text="What readers are told."
    )

    class Meta:
        abstract = True


def withdrawn_with_reason(model):
    """A record that is withdrawn says why, and one that stands says nothing."""
    return models.CheckConstraint(
        name=f"{model}_withdrawn_with_reason",
        condition=Q(withdrawn_at__isnull=True, withdrawn_why="")
        | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_why="")),
        violation_error_code="withdrawn",
        violation_error_message="A withdrawal tells readers why.",
    )


def addressable(model):
    """The address is one that a page can have: not empty, without a slash or a space."""
    return models.CheckConstraint(
        name=f"{model}_slug_addressable",
        condition=~Q(slug="") & ~Q(slug__contains="/") & ~Q(slug__contains=" "),
        violation_error_code="slug",
        violation_error_message="Write the address in lower-case letters and digits, joined by hyphens.",
    )


def canonical_text(value):
    """One value as the text of a claim. Raises TypeError for a kind of value that no claim can state."""
    if value is None or value == "":
        return ""
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, str):
        return "\n".join(line.strip() for line in value.strip().splitlines())
    if isinstance(value, Keyed):
        return "/".join(str(part) for part in value.natural_key())
    raise TypeError(f"No claim can state {value!r}.")


def new_key():
    """A short random public key for a row that nobody names: ten characters without look-alikes."""
    return "".join(secrets.choice("23456789abcdefghjkmnpqrstuvwxyz") for _ in range(10))


validate_key = RegexValidator(
    r"\A[a-z0-9]+(?:[.-][a-z0-9]+)*\Z",
    "Write lower-case letters and digits, joined by single hyphens or dots.",
    code="key",
)


# Columns that many records have


def unknown_field(label, default=Unknown.NOT_LOOKED_FOR):
    """The column that says why `label` holds no value."""
    return models.CharField(
        f"{label}: if empty, why",
        max_length=20,
        choices=Unknown,
        blank=True,
        default=default,
        help_text="Only for a field left empty. “Not stated” means that the sources were read for it.",
    )


def amount_field(**kwargs):
    options = {"verbose_name": "amount", "max_digits": 15, "decimal_places": 2, "null": True, "blank": True}
    return models.DecimalField(**(options | kwargs))


def currency_field(**kwargs):
    options = {"max_length": 3, "blank": True, "default": "", "validators": [validate_currency]}
    return models.CharField("currency", **(options | kwargs))


class HasAmount(models.Model):
    """Mixin for a row with `amount` and `currency`: `money` is both, or None where the amount is unknown."""

    class Meta:
        abstract = True

    @property
    def money(self):
        return None if self.amount is None else Money(self.amount, self.currency)


# Constraints that many records have


def _filled(model_field, null):
    return Q(**{f"{model_field}__isnull": False}) if null else ~Q(**{model_field: ""})


def known_or_unknown(model, field, null=False):
    """Either the field holds a value or its `_unknown` column says why not; never both, never neither."""
    filled, why = _filled(field, null), ~Q(**{f"{field}_unknown": ""})
    return models.CheckConstraint(
        name=f"{model}_{field}_known_or_unknown",
        condition=(filled & ~why) | (~filled & why),
        violation_error_code="known_or_unknown",
        violation_error_message=(
            f"Give either the {field.replace('_', ' ')} or, in “if empty, why”, the reason why there is none."
        ),
    )


def one_of(model, field, choices, blank=False):
    """The field holds one of the vocabulary's values (or nothing, where that is allowed)."""
    values = [*choices.values, *([""] if blank else [])]
    return models.CheckConstraint(
        name=f"{model}_{field}_in_vocabulary",
        condition=Q(**{f"{field}__in": values}),
        violation_error_code="vocabulary",
        violation_error_message=f"{field.replace('_', ' ').capitalize()} holds a value that is not in its list.",
    )


def money_constraints(model):
    """An amount is above zero, small enough to be read back, and has a currency in capitals; or there is neither.

    Zero is refused because a source that gives no amount does not give zero.
    """
    return [
        models.CheckConstraint(
            name=f"{model}_amount_above_zero",
            condition=Q(amount__isnull=True) | Q(amount__gt=0, amount__lt=LARGEST_AMOUNT),
            violation_error_code="amount",
            violation_error_message=(
                "An amount is more than zero and less than ten trillion. "
                "Leave it empty if the source gives none, and say why."
            ),
        ),
        models.CheckConstraint(
            name=f"{model}_amount_with_currency",
            condition=Q(amount__isnull=True, currency="") | (Q(amount__isnull=False) & ~Q(currency="")),
            violation_error_code="currency",
            violation_error_message="An amount needs a currency, and a currency an amount.",
        ),
        models.CheckConstraint(
            name=f"{model}_currency_code",
            condition=Q(currency="") | Q(LengthIs(F("currency"), 3), currency=Upper("currency")),
            violation_error_code="currency",
            violation_error_message="Write the currency as three capital letters, such as DKK.",
        ),
    ]


def LengthIs(expression, length):
    return models.lookups.Exact(Length(expression), length)


def must(condition, message, code):
    """Raises ValidationError unless the condition holds."""
    if not condition:
        raise ValidationError(message, code=code)
