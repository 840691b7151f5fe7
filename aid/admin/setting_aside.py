"""Setting a sentence of a source aside: a page with the sentence and the reason that readers are told."""

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse

from aid.actions.sources import set_aside, take_up
from aid.admin.withdrawals import ReasonForm
from aid.queries.coverage import coverage
from aid.queries.reopenings import sentence_set_aside

ASKED = (
    "Reason for readers",
    "It stands with the sentence on the source’s page. For example: “It announces another article and says nothing "
    "about aid.”",
    "Say why no record is made of it: readers see the reason.",
)
LAST_PLACE = 10**9


def aside_address(source, start):
    return f"{reverse('admin:aid_source_aside', args=[source.pk])}?start={start}"


class SettingAside:
    """Mixin for the admin of sources."""

    def get_urls(self):
        page = path(
            "<str:object_id>/set-aside/", self.admin_site.admin_view(self.aside_view), name="aid_source_aside"
        )
        return [page, *super().get_urls()]

    def aside_view(self, request, object_id):
        if not self.has_change_permission(request):
            raise PermissionDenied
        if request.method not in ("GET", "HEAD", "POST"):
            return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
        source = self.get_object(request, unquote(object_id))
        if source is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        start = request.GET.get("start", "")
        start = int(start) if start.isascii() and start.isdecimal() and len(start) < len(str(LAST_PLACE)) else -1
        back = reverse("admin:aid_source_change", args=[source.pk])
        row = sentence_set_aside(source, start)
        if "take_up" in request.POST:
            return self._take_up(request, source, start, back)
        initial = {"why": row.why} if row else None
        form = ReasonForm(*ASKED, data=request.POST if request.method == "POST" else None, initial=initial)
        if request.method == "POST" and form.is_valid():
            try:
                set_aside(source, start, request.user, form.cleaned_data["why"])
            except ValidationError as error:
                form.add_error("why" if error.code == "reason" else None, error)
            else:
                messages.success(request, "The sentence is set aside. Readers see the reason.")
                return HttpResponseRedirect(back)
        span = next((span for span in coverage(source).sentences if span.start == start), None)
        request.current_app = self.admin_site.name
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Set a sentence aside",
            "record": source,
            "back": back,
            "form": form,
            "row": row,
            "sentence": source.text[span.start : span.end] if span else "",
        }
        return TemplateResponse(request, "admin/aid/set_aside.html", context)

    def _take_up(self, request, source, start, back):
        try:
            take_up(source, start, request.user)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, "The sentence is left over again.")
        return HttpResponseRedirect(back)
