from django.contrib.admin import AdminSite
from django.core.exceptions import BadRequest
from django.template.response import TemplateResponse
from django.urls import path

# The desk's table of contents: the registered models by what an editor does with them.
GROUPS = {
    "Records": ["Pledge", "Coalition", "Agreement", "Event", "Party", "Person", "Office"],
    "Context": ["Statement", "Assertion", "Sector"],
    "Evidence": ["Source", "Passage", "Claim", "LinkCheck", "ExchangeRate"],
    "Writing": ["Article", "Image", "Correction", "Report"],
    "Accounts": ["User", "Group"],
    "Log": ["AuditEntry", "BulkChange"],
}

# The longest value in an address: a sentence of a source is handed over in one.
LONGEST = 10_000


class DeskSite(AdminSite):
    """The admin, with the desk as its home page."""

    site_title = "Newsroom desk"
    site_header = "Newsroom desk"
    index_title = "Desk"
    empty_value_display = "–"

    def admin_view(self, view, cacheable=False):
        inner = super().admin_view(view, cacheable)

        def checked(request, *args, **kwargs):
            # PostgreSQL holds no NUL, and SQLite compares no pattern that is longer than 50,000 bytes.
            if any("\0" in text or len(text) > LONGEST for row in request.GET.lists() for text in (row[0], *row[1])):
                raise BadRequest("The address holds a character that no text has, or is too long.")
            return inner(request, *args, **kwargs)

        # AdminSite marks its views by attributes (csrf, cache); the outer one keeps them.
        checked.__dict__.update(inner.__dict__)
        return checked

    def get_urls(self):
        from aid.admin import aging

        return [
            *aging.urls(self),
            path("ledger/", self.admin_view(self.ledger), name="ledger"),
            path("preferences/", self.admin_view(self.preferences), name="preferences"),
            *super().get_urls(),
        ]

    def get_app_list(self, request, app_label=None):
        if app_label:
            return super().get_app_list(request, app_label)
        models = {model["object_name"]: model for app in super().get_app_list(request) for model in app["models"]}
        groups = []
        for title, names in GROUPS.items():
            rows = [models.pop(name) for name in names if name in models]
            if rows:
                groups.append(self._group(title, rows))
        if models:
            groups.append(self._group("Other", list(models.values())))
        return groups

    def _group(self, title, rows):
        return {
            "name": title,
            "app_label": title.lower(),
            "app_url": f"{rows[0]['admin_url']}",
            "has_module_perms": True,
            "models": rows,
        }

    def index(self, request, extra_context=None):
        # The work lists need the models, and this module is loaded before them.
        from aid.admin.worklists import desk_context

        return super().index(request, {**desk_context(request.user), **(extra_context or {})})

    def password_change(self, request, extra_context=None):
        from aid.actions.log import log
        from aid.choices import AuditAction

        response = super().password_change(request, extra_context)
        if request.method == "POST" and response.status_code == 302:
            log(AuditAction.CHANGED, request.user, request.user, "Changed their own password.", changes=())
        return response

    def ledger(self, request):
        """Every broken rule of the ledger, looked up when this page is opened."""
        from aid.admin.worklists import ledger_context

        context = {**self.each_context(request), **ledger_context(), "title": "Ledger"}
        request.current_app = self.name
        return TemplateResponse(request, "admin/aid/ledger.html", context)

    def preferences(self, request):
        """How this account likes the desk, and what it typed and did not save."""
        from aid.admin.drafting import preferences

        request.current_app = self.name
        return preferences(self, request)
