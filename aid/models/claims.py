"""Claims: where each value of a record comes from."""

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Prefetch, Q, Value, When
from django.db.models.lookups import Exact
from django.urls import reverse
from django.utils import timezone
from simple_history.models import HistoricalRecords

from aid.choices import Basis, Rank
from aid.models.records import Keyed, RecordQuerySet, must, new_key, one_of, validate_key
from aid.models.sources import Passage, Source

# The kinds of record that a claim or a correction can be about; each is a nullable column of its own, so that the
# database keeps every reference whole. docs/architecture.md says why this is not a generic foreign key.
SUBJECTS = {
    "party": "aid.Party",
    "office": "aid.Office",
    "pledge": "aid.Pledge",
    "coalition": "aid.Coalition",
    "agreement": "aid.Agreement",
    "event": "aid.Event",
    "statement": "aid.Statement",
    "assertion": "aid.Assertion",
}

# Rows that belong to a subject and have claimed fields of their own: part -> the subject it belongs to.
PARTS = {
    "stage_step": ("aid.PledgeStage", "pledge"),
    "valuation": ("aid.Valuation", "pledge"),
    "membership": ("aid.Membership", "coalition"),
    "signatory": ("aid.Signatory", "agreement"),
}


# Kinds of which several stand on one page with their evidence: there a field's name alone would name several places.
SHARING_A_PAGE = {"aid.Office": "office", "aid.Statement": "statement", "aid.Assertion": "assertion"}


def field_anchor(target, field):
    """The place of a field's evidence on its page: `amount`, `valuation-3-amount` for a part, or
    `statement-address-text` for a record that shares its page with others of its kind."""
    label = target._meta.label
    part = next((name for name, (model, _) in PARTS.items() if model == label), "")
    name = part or SHARING_A_PAGE.get(label, "")
    return f"{name}-{getattr(target, 'slug', target.pk)}-{field}" if name else field


def place_on_page(target, field):
    """The address of the place where the evidence for a field of a record or of a part of one stands."""
    record = next((getattr(target, owner) for label, owner in PARTS.values() if label == target._meta.label), target)
    return f"{record.get_absolute_url().partition('#')[0]}#{field_anchor(target, field)}"


def subject_column(model):
    return models.ForeignKey(
        model, null=True, blank=True, on_delete=models.PROTECT, related_name="%(class)ss", editable=True
    )


class AboutRecord(models.Model):
    """Mixin: the row is about one record, in the one of its eight columns that is filled."""

    party = subject_column(SUBJECTS["party"])
    office = subject_column(SUBJECTS["office"])
    pledge = subject_column(SUBJECTS["pledge"])
    coalition = subject_column(SUBJECTS["coalition"])
    agreement = subject_column(SUBJECTS["agreement"])
    event = subject_column(SUBJECTS["event"])
    statement = subject_column(SUBJECTS["statement"])
    assertion = subject_column(SUBJECTS["assertion"])

    class Meta:
        abstract = True

    @property
    def subject_name(self):
        """The name of the filled column, or "" where none is."""
        return next((name for name in SUBJECTS if getattr(self, f"{name}_id")), "")

    @property
    def subject(self):
        """The record it is about, or None."""
        name = self.subject_name
        return getattr(self, name) if name else None


def exactly_one(names):
    """The expression that exactly one of these columns is filled."""
    filled = [Case(When(**{f"{name}__isnull": False}, then=Value(1)), default=Value(0)) for name in names]
    return Exact(sum(filled[1:], filled[0]), 1)


def _one_preferred():
    """Constraints: at most one preferred claim per field of a record, and of each of its parts."""
    preferred = Q(rank=Rank.PREFERRED)
    parts_of = {subject: [p for p, (_, of) in PARTS.items() if of == subject] for subject in SUBJECTS}
    for subject, parts in parts_of.items():
        whole = Q(**{f"{part}__isnull": True for part in parts})
        yield models.UniqueConstraint(
            name=f"claim_one_preferred_per_{subject}_field",
            fields=[subject, "field"],
            condition=preferred & Q(**{f"{subject}__isnull": False}) & whole,
            violation_error_code="preferred",
            violation_error_message="This field has a preferred claim already. Make one of the two an alternative.",
        )
    for part in PARTS:
        yield models.UniqueConstraint(
            name=f"claim_one_preferred_per_{part}_field",
            fields=[part, "field"],
            condition=preferred & Q(**{f"{part}__isnull": False}),
            violation_error_code="preferred",
            violation_error_message="This field has a preferred claim already. Make one of the two an alternative.",
        )


class ClaimQuerySet(RecordQuerySet):
    def standing(self):
        """Claims that have not been withdrawn."""
        return self.exclude(rank=Rank.WITHDRAWN)

    def of_facts(self):
        """Without those about context, which is counted nowhere."""
        return self.filter(assertion__isnull=True)

    def preferred(self):
        return self.filter(rank=Rank.PREFERRED)

    def reopened(self):
        """Claims that wait for a decision, because something happened to their source."""
        return self.standing().filter(reopened_at__isnull=False)

    def unverified(self):
        return self.standing().filter(verified_at__isnull=True)

    def by_key(self, key):
        """The claim of a public key, or None."""
        return self.filter(key=key).first()

    def beginning_with(self, letters, most):
        """The keys that begin with these letters, of the first so many rows."""
        return list(self.filter(key__startswith=letters).values_list("key", flat=True)[:most])

    def about_same(self, claim, *fields):
        """All claims about the same field of the same row, this one included, and those about other fields of it."""
        columns = {name: value for name, value in claim.about_columns.items() if name != "field"}
        return self.filter(field__in={claim.field, *fields}, **columns)

    def with_evidence(self):
        """With source and passages loaded: two queries, whatever the number of claims."""
        passages = Prefetch("passages", Passage.objects.select_related("source"))
        return self.select_related("source", "recorded_by", "verified_by").prefetch_related(passages)


class Claim(AboutRecord, Keyed):
    """What one source says about one field of one record, with the passage that says it.

    `value` is the field's value as canonical text (a party's slug, an exact amount, an EDTF date); `wording` is
    the source's own expression for it. A preferred claim is the reason for the record's column; an alternative is
    shown beside it; a withdrawn one is kept and never used, and its address tells why and what holds instead.
    """

    natural_key_fields = ("key",)

    key = models.CharField(
        max_length=80,
        unique=True,
        default=new_key,
        validators=[validate_key],
        help_text="The claim's permanent public key.",
    )
    stage_step = subject_column(PARTS["stage_step"][0])
    valuation = subject_column(PARTS["valuation"][0])
    membership = subject_column(PARTS["membership"][0])
    signatory = subject_column(PARTS["signatory"][0])
    field = models.CharField(max_length=40, help_text="The field of the record, or of its part, that it supports.")
    value = models.TextField(help_text="The value that the source gives, written as the record writes it.")
    wording = models.CharField(
        max_length=300, blank=True, default="", help_text="The source's own words: “allocated”, “91 million kroner”."
    )
    basis = models.CharField(
        max_length=10,
        choices=Basis,
        db_index=True,
        default=Basis.STATED,
        help_text="Stated: the passage says so. Inferred: it follows from the passage and from what the reasoning "
        "names. External: another document says so. Computed: worked out from other values.",
    )
    reasoning = models.TextField(
        blank=True, default="", help_text="Needed unless the value is stated: how one gets from the source to it."
    )
    source = models.ForeignKey(
        Source,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="claims",
        help_text="Left empty only for a computed value.",
    )
    passages = models.ManyToManyField(Passage, blank=True, related_name="claims")
    rank = models.CharField(max_length=12, choices=Rank, default=Rank.PREFERRED, db_index=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="claims_recorded",
        editable=False,
    )
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="claims_verified",
        editable=False,
    )
    verified_at = models.DateTimeField(null=True, blank=True, editable=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)
    withdrawn_why = models.TextField(
        "why it is withdrawn",
        blank=True,
        default="",
        help_text="Needed for the rank “withdrawn”: readers are told it at the claim's address. A full sentence.",
    )
    replaced_by = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="replaces",
        help_text="Of a withdrawn claim, the one about the same field that holds instead.",
    )
    preferred_why = models.TextField(
        "why it is preferred",
        blank=True,
        default="",
        editable=False,
        help_text="Why this one, where another source says something else. Readers see it.",
    )
    preferred_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="claims_preferred",
        editable=False,
    )
    preferred_at = models.DateTimeField(null=True, blank=True, editable=False)
    reopened_at = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        db_index=True,
        help_text="Since when it waits for a decision, because its source was withdrawn or has a newer version.",
    )
    kept_at = models.DateTimeField(null=True, blank=True, editable=False)
    kept_why = models.TextField(
        "why it is kept",
        blank=True,
        default="",
        editable=False,
        help_text="Why it stands although its source was withdrawn or has a newer version. Readers see it.",
    )

    objects = ClaimQuerySet.as_manager()
    history = HistoricalRecords(m2m_fields=[passages])

    class Meta:
        ordering = ["key"]
        constraints = [
            one_of("claim", "basis", Basis),
            one_of("claim", "rank", Rank),
            models.CheckConstraint(
                name="claim_about_one_record",
                condition=exactly_one(SUBJECTS),
                violation_error_code="subject",
                violation_error_message="A claim is about exactly one record.",
            ),
            models.CheckConstraint(
                name="claim_part_with_its_record",
                condition=Q(stage_step__isnull=True, valuation__isnull=True) | Q(pledge__isnull=False),
                violation_error_code="part",
                violation_error_message="A stage or a valuation belongs to a pledge.",
            ),
            models.CheckConstraint(
                name="claim_membership_with_coalition",
                condition=Q(membership__isnull=True) | Q(coalition__isnull=False),
                violation_error_code="part",
                violation_error_message="A membership belongs to a coalition.",
            ),
            models.CheckConstraint(
                name="claim_signatory_with_agreement",
                condition=Q(signatory__isnull=True) | Q(agreement__isnull=False),
                violation_error_code="part",
                violation_error_message="A signatory belongs to an agreement.",
            ),
            models.CheckConstraint(
                name="claim_about_one_part_at_most",
                condition=Q(stage_step__isnull=True) | Q(valuation__isnull=True),
                violation_error_code="part",
                violation_error_message="A claim is about one part of a record at most.",
            ),
            models.CheckConstraint(
                name="claim_reasoned_unless_stated",
                condition=Q(basis=Basis.STATED) | ~Q(reasoning=""),
                violation_error_code="reasoning",
                violation_error_message="A value that is not stated needs its reasoning.",
            ),
            models.CheckConstraint(
                name="claim_sourced_unless_computed",
                condition=Q(source__isnull=False) | Q(basis=Basis.COMPUTED),
                violation_error_code="source",
                violation_error_message="Name the source. Only a computed value has none.",
            ),
            models.CheckConstraint(
                name="claim_has_value", condition=~Q(value=""), violation_error_message="A claim states a value."
            ),
            models.CheckConstraint(
                name="claim_verified_by_and_at",
                condition=Q(verified_by__isnull=True, verified_at__isnull=True)
                | Q(verified_by__isnull=False, verified_at__isnull=False),
                violation_error_message="A claim that is verified says by whom and when.",
            ),
            models.CheckConstraint(
                name="claim_verified_by_another",
                condition=Q(verified_by__isnull=True)
                | Q(recorded_by__isnull=True)
                | ~Q(verified_by=F("recorded_by")),
                violation_error_code="verifier",
                violation_error_message="A claim is verified by somebody other than who recorded it.",
            ),
            models.CheckConstraint(
                name="claim_withdrawn_with_reason",
                condition=(Q(rank=Rank.WITHDRAWN, withdrawn_at__isnull=False) & ~Q(withdrawn_why=""))
                | (
                    ~Q(rank=Rank.WITHDRAWN) & Q(withdrawn_at__isnull=True, withdrawn_why="", replaced_by__isnull=True)
                ),
                violation_error_code="withdrawn",
                violation_error_message="A withdrawn claim says since when and why, one that stands does not.",
            ),
            models.CheckConstraint(
                name="claim_not_replaced_by_itself",
                condition=Q(replaced_by__isnull=True) | ~Q(replaced_by=F("id")),
                violation_error_code="replacement",
                violation_error_message="A claim does not replace itself.",
            ),
            models.CheckConstraint(
                name="claim_kept_with_reason",
                condition=Q(kept_at__isnull=True, kept_why="") | (Q(kept_at__isnull=False) & ~Q(kept_why="")),
                violation_error_code="reason",
                violation_error_message="A claim that is kept says why and when.",
            ),
            models.CheckConstraint(
                name="claim_preferred_with_reason",
                condition=Q(preferred_at__isnull=True, preferred_by__isnull=True, preferred_why="")
                | (Q(preferred_at__isnull=False) & ~Q(preferred_why="")),
                violation_error_code="reason",
                violation_error_message="A choice between claims says why and when.",
            ),
            *_one_preferred(),
        ]

    def __str__(self):
        return f"{self.field}: {self.value}"

    def get_absolute_url(self):
        """The claim's own page, which stays for good."""
        return reverse("claim-detail", args=[self.key])

    @property
    def place(self):
        """The claim's place on its record's page; for context that has no page, its place in the source."""
        return place_on_page(self.target, self.field)

    @property
    def anchor(self):
        """The place on a page that shows all claims about one field."""
        return field_anchor(self.target, self.field)

    @property
    def part_name(self):
        """The name of the filled part column, or "" where the claim is about the record itself."""
        return next((name for name in PARTS if getattr(self, f"{name}_id")), "")

    @property
    def target(self):
        """The row whose field it supports: the part, where there is one, else the record."""
        part = self.part_name
        return getattr(self, part) if part else self.subject

    @property
    def about_columns(self):
        """What it is about, as the columns of a query: its record, its part and the field."""
        columns = {f"{name}_id": getattr(self, f"{name}_id") for name in (*SUBJECTS, *PARTS)}
        return columns | {"field": self.field}

    def clean(self):
        if self.replaced_by_id:
            must(
                self.replaced_by.about_columns == self.about_columns,
                "The claim that replaces it is about another field. Choose one about the same field.",
                "replacement",
            )
        target = self.target
        if target is None:
            return
        must(
            self.field in target.claimed_fields,
            f"{self.field} is no field that claims support here. "
            f"The fields are: {', '.join(target.claimed_fields) or 'none'}.",
            "field",
        )
        if self.part_name:
            owner = PARTS[self.part_name][1]
            must(
                getattr(target, f"{owner}_id") == getattr(self, f"{owner}_id"),
                f"This {target._meta.verbose_name} belongs to another {owner}.",
                "part",
            )
