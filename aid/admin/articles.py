from django import forms
from django.contrib import admin, messages
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Prefetch
from django.urls import reverse

from aid.actions.articles import (
    TEXT_FIELDS,
    latest_revision,
    save_revision,
)
from aid.actions.publications import PUBLISH, publish_article, withdraw_article
from aid.admin import article_pages
from aid.admin.base import DeskAdmin, PartAdmin, RowInline, day_text, moment_text
from aid.admin.forms import DeskForm
from aid.admin.previews import Previewed
from aid.admin.states import OpenedArticle, StateForm
from aid.models.articles import Article, ArticleRevision
from aid.queries.desk import ARTICLE_STATES, articles_in_state


class ArticleForm(StateForm, DeskForm):
    """An article and the text of its next revision on one form."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        last = latest_revision(self.instance) if self.instance.pk else None
        self.instance.headline = last.headline if last else ""
        self.instance.newest = last
        for name in (*TEXT_FIELDS, "topics", "why"):
            self.fields[name] = ArticleRevision._meta.get_field(name).formfield()
            if last and name != "why":
                self.initial[name] = last.topics.all() if name == "topics" else getattr(last, name)
        # Trailing spaces in Markdown are line breaks, so the text is kept as typed.
        self.fields["body"].strip = False
        self.fields["body"].widget = forms.Textarea(attrs={"class": "vLargeTextField body-text", "rows": 24})
        self.fields["standfirst"].widget = forms.Textarea(attrs={"class": "vLargeTextField", "rows": 3})
        for name in ("headline", "byline", "why"):
            self.fields[name].widget.attrs["class"] = "vTextField"
        self.fields["why"].help_text = "For the history: what you changed, and why. Readers do not see it."
        if self.instance.published_at and "slug" in self.fields:
            self.fields["slug"].disabled = True
            self.fields["slug"].help_text = "The address that readers know stays, so that links to it keep working."


class RevisionInline(RowInline):
    """The history, newest first. Nothing in it is ever changed."""

    model = ArticleRevision
    verbose_name_plural = "history"
    template = "admin/aid/revisions_inline.html"
    fields = readonly_fields = ["number"]
    can_delete = False
    max_num = 0

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("created_by").defer("body", "standfirst")

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False


class StateFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return ARTICLE_STATES

    def queryset(self, request, queryset):
        return articles_in_state(queryset, self.value()) if self.value() else queryset


@admin.register(Article)
class ArticleAdmin(Previewed, DeskAdmin):
    form = ArticleForm
    change_form_template = "admin/aid/article_form.html"
    list_display = ["headline", "state", "published", "changed"]
    list_filter = [StateFilter]
    search_fields = ["slug", "revisions__headline"]
    search_help_text = "Search in address and headlines, earlier ones included."
    date_hierarchy = "published_at"
    ordering = ["-updated_at", "-id"]
    actions = ["publish", "withdraw"]
    inlines = [RevisionInline]
    fieldsets = [
        (
            None,
            {
                "description": "Saving keeps a new revision. Readers see it only when it is published; until then "
                "the live page stays as it is.",
                "fields": [("section", "image"), "topics", "headline", "standfirst", "byline", "body", "why"],
            },
        ),
        ("Where it stands", {"fields": ["slug"]}),
    ]

    def get_queryset(self, request):
        queryset = super().get_queryset(request).with_edition()
        if self.is_page(request, "changelist"):
            headlines = ArticleRevision.objects.defer("body", "standfirst")
            queryset = queryset.prefetch_related(Prefetch("revisions", headlines))
        return queryset

    def get_form(self, request, obj=None, change=False, **kwargs):
        # The text's fields are made by the form; the model has none of them.
        kwargs["fields"] = ["slug"]
        return super().get_form(request, obj, change, **kwargs)

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else {"slug": ["headline"]}

    def opened(self, obj, formsets):
        return OpenedArticle(obj, obj.newest)

    # The list

    @admin.display(description="headline")
    def headline(self, article):
        revisions = article.revisions.all()
        return revisions[0].headline if revisions else article.slug

    @admin.display(description="state")
    def state(self, article):
        revisions = article.revisions.all()
        if not article.live:
            return "withdrawn" if article.published_at else "never published"
        if revisions and revisions[0] != article.live:
            return f"live: revision {article.live.number}, newer draft: {revisions[0].number}"
        return "live"

    @admin.display(description="first published", ordering="published_at")
    def published(self, article):
        return day_text(article.published_at) if article.published_at else "–"

    @admin.display(description="last saved", ordering="updated_at")
    def changed(self, article):
        return moment_text(article.updated_at)

    # Saving and publishing

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        text = {name: form.cleaned_data[name] for name in (*TEXT_FIELDS, "topics")}
        revision = save_revision(form.instance, text, request.user, form.cleaned_data["why"])
        form.instance.headline = text["headline"]
        if revision is None and not {"_publish", "_withdraw"} & set(request.POST):
            messages.info(request, "The text is as it was, so no revision was added.")

    def response_add(self, request, obj, post_url_continue=None):
        self._publish_as_asked(request, obj)
        return super().response_add(request, obj, post_url_continue)

    def response_change(self, request, obj):
        self._publish_as_asked(request, obj)
        return super().response_change(request, obj)

    def _publish_as_asked(self, request, article):
        for button, act, done in (
            ("_publish", publish_article, "Published. Readers see it from now on."),
            ("_withdraw", withdraw_article, "Withdrawn. Readers no longer see it."),
        ):
            if button in request.POST:
                self._attempt(request, article, act, done)

    def _attempt(self, request, article, act, done):
        """Publishes or withdraws, or says why not. What was typed is saved in either case."""
        try:
            act(article, request.user)
        except PermissionDenied:
            messages.error(request, f"“{article}”: you may write, but not publish or withdraw. Ask a publisher.")
        except ValidationError as error:
            messages.error(request, f"“{article}”: {' '.join(error.messages)}")
        else:
            messages.success(request, f"“{article}”: {done}")

    def has_publish_permission(self, request):
        return request.user.has_perm(PUBLISH)

    @admin.action(description="Publish the last revision", permissions=["publish"])
    def publish(self, request, queryset):
        for article in queryset:
            article.headline = self.headline(article)
            self._attempt(request, article, publish_article, "Published.")

    @admin.action(description="Withdraw from the public site", permissions=["publish"])
    def withdraw(self, request, queryset):
        for article in queryset:
            article.headline = self.headline(article)
            self._attempt(request, article, withdraw_article, "Withdrawn.")

    def get_urls(self):
        return [*article_pages.urls(self), *super().get_urls()]

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        context["tools"] = article_pages.tools(request, obj) if obj else []
        context["may_publish"] = self.has_publish_permission(request)
        context["is_live"] = bool(obj and obj.live)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def view_on_site(self, article):
        """The public page, for a live article only."""
        if not article.live:
            return None
        return reverse("admin:view_on_site", args=[ContentType.objects.get_for_model(article).pk, article.pk])

    def get_view_on_site_url(self, obj=None):
        return self.view_on_site(obj) if obj is not None and obj.pk else None

    def has_delete_permission(self, request, obj=None):
        """An article stays on the record; withdraw it to take it off the public site."""
        return False


@admin.register(ArticleRevision)
class ArticleRevisionAdmin(PartAdmin):
    list_display = ["headline", "article", "number", "created_at", "created_by", "why"]
    list_select_related = ["article", "created_by"]
    search_fields = ["headline", "article__slug"]
    date_hierarchy = "created_at"
    ordering = ["-id"]
    view_on_site = False
    fields = ["headline", "standfirst", "byline", "body", "why", "written"]
    readonly_fields = ["written"]

    @admin.display(description="saved")
    def written(self, revision):
        by = f" by {revision.created_by}" if revision.created_by else ""
        return f"{moment_text(revision.created_at)}{by}"
