"""What grows old, as the desk lists it, and what the addresses of sources answered."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html

from aid.admin.base import PartAdmin, day_text, moment_text
from aid.admin.reported import page_of
from aid.dates import spoken
from aid.models.links import LinkCheck
from aid.queries import aging
from aid.queries.reports import LATE, claims_of, name_of, open_counts, waiting
from aid.rules.breaches import mending_page

PAGE = "aging"


def aging_lists(user, limit=aging.SHOWN):
    """The five lists, for who may mend what stands in them; [] for others. A few queries each, however much there is.

    Each item is {text, url, note}; `more` leads to the page with the whole of each list.
    """
    if not user.has_perm("aid.change_source"):
        return []
    return [
        _list(
            "review",
            "To be reviewed",
            aging.to_review(limit=limit),
            lambda row: f"{row._meta.verbose_name}, by {day_of(row.review_by)}",
            "No review is due.",
            "Look whether each still holds, then set the next day for its review or none.",
        ),
        _list(
            "announced",
            "Announced long ago, no later stage",
            aging.announced_long_ago(limit=limit),
            announced_text,
            "No announced pledge is that old.",
            "Look for a later source: was it committed, allocated, delivered or cancelled?",
        ),
        _list(
            "archive",
            "Sources without an archive address",
            aging.without_archive(limit=limit),
            lambda source: source.url,
            "Every source on the web has an archived copy.",
            "Save a copy at a web archive, then enter its address.",
        ),
        _list(
            "links",
            "Links that do not answer",
            aging.dead_links(limit=limit),
            dead_text,
            "All addresses answered when they were last asked.",
            "Open each yourself. Enter the new address, or that of an archived copy.",
        ),
        _late_reports(limit),
    ]


def _late_reports(limit):
    reports = waiting(limit + 1, LATE)
    count = len(reports) if len(reports) <= limit else open_counts()[1]
    reports = reports[:limit]
    claims = claims_of(reports)
    items = [
        {
            "text": name_of(report, claims)[:110],
            "url": page_of(report),
            "note": f"came {day_text(report.received_at)}; {report.assigned_to or 'nobody looks at it'}",
        }
        for report in reports
    ]
    return {
        "anchor": "reports",
        "title": f"Reports of readers, waiting for more than {LATE.days} days",
        "help": "Each waits for a correction, or for the reason why there is none.",
        "items": items,
        "empty": "No report has waited that long.",
        "told": f"{count}",
        "more": f"{reverse('admin:aid_report_changelist')}?state=late" if count > len(items) else "",
        "left": count - len(items),
        "is_cut": False,
    }


def _list(anchor, title, aged, note, empty, help_text):
    items = [{"text": _name(row)[:110], "url": mending_page(_row(row)), "note": note(row)} for row in aged.rows]
    return {
        "anchor": anchor,
        "title": title,
        "help": help_text,
        "items": items,
        "empty": empty,
        "told": aged.told,
        "more": f"{reverse(f'admin:{PAGE}')}#{anchor}" if aged.count > len(items) else "",
        "left": aged.count - len(items),
        "is_cut": aged.is_cut,
    }


def _row(row):
    return row.source if isinstance(row, LinkCheck) else row


def _name(row):
    return str(_row(row))


def day_of(day):
    return f"{day.day} {day:%B %Y}"


def announced_text(pledge):
    if pledge.announced_on_latest:
        return f"announced {spoken(pledge.announced_on)}"
    return f"its day is not recorded; entered {day_text(pledge.created_at)}"


def dead_text(check):
    since = f"; since {day_text(check.failing_since)}" if check.failing_since else ""
    told = check.told or check.get_state_display()
    return f"{told.rstrip('.')}: {check.url}{since}"


def aging_page(request, site):
    """Each of the five lists as far as it is counted."""
    lists = aging_lists(request.user, aging.MOST)
    if not lists:
        raise PermissionDenied
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    context = {**site.each_context(request), "title": "What grows old", "lists": lists}
    return TemplateResponse(request, "admin/aid/aging.html", context)


def urls(site):
    return [path("aging/", site.admin_view(lambda request: aging_page(request, site)), name=PAGE)]


@admin.register(LinkCheck)
class LinkCheckAdmin(PartAdmin):
    """What each address answered when the command check_links last asked it. Nobody types it."""

    is_part = False
    list_display = ["address", "answered", "of_source", "checked", "since"]
    list_filter = ["state"]
    list_select_related = ["source"]
    search_fields = ["url", "source__title", "told"]
    search_help_text = "Search in address, source and what came of it."
    ordering = ["-checked_at", "-pk"]
    view_on_site = False
    fields = readonly_fields = ["url", "answered", "leads_to", "of_source", "checked", "since", "key"]

    def get_queryset(self, request):
        return super().get_queryset(request).defer("source__text")

    @admin.display(description="address", ordering="url")
    def address(self, check):
        return check.url

    @admin.display(description="answer", ordering="state")
    def answered(self, check):
        status = f" ({check.status})" if check.status else ""
        note = format_html(' <span class="note">{}</span>', check.told) if check.told else ""
        return format_html("{}{}{}", check.get_state_display(), status, note)

    @admin.display(description="source", ordering="source__title")
    def of_source(self, check):
        url = reverse("admin:aid_source_change", args=[check.source_id])
        return format_html('<a href="{}">{}</a>', url, check.source.title)

    @admin.display(description="asked", ordering="checked_at")
    def checked(self, check):
        return moment_text(check.checked_at)

    @admin.display(description="failing since", ordering="failing_since")
    def since(self, check):
        return day_text(check.failing_since) if check.failing_since else "–"
