"""The fact-check of an article: who signed what off, and which rule does not apply for which reason."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from aid.choices import CheckedKind
from aid.models.append_only import AppendOnly
from aid.models.articles import Article, ArticleRevision
from aid.models.records import new_key, one_of, validate_key


class SignOff(AppendOnly):
    """One person's word that one thing an article says was held against what supports it.

    `item` names the thing within the article (a reference such as `pledge:slug:amount`, a name, the words of a
    quotation, a typed number); `state` is a hash of all that was checked: once the value, its evidence or the words
    differ, the sign-off no longer holds, and only this item is open again. Append-only.
    """

    natural_key_fields = ("key",)

    key = models.CharField(max_length=80, unique=True, default=new_key, validators=[validate_key])
    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="sign_offs")
    revision = models.ForeignKey(
        ArticleRevision, on_delete=models.PROTECT, related_name="sign_offs", help_text="The text that was read."
    )
    kind = models.CharField(max_length=10, choices=CheckedKind)
    item = models.CharField(max_length=300)
    state = models.CharField(max_length=64)
    note = models.TextField(blank=True, default="", help_text="How it was checked, where the passage is not enough.")
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="sign_offs")
    signed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["article", "-signed_at"]
        indexes = [models.Index(fields=["article", "item"])]
        constraints = [one_of("signoff", "kind", CheckedKind)]

    def __str__(self):
        return f"{self.item}, signed off by {self.signed_by}"


class Exemption(AppendOnly):
    """Why one rule of the checklist does not stop one article: an editor's reason, on the record.

    It holds for one reason of the rule, named by `subject` (a valuation, a disputed field), and only while `state`,
    the hash of what was found, is the same. Only rules that say so can be exempted from. Append-only.
    """

    natural_key_fields = ("key",)

    key = models.CharField(max_length=80, unique=True, default=new_key, validators=[validate_key])
    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="exemptions")
    code = models.CharField(max_length=40, help_text="The code of the rule's reason.")
    subject = models.CharField(max_length=300, help_text="What it is about, as the rule names it.")
    state = models.CharField(max_length=64)
    reason = models.TextField(help_text="Why it may go live all the same.")
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="exemptions")
    granted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["article", "-granted_at"]
        indexes = [models.Index(fields=["article", "code"])]
        constraints = [
            models.CheckConstraint(
                name="exemption_has_a_reason",
                condition=~Q(reason=""),
                violation_error_message="Say why the rule does not apply here.",
            )
        ]

    def __str__(self):
        return f"{self.code}: {self.subject}"
