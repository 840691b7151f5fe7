"""What speaks against publishing an article, in a form that pages, actions, commands and tests share."""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from aid.models.checks import Exemption
from aid.rules.breaches import mending_page


@dataclass(frozen=True)
class Reason:
    """One thing that speaks against publishing, as a sentence that says what to do.

    `subject` is what it is about, as a text that stays the same while the thing does; `url` is where it is mended.
    A reason that is not blocking is a warning. One that `can_be_exempted` is silenced by an editor's reason: it is
    then not blocking and names the Exemption. `state` is a hash of what was found, to which an exemption is bound.
    One that `is_for_the_check` is what the fact-check is there to settle, and does not keep a text from it.
    """

    code: str
    message: str
    subject: str = ""
    url: str = ""
    is_blocking: bool = True
    can_be_exempted: bool = False
    state: str = ""
    is_for_the_check: bool = False
    exemption: Exemption | None = None

    @property
    def is_warning(self):
        return not self.is_blocking and self.exemption is None


def mend_at(row):
    """The address of the desk's page on which a row is mended; "" where there is none."""
    try:
        return mending_page(row)
    except NoReverseMatch:
        return ""


def choosing_page(claim):
    """The address of the desk's page on which an editor chooses between the claims about one field."""
    return reverse("admin:aid_claim_prefer", args=[claim.pk])


def fact_check_of(article):
    """The address of an article's fact-check on the desk."""
    return reverse("admin:aid_article_factcheck", args=[article.pk])
