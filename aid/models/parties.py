from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from aid.choices import PartyKind
from aid.formats import territory
from aid.models.records import (
    LengthIs,
    Record,
    RecordQuerySet,
    Withdrawable,
    addressable,
    one_of,
    withdrawn_with_reason,
)

# The roles of a party, and the relation in which it has each.
ROLES = {
    "donor": "pledges_given",
    "recipient": "pledges_received",
    "member": "memberships",
    "signatory": "signatures",
    "speaker": "statements",
    "publisher": "sources_published",
}
ROLES_IN_WORDS = {
    "donor": pgettext_lazy("the role of a party", "donor"),
    "recipient": pgettext_lazy("the role of a party", "recipient"),
    "member": pgettext_lazy("the role of a party", "member"),
    "signatory": pgettext_lazy("the role of a party", "signatory"),
    "speaker": pgettext_lazy("the role of a party", "speaker"),
    "publisher": pgettext_lazy("the role of a party", "publisher"),
}


# The columns from which a party's name in another language follows.
NAME = ("name", "iso_alpha2", "aliases")


def name_here(name, iso_alpha2, aliases):
    """What a party is called in the language of the page. A state of which the record has the ISO code, and the
    English name that goes with it, is called by its name in the Unicode CLDR; all others as the desk wrote it."""
    found = territory(iso_alpha2) if iso_alpha2 else None
    if found is None or not {name, *(line.strip() for line in aliases.splitlines())} & {found[0]}:
        return name
    return name if found[0] == found[1] else found[1]


class PartyQuerySet(RecordQuerySet):
    def names_here(self):
        """{slug: name in the language of the page}, in alphabetical order of the names as the desk wrote them. One
        query."""
        rows = self.order_by("name").values_list("slug", *NAME).distinct()
        return {slug: name_here(*names) for slug, *names in rows}

    def with_roles(self, public):
        """With `plays_<role>` for each role that a party has in other records that are public. No further query."""
        played = {}
        for role, name in ROLES.items():
            relation = self.model._meta.get_field(name)
            rows = relation.related_model.objects.order_by().filter(**{relation.field.name: OuterRef("pk")})
            rows = rows.counted() if role == "member" else rows
            played[f"plays_{role}"] = Exists(public.of(rows))
        return self.select_related("parent").annotate(**played)


class Party(Withdrawable, Record):
    """An actor: a state, ministry, armed force, organisation, group, fund, publisher, or an unnamed collective.

    Donor, recipient, member, lead, signatory and speaker are roles that a party has in other records; a party is
    none of them by itself. An unnamed collective ("U.S. policy circles") can speak but never give or sign.
    """

    claimed_fields = ("iso_alpha2", "parent")

    kind = models.CharField(
        max_length=20,
        choices=PartyKind,
        db_index=True,
        help_text="“Unnamed collective” is for speakers whom a source names only in general.",
    )
    name = models.CharField(
        max_length=120, unique=True, help_text="The name used on this site, as in “Czech Republic”."
    )
    official_name = models.CharField(
        max_length=200, blank=True, default="", help_text="The full formal name, if it differs."
    )
    aliases = models.TextField(
        "other names", blank=True, default="", help_text="One a line: names that sources and readers use."
    )
    iso_alpha2 = models.CharField(
        "ISO 3166 code",
        max_length=2,
        blank=True,
        default="",
        validators=[RegexValidator(r"\A[A-Z]{2}\Z", "Write two capital letters, such as DK.", code="iso")],
        help_text="Two capital letters, for states only.",
    )
    parent = models.ForeignKey(
        "self",
        verbose_name="part of",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="parts",
        help_text="The party it belongs to: a ministry's state, an armed force's state.",
    )

    objects = PartyQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "parties"
        permissions = [("merge_party", "Can merge one party into another")]
        constraints = [
            addressable("party"),
            withdrawn_with_reason("party"),
            one_of("party", "kind", PartyKind),
            models.UniqueConstraint(
                name="party_iso_alpha2_unique",
                fields=["iso_alpha2"],
                condition=~Q(iso_alpha2=""),
                violation_error_message="Another party has this ISO 3166 code already.",
            ),
            models.CheckConstraint(
                name="party_iso_alpha2_of_states",
                condition=Q(iso_alpha2="") | Q(LengthIs(F("iso_alpha2"), 2), kind=PartyKind.STATE),
                violation_error_code="iso",
                violation_error_message="An ISO 3166 code is two capital letters, and only a state has one.",
            ),
            models.CheckConstraint(
                name="party_not_its_own_parent",
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")),
                violation_error_code="parent",
                violation_error_message="A party cannot be part of itself.",
            ),
        ]

    def __str__(self):
        return name_here(self.name, self.iso_alpha2, self.aliases)

    def get_absolute_url(self):
        return reverse("party-detail", args=[self.slug])

    def roles(self):
        """The roles that it has in other records and its kind does not tell, in words; on rows of `with_roles`."""
        return [str(ROLES_IN_WORDS[role]) for role in ROLES if getattr(self, f"plays_{role}") and role != self.kind]

    def alias_list(self):
        return [line for line in self.aliases.splitlines() if line.strip()]
