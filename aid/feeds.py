"""The site's feeds, for readers who let a program look for what is new."""

import re
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5

from django.contrib.syndication.views import Feed
from django.urls import reverse, reverse_lazy
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import format_html, format_html_join

from aid.models import Correction
from aid.queries.public import Public
from aid.queries.readings import about

MOST = 50
# What XML cannot hold, however it is written.
NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class StableAtom(Atom1Feed):
    """Atom whose bytes stay until something in it changes, so that a program can be told “not modified”."""

    def latest_post_date(self):
        # The library gives the present moment for a feed without entries.
        return super().latest_post_date() if self.items else datetime(1970, 1, 1, tzinfo=UTC)


class CorrectionFeed(Feed):
    """The newest corrections that readers may see, each under an id that stays whatever the site's address is."""

    feed_type = StableAtom
    title = "Corrections · Newsroom"
    subtitle = "What was wrong, unclear or overtaken in something that was published here."
    link = reverse_lazy("correction-list")
    author_name = "Newsroom"

    def __call__(self, request, *args, **kwargs):
        response = super().__call__(request, *args, **kwargs)
        # The moment of the newest entry says nothing about an older one that has become visible since. The tag of the
        # whole, which the view's decorator adds, does.
        del response.headers["Last-Modified"]
        return response

    def get_object(self, request):
        # Of a moment, where the address asks for one.
        return getattr(request, "public_then", None) or Public()

    def items(self, public):
        return public.of(Correction.objects.with_subjects(public.at)).newest_first()[:MOST]

    def item_title(self, correction):
        return NOT_XML.sub("", f"{correction.get_kind_display()}: {about(correction, is_plain=True)}")

    def item_description(self, correction):
        """The note and what has changed, as HTML."""
        said = [
            (label, _lines(text)) for label, text in (("It said", correction.was), ("It says now", correction.now))
        ]
        told = [(label, text) for label, text in said if text]
        return format_html("{}{}", _lines(correction.note), format_html_join("", "<p><b>{}</b></p>{}", told))

    def item_guid(self, correction):
        return uuid5(NAMESPACE_URL, f"newsroom:correction:{correction.key}").urn

    def item_pubdate(self, correction):
        return correction.decided_at

    def item_updateddate(self, correction):
        # What was told stays as it was told.
        return correction.decided_at

    def item_categories(self, correction):
        return [correction.get_kind_display()]

    def feed_url(self, public):
        return reverse("correction-feed")


def _lines(text):
    """A text as HTML, a paragraph for each line."""
    lines = (line.strip() for line in NOT_XML.sub("", text).splitlines())
    return format_html_join("", "<p>{}</p>", ((line,) for line in lines if line))
