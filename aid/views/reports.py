"""Readers report an error, and look up what became of it. No account, no cookie, no script.

The form is held together by a signed token instead of a CSRF cookie: it says for which claim or article the form was
made, when, and under which number, from which the report's reference follows. So a form cannot be sent for something
else, nor long after, and sent twice it makes one report. Nothing that a reader has is at stake that another site
could misuse: whoever could forge a report can as well write one.
"""

import ipaddress
from base64 import b32encode
from datetime import UTC
from secrets import token_urlsafe
from typing import NamedTuple

from django import forms
from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.validators import MinLengthValidator
from django.http import HttpResponseNotAllowed, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from aid.actions.reports import forget_address, receive_report
from aid.languages import permanent
from aid.models import Article
from aid.models.reports import LONGEST_EVIDENCE, LONGEST_MESSAGE, LONGEST_PAGE
from aid.queries.claim_pages import deleted_claim, keys_like
from aid.queries.public import Public
from aid.queries.reports import (
    Subject,
    article_subject,
    claim_subject,
    public_correction,
    report_at,
    subject_of,
)
from aid.rules.reports import TooMany
from aid.views.claims import NoClaim, no_claim
from aid.views.pages import elsewhere, page, public_form, readers_have, unstored

# A form that comes back sooner was filled by no person; one that comes later is asked to be sent again.
QUICKEST, LONGEST = 3, 24 * 60 * 60
SALT = "aid.report"
# Signs that say nothing and that a database cannot hold or a page misreads; a line's end and a tab stay.
UNPRINTED = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 127])


# The form


class Words(forms.CharField):
    """What a reader typed, without control characters. Marks that turn the direction of writing are part of it."""

    def to_python(self, value):
        return super().to_python(value).translate(UNPRINTED) if value else ""


class ReportForm(forms.Form):
    """What a reader says is wrong, where that can be read, and how to reach them."""

    message = Words(
        label=gettext_lazy("What is wrong?"),
        max_length=LONGEST_MESSAGE,
        validators=[MinLengthValidator(10, gettext_lazy("Write a sentence, so that the desk knows what is wrong."))],
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=gettext_lazy("What stands there, and what should stand there instead."),
        error_messages={"required": gettext_lazy("Write what is wrong.")},
    )
    evidence = Words(
        label=gettext_lazy("Where can that be read?"),
        required=False,
        max_length=LONGEST_EVIDENCE,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("A document, an address, a page number. It may be left empty."),
    )
    page = Words(
        label=gettext_lazy("Which page?"),
        required=False,
        max_length=LONGEST_PAGE,
        help_text=gettext_lazy("Its address or its title. It may be left empty."),
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail address for an answer"),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=gettext_lazy(
            "It may be left empty: what comes of the report can be looked up without it. Only the desk sees the "
            "address. It is on no page and in no file, and you can delete it at any time."
        ),
        error_messages={"invalid": gettext_lazy("This is no complete e-mail address. Mend it or leave it empty.")},
    )
    # No person sees it; a program that fills in whatever it finds gives itself away.
    website = forms.CharField(label=gettext_lazy("Leave this empty"), required=False)

    def __init__(self, *args, is_about_site=False, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        if not is_about_site:
            del self.fields["page"]
        self.fields["website"].widget.attrs |= {"autocomplete": "off", "tabindex": "-1"}

    def clean_website(self):
        if self.cleaned_data["website"]:
            raise ValidationError(_("Something was written into a field that stays empty. Empty it."), code="trap")
        return ""

    @property
    def asked(self):
        """The fields that readers see."""
        return [self[name] for name in self.fields if name != "website"]

    @property
    def written(self):
        return {name: text for name, text in self.cleaned_data.items() if name != "website"}


# The token


class Token(NamedTuple):
    """What a form was made for: the mark of a Subject and whether that was withdrawn, and the form's number."""

    mark: str
    was_withdrawn: bool
    number: str
    age: float = 0

    @property
    def reference(self):
        """The reference of the report that the form makes: for whoever has no key, it follows from nothing."""
        found = salted_hmac(f"{SALT}.reference", self.number, algorithm="sha256").digest()[:15]
        return b32encode(found).decode().lower()


def new_token(subject):
    return signing.dumps([subject.mark, subject.is_withdrawn, token_urlsafe(12)], salt=SALT)


def read_token(text):
    """The Token of a form. Raises signing.BadSignature for one that was not made here, or too long ago."""
    signer = signing.TimestampSigner(salt=SALT)
    mark, was_withdrawn, number = signing.loads(text, salt=SALT, max_age=LONGEST)
    made_at = signing.b62_decode(text.rsplit(signer.sep, 2)[1])
    return Token(mark, was_withdrawn, number, timezone.now().timestamp() - made_at)


def sender_of(request, at):
    """A keyed hash of the network that a request comes from, another one each day in UTC; "" where it is not known.

    Behind a proxy the network is what the proxy adds to X-Forwarded-For, which is its last part. A household has a
    whole network of IPv6 to itself.
    """
    if settings.BEHIND_PROXY:
        written = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    else:
        written = request.META.get("REMOTE_ADDR", "")
    try:
        address = ipaddress.ip_address(written)
    except ValueError:
        return ""
    address = getattr(address, "ipv4_mapped", None) or address
    network = ipaddress.ip_network((address, 64 if address.version == 6 else 32), strict=False)
    day = at.astimezone(UTC).date()
    return salted_hmac(f"{SALT}.sender", f"{day} {network}", algorithm="sha256").hexdigest()


# Reporting


@public_form
def claim_report(request, key):
    """The form for one claim. Where it is gone by the time that it is sent, what was typed is not."""
    public = readers_have(request)
    subject = claim_subject(key, public)
    if subject is not None:
        return _asked(request, subject)
    none = NoClaim(key, keys_like(key, public), deleted_claim(key, public) if key.isprintable() else None)
    return _without_subject(request, none.status) if request.method == "POST" else no_claim(request, none)


@public_form
def article_report(request, slug):
    public = readers_have(request)
    subject = article_subject(slug, public)
    if subject is None:
        if request.method == "POST":
            return _without_subject(request, 404)
        raise elsewhere(public, Article, slug)
    if slug != subject.article.slug and request.method != "POST":
        return HttpResponseRedirect(reverse("article-report", args=[subject.article.slug]))
    return _asked(request, subject)


@public_form
def site_report(request):
    """The form for what is wrong with no claim and no article: a page, or the site itself."""
    return _asked(request, Subject())


def _asked(request, subject):
    if request.method == "POST":
        return _sent(request, subject)
    form = _form(subject, initial={"page": request.GET.get("page", "")[:LONGEST_PAGE]})
    return _form_page(request, subject, form, new_token(subject))


def _form(subject, *args, **kwargs):
    return ReportForm(*args, is_about_site=not (subject.claim or subject.article), **kwargs)


def _sent(request, subject):
    """Keeps what was sent; or the form once more, with all that was typed and a sentence that says what to do."""
    typed = request.POST.get("token", "")
    form = _form(subject, request.POST)
    try:
        token = read_token(typed)
        if token.mark != subject.mark or request.headers.get("Sec-Fetch-Site") == "cross-site":
            raise signing.BadSignature
    except (signing.BadSignature, ValueError, TypeError):
        return _form_page(request, subject, form, new_token(subject), 400, _(
            "This form was open for more than a day, or was not made by this page. Nothing that you typed is lost: "
            "wait for some seconds and send it once more."
        ))  # fmt: skip
    if token.was_withdrawn != subject.is_withdrawn:
        return _form_page(request, subject, form, new_token(subject), 409, _(
            "While you were writing, editors changed what this page is about; below it stands as it is now. Nothing "
            "that you typed is lost: if it still holds, send it once more."
        ))  # fmt: skip
    if not form.is_valid():
        return _form_page(request, subject, form, typed, 400)
    if token.age < QUICKEST:
        return _form_page(request, subject, form, typed, 400, _(
            "That was faster than people write, and programs are kept out so. Nothing is lost: wait for some seconds "
            "and send it once more."
        ))  # fmt: skip
    at = timezone.now()
    try:
        report = receive_report(
            subject, token.reference, sender_of(request, at), at, language=get_language() or "", **form.written
        )
    except TooMany as too_many:
        response = _form_page(request, subject, form, typed, 429, too_many.told, too_many.until)
        response["Retry-After"] = str(max(1, round((too_many.until - at).total_seconds())))
        return response
    address = reverse("report-detail", args=[report.reference])
    if report.erased_at or report.message != form.written["message"]:
        # It was sent already, and then something else was written into the same form.
        return _form_page(request, subject, form, new_token(subject), 409, _(
            "This form has been sent already. What you wrote now is below: send it once more to report it too."
        ), earlier=address)  # fmt: skip
    return HttpResponseRedirect(address)


def _form_page(request, subject, form, token, status=200, wrong="", until=None, earlier=""):
    context = {
        "subject": subject,
        "form": form,
        "token": token,
        "wrong": wrong,
        "until": until,
        "earlier": earlier,
        "canonical": "",
        "days": settings.REPORT_DAYS,
        "action": address_of(subject),
    }
    response = page(request, "aid/report_form.html", context, status=status)
    response["X-Robots-Tag"] = "noindex"
    return response


def address_of(subject):
    """Where the form about a Subject stands."""
    if subject.claim:
        return reverse("claim-report", args=[subject.claim.key])
    return reverse("article-report", args=[subject.article.slug]) if subject.article else reverse("report-new")


def _without_subject(request, status):
    """What was sent about something that readers do not have, or not any more: it can be sent all the same."""
    subject = Subject()
    sent = request.POST.copy()
    sent["page"] = permanent(request.path).removesuffix("report/")[:LONGEST_PAGE]
    return _form_page(request, subject, _form(subject, sent), new_token(subject), status, _(
        "There is nothing at this address now. Nothing that you typed is lost: send it once more, and the desk gets "
        "it as a report about the site."
    ))  # fmt: skip


# Looking it up


def report_detail(request, reference):
    """What became of a report, for whoever has its reference; and there its reader deletes their address.

    The reference is all that lets one in, so that the form needs no token. Nothing of other readers is on it, never
    the address, and of what the report is about only what readers have at the moment.
    """
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(("GET", "HEAD", "POST"), render_to_string("405.html", request=request))
    report = report_at(reference.lower())
    if report is None:
        return _unreferred(page(request, "aid/report_missing.html", {"canonical": ""}, status=404))
    if request.method == "POST":
        if "forget" in request.POST:
            forget_address(report)
        return _unreferred(HttpResponseRedirect(f"{request.path}#address"))
    return _unreferred(page(request, "aid/report_detail.html", detail_context(report, Public())))


report_detail.csrf_exempt = True


def detail_context(report, public):
    leads = report.leads
    subject = subject_of(report, public)
    return {
        "report": report,
        "leads": leads,
        "subject": subject,
        "correction": public_correction(leads, public),
        "canonical": "",
        "days": settings.REPORT_DAYS,
        "is_about_site": not report.claim_key and not report.article_id,
    }


def _unreferred(response):
    """The address is the secret: no link on the page hands it on."""
    response["Referrer-Policy"] = "no-referrer"
    return unstored(response)
