"""Pages as of a moment: `?as_of=2024-02-01` gives what readers got at an address then.

The views are the same, and so are their queries: `aid.queries.past` answers them from the rows of the moment.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aid.formats import said
from aid.moments import resolve, told
from aid.views.kept import keep_in_forms, keep_in_links

PARAMETER = "as_of"
WRITTEN = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})"
    r"(?:[T ](?P<clock>\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)(?P<zone>Z|[+ -]\d{2}:?\d{2})?)?",
    re.ASCII | re.IGNORECASE,
)
HOW_TO = gettext_lazy("Write a day as 2024-02-01, or a moment as 2024-02-01T15:30Z.")


class Unreadable(Exception):
    """What is written after `as_of=` is no moment of the past; the text says why, and what to write."""


@dataclass(frozen=True)
class AsOf:
    """The moment that a page is asked for: `at`; as the address has it for good: `written`; and whether that is the
    end of a whole day."""

    at: datetime
    written: str
    is_day: bool

    def __str__(self):
        """ "the end of 1 February 2024 (UTC)", or the moment with its clock."""
        if not self.is_day:
            return told(self.at)
        local = timezone.localtime(self.at)
        return _("the end of %(day)s (%(zone)s)") % {
            "day": said(local),
            "zone": timezone.get_default_timezone_name(),
        }

    @property
    def day(self):
        return timezone.localtime(self.at).date()

    def of(self, address):
        """An address of this site, as of this moment. One that says a moment already stays as it is."""
        path, sign, place = address.partition("#")
        if re.search(rf"[?&]{PARAMETER}=", path):
            return address
        return f"{path}{'&' if '?' in path else '?'}{PARAMETER}={self.written}{sign}{place}"


def moment_asked(query, now):
    """The AsOf that an address asks for, or None. Raises Unreadable."""
    text = query.get(PARAMETER, "").strip()
    # A preview shows what readers do not have yet: it has no past.
    if not text or "preview" in query:
        return None
    match = WRITTEN.fullmatch(text)
    if not match:
        raise Unreadable(" ".join((_("That is no day that can be read."), str(HOW_TO))))
    try:
        at = _end_of(match["day"], now) if match["clock"] is None else _clock(match)
    except (ValueError, OverflowError):
        raise Unreadable(" ".join((_("The calendar has no such day or hour."), str(HOW_TO)))) from None
    except ValidationError as error:
        in_utc = _("Or write it in UTC, with a Z at its end.")
        raise Unreadable(f"{error.messages[0]} {in_utc}") from None
    if at > now:
        raise Unreadable(_("That lies ahead: nobody knows yet what this page will say. Choose a day up to today."))
    # Today is not over: only the moment itself will always mean what it means now.
    is_day = match["clock"] is None and at < now
    return AsOf(at, match["day"] if is_day else f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z", is_day)


def _end_of(text, now):
    """The last moment of a day in the site's zone; of today, the moment that it is."""
    day = date.fromisoformat(text)
    if day == timezone.localdate(now):
        return now
    begins = datetime.combine(day + timedelta(days=1), datetime.min.time(), timezone.get_default_timezone())
    return begins.astimezone(UTC) - timedelta(microseconds=1)


def _clock(match):
    local = datetime.fromisoformat(f"{match['day']}T{match['clock']}")
    zone = (match["zone"] or "").upper().replace(" ", "+")
    if not zone:
        return resolve(local, timezone.get_default_timezone_name())
    return datetime.fromisoformat(f"{local.isoformat()}{'+00:00' if zone == 'Z' else zone}").astimezone(UTC)


# The answer


def as_of_context(request, canonical, kept):
    """What each page needs to say of which moment it is, and to ask for another with all else that was asked for."""
    asked = QueryDict(mutable=True)
    asked.update({name: str(value) for name, value in kept.items()})
    context = {
        "as_of_form": {
            "address": request.path,
            "kept": list(asked.items()),
            "day": request.as_of.day.isoformat() if request.as_of else "",
            "last": timezone.localdate().isoformat(),
        },
    }
    if request.as_of:
        address = f"{request.path}?{asked.urlencode()}" if asked else request.path
        context |= {"as_of": request.as_of, "canonical": request.as_of.of(canonical), "now_address": address}
    return context


# Marks a link that leads out of the past, and the form that asks for another moment.
LEADS_OUT = b"data-now"


def stay(response, as_of):
    """The page with links that lead to the same moment, and forms that ask for it: whoever reads about a day stays
    there. Other answers as they are."""
    response["X-Robots-Tag"] = "noindex"
    if not response.streaming and response.get("Content-Type", "").startswith("text/html"):
        kept = {PARAMETER: as_of.written}
        html = keep_in_links(response.content, kept, unless=LEADS_OUT)
        response.content = keep_in_forms(html, kept, unless=LEADS_OUT)
    return response
