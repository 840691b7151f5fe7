"""Merging a party into another: choose the one that stays, read what moves, then do it."""

from dataclasses import replace

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html

from aid.actions.parties import MERGE, merge_parties, told
from aid.admin.base import linked, use_lines
from aid.admin.forms import is_key
from aid.models.parties import Party
from aid.queries.merging import Merger, named_alike
from aid.queries.uses import record_of
from aid.rules.merging import reasons_not_to_merge

FOUND = 20
LONGEST_REASON = 1000


class Merging:
    """Mixin for the admin of parties: the page on which one is merged into another."""

    change_form_template = "admin/aid/party_form.html"

    def get_urls(self):
        page = self.admin_site.admin_view(self.merge_view)
        return [path("<path:object_id>/merge/", page, name="aid_party_merge"), *super().get_urls()]

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context["may_merge"] = change and request.user.has_perm(MERGE)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def merge_view(self, request, object_id):
        if not request.user.has_perm(MERGE):
            raise PermissionDenied
        if request.method not in ("GET", "HEAD", "POST"):
            return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
        gone = self._party(unquote(object_id))
        if gone is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        asked = (request.POST if request.method == "POST" else request.GET).get("into", "")
        stays = self._party(asked)
        if stays is None:
            if asked:
                messages.error(request, "There is no such party. Look for the one that stays.")
            return self._choose(request, gone)
        if request.method == "POST":
            return self._merge(request, gone, stays)
        return self._preview(request, gone, stays)

    def _party(self, key):
        return Party.objects.select_related("parent").in_bulk([int(key)]).get(int(key)) if is_key(key) else None

    def _choose(self, request, gone):
        """The page on which the party that stays is looked for; without scripts, too."""
        term = request.GET.get("q", "").strip()
        if term:
            rows, _ = self.get_search_results(request, Party.objects.all(), term)
        else:
            rows = named_alike(gone)
        found = [party for party in rows.select_related("parent")[: FOUND + 1] if party.pk != gone.pk]
        return self._page(
            request,
            "admin/aid/merge_choose.html",
            gone,
            {"term": term, "found": found[:FOUND], "has_more": len(found) > FOUND, "title": f"Merge “{gone}”"},
        )

    def _preview(self, request, gone, stays, why=""):
        reasons = [sentence for _, sentence in reasons_not_to_merge(gone, stays)]
        shown = {} if reasons else shown_merger(Merger(gone, stays))
        context = {"stays": stays, "reasons": reasons, "why": why, "title": f"Merge “{gone}” into “{stays}”"}
        return self._page(request, "admin/aid/merge.html", gone, context | shown)

    def _merge(self, request, gone, stays):
        why = request.POST.get("why", "").replace("\0", "").strip()[:LONGEST_REASON]
        try:
            merger = merge_parties(gone, stays, request.user, why, seen=request.POST.get("state", ""))
        except ValidationError as error:
            for sentence in error.messages:
                messages.error(request, sentence)
            return self._preview(request, gone, stays, why)
        messages.success(request, told(merger))
        return HttpResponseRedirect(reverse("admin:aid_party_change", args=[stays.pk]))

    def _page(self, request, template, gone, context):
        request.current_app = self.admin_site.name
        return TemplateResponse(
            request, template, {**self.admin_site.each_context(request), "opts": self.opts, "gone": gone, **context}
        )


def shown_merger(merger):
    """What a Merger comes to, as the page tells it."""
    whole = merger.transfer
    return {
        "state": merger.state,
        "count": merger.count,
        "moves": _counted(merger.uses(whole)),
        "twice": [line for part in whole.absorbed for line in _twice(merger, part)],
        "taken": _taken(whole),
        "lost": whole.lost,
        "demoted": _counted(merger.told_claims("Claims that become alternatives", whole.demoted)),
        "renamed": _counted(merger.told_claims("Claims", [claim for claim, _ in merger.renamed])),
        "articles": _counted(merger.told_articles()),
        "aliases": merger.new_aliases,
    }


def _counted(found):
    """Uses as nested lines, each kind with its number."""
    return use_lines([replace(use, label=f"{use.label}: {use.count:,}") for use in found])


def _taken(part):
    """The values that the kept row takes over, in words: [“part of: Denmark”]."""
    names = [name for name in part.taken if name in part.gone.claimed_fields]
    return [f"{part.gone._meta.get_field(name).verbose_name}: {part.taken[name]}" for name in names]


def _twice(merger, part):
    """What becomes of two rows that would say the same, as nested lines."""
    if part.is_of_a_link:
        record = getattr(part.gone, part.owner_column)
        return [format_html("{}, {}: both are named there; one of the two is left.", linked(record), part.label)]
    kind = str(part.gone._meta.verbose_name)
    told = [format_html("{}: the {} of “{}” stays, that of “{}” goes.", linked(record_of(part.kept)), kind,
                        merger.stays, merger.gone)]  # fmt: skip
    if taken := _taken(part):
        told.append(f"It takes over: {'; '.join(taken)}.")
    if part.lost:
        told.append(f"Not kept, because no claim says it: {'; '.join(part.lost)}.")
    below = _counted([*merger.uses(part), *merger.told_claims("Claims that become alternatives", part.demoted)])
    return [format_html("{}" + " {}" * (len(told) - 1), *told), *([below] if below else [])]
