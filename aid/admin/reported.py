"""Where a correction is made: which readers' reports it may settle, and ending one with it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from aid.actions.reports import DECIDE, end_report
from aid.choices import ReportState
from aid.queries.reports import open_about, report_numbered
from aid.rules.reports import End


def page_of(report):
    return reverse("admin:aid_report_change", args=[report.pk])


def offer_reports(request, subject):
    """Tells whoever has corrected a record or an article which reports about it are open."""
    reports = open_about(subject) if request.user.has_perm(DECIDE) else []
    if reports:
        links = format_html_join(", ", '<a href="{}">report {}</a>', ((page_of(row), row.pk) for row in reports))
        messages.info(request, format_html("Readers had reported something here: {}. End what this settles.", links))


def report_to_end(request):
    """The open report that the address of a correction's form names; None without one."""
    report = report_numbered(request.GET.get("report", "")) if request.user.has_perm(DECIDE) else None
    return report if report and report.is_open else None


def end_with(request, report, correction):
    """Ends a report with the correction that was made for it, in the transaction that made it."""
    try:
        end_report(report, request.user, End(ReportState.CORRECTED, correction=correction))
    except ValidationError as error:
        # Somebody ended it meanwhile. The note stands all the same.
        messages.warning(request, f"Report {report.pk}: {' '.join(error.messages)}")
    else:
        messages.success(request, f"Report {report.pk} is ended with it. Its reader is led to the note.")
