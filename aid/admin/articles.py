"""Articles at the desk: the form of the text, the list, and the panel that says where an article stands."""

from django import forms
from django.contrib import admin, messages
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import slugify

from aid.actions.articles import TEXT_FIELDS, latest_revision, save_revision
from aid.actions.workflow import submit_article
from aid.admin import article_pages, picking, steps
from aid.admin.base import DeskAdmin, PartAdmin, RowInline, day_text, moment_text
from aid.admin.bulk import BulkActions
from aid.admin.forms import DeskForm, KeyField, KeysField, KnownSelect, KnownSelectMultiple, RowFormSet
from aid.admin.images import thumbnail
from aid.admin.moments import MomentField
from aid.admin.previews import Previewed
from aid.admin.states import OpenedArticle, StateForm
from aid.models.articles import Article, ArticleRevision
from aid.queries.desk import (
    ARTICLE_STATES,
    ASSIGNMENTS,
    DUE,
    accounts_with_articles,
    articles_assigned,
    articles_due,
    articles_in_state,
    free_address,
)
from aid.queries.standing import is_overdue, standing, with_standing
from aid.rules.addresses import reasons_not_to_stand_at
from aid.rules.workflow import PUBLISH, WRITE

LONGEST_ADDRESS = Article._meta.get_field("slug").max_length


class ArticleForm(StateForm, DeskForm):
    """An article and the text of its next revision on one form. An unfinished text can always be saved."""

    # Whether the account may give another address to an article that readers know.
    may_move = False

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        last = latest_revision(self.instance) if self.instance.pk else None
        self.instance.headline = last.headline if last else ""
        self.instance.newest = last
        for name in (*TEXT_FIELDS, "topics", "why"):
            stored = _stored(name, last)
            self.fields[name] = _text_field(name, stored)
            if last and name != "why":
                self.initial[name] = stored
        # Trailing spaces in Markdown are line breaks, so the text is kept as typed.
        self.fields["body"].strip = False
        self.fields["body"].widget = picking.BodyText()
        self.fields["standfirst"].widget = forms.Textarea(attrs={"class": "vLargeTextField", "rows": 3})
        for name in ("headline", "byline", "why"):
            self.fields[name].widget.attrs["class"] = "vTextField"
        if last and last.image:
            self.fields["image"].help_text = thumbnail(last.image)
        self.fields["why"].help_text = "For the history: what you changed, and why. Readers do not see it."
        if "slug" in self.fields:
            self._prepare_address(self.fields["slug"])

    def _prepare_address(self, field):
        if self.instance.pk is None:
            field.required = False
            field.help_text += " Left empty, it is made from the headline."
        elif self.instance.published_at and self.instance.published_at <= timezone.now():
            field.disabled = not self.may_move
            field.help_text = (
                "Change it only where it misleads. Readers who ask for the old one are sent on to the new one."
                if self.may_move
                else "The address that readers know stays; only a publisher changes it."
            )

    def clean_slug(self):
        slug = self.cleaned_data["slug"]
        for sentence in reasons_not_to_stand_at(slug, Article, self.instance.pk):
            raise ValidationError(sentence, code="former_address")
        return slug

    def clean(self):
        cleaned = super().clean()
        if self.instance.pk is not None:
            return cleaned
        headline = cleaned.get("headline", "")
        if not any(str(cleaned.get(name) or "").strip() for name in ("headline", "standfirst", "body")) and not (
            {"headline", "standfirst", "body"} & set(self.errors)
        ):
            raise ValidationError("Write a headline or a text first; the rest can wait.", code="empty")
        if "slug" not in self.errors and not cleaned.get("slug"):
            cleaned["slug"] = free_address(Article, slugify(headline)[:LONGEST_ADDRESS] or "draft")
        return cleaned


def _stored(name, last):
    if last is None:
        return None
    return list(last.topics.all()) if name == "topics" else getattr(last, name)


def _text_field(name, stored):
    """The form's field for a column of the revision. What leads to other rows is found by typing, as everywhere."""
    column = ArticleRevision._meta.get_field(name)
    if not column.is_relation or not admin.site.is_registered(column.related_model):
        return column.formfield()
    many = column.many_to_many
    widget = (KnownSelectMultiple if many else KnownSelect)(column, admin.site)
    widget.known = (stored or []) if many else [row for row in [stored] if row]
    return column.formfield(form_class=KeysField if many else KeyField, widget=widget)


class ShownFormSet(RowFormSet):
    """Rows that are only shown: whatever was sent of them, those stand there that are saved."""

    def __init__(self, data=None, files=None, **kwargs):
        super().__init__(**kwargs)

    def is_valid(self):
        return True

    def save(self, commit=True):
        self.new_objects, self.changed_objects, self.deleted_objects = [], [], []
        return []


class RevisionInline(RowInline):
    """The history, newest first. Nothing in it is ever changed."""

    model = ArticleRevision
    formset = ShownFormSet
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


# The list's filters


class StateFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return ARTICLE_STATES

    def queryset(self, request, queryset):
        return articles_in_state(queryset, self.value()) if self.value() else queryset


class AssignedFilter(admin.SimpleListFilter):
    title = "assigned to"
    parameter_name = "assigned"

    def lookups(self, request, model_admin):
        others = [user for user in accounts_with_articles() if user != request.user]
        return [*ASSIGNMENTS, *((str(user.pk), user.get_username()) for user in others)]

    def queryset(self, request, queryset):
        return articles_assigned(queryset, self.value(), request.user) if self.value() else queryset


class DueFilter(admin.SimpleListFilter):
    title = "due date"
    parameter_name = "due"

    def lookups(self, request, model_admin):
        return DUE

    def queryset(self, request, queryset):
        return articles_due(queryset, self.value()) if self.value() else queryset


@admin.register(Article)
class ArticleAdmin(Previewed, BulkActions, DeskAdmin):
    form = ArticleForm
    change_form_template = "admin/aid/article_form.html"
    list_display = ["headline", "state", "assigned", "due", "published", "changed"]
    list_filter = [StateFilter, AssignedFilter, DueFilter]
    search_fields = ["slug", "revisions__headline"]
    search_help_text = "Search in address and headlines, earlier ones included."
    date_hierarchy = "published_at"
    ordering = ["-updated_at", "-id"]
    actions = ["submit"]
    inlines = [RevisionInline]
    fieldsets = [
        (
            None,
            {
                "description": "Saving keeps a new revision, finished or not. Readers see it only when it is "
                "published; until then the live page stays as it is.",
                "fields": [("section", "image"), "topics", "headline", "standfirst", "byline", "body", "why"],
            },
        ),
        ("Address", {"fields": ["slug"]}),
    ]

    def get_queryset(self, request):
        queryset = super().get_queryset(request)
        if self.is_page(request, "changelist"):
            return with_standing(queryset).select_related("assigned_to")
        if self.is_page(request, "change") and request.method == "GET":
            queryset = queryset.select_related("assigned_to")
        return queryset.with_edition()

    def get_form(self, request, obj=None, change=False, **kwargs):
        # The text's fields are made by the form; the model has none of them.
        kwargs["fields"] = ["slug"]
        form = super().get_form(request, obj, change, **kwargs)
        form.may_move = request.user.has_perm(PUBLISH)
        return form

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else {"slug": ["headline"]}

    def opened(self, obj, formsets):
        return OpenedArticle(obj, obj.newest)

    # The list

    @admin.display(description="headline")
    def headline(self, article):
        newest = standing(article).newest
        return newest.headline if newest and newest.headline else f"No headline yet: {article.slug}"

    @admin.display(description="state")
    def state(self, article):
        return " · ".join(standing(article).words)

    @admin.display(description="assigned to", ordering="assigned_to__username")
    def assigned(self, article):
        return article.assigned_to or "–"

    @admin.display(description="due", ordering="due_at")
    def due(self, article):
        if not article.due_at:
            return "–"
        text = moment_text(article.due_at)
        return format_html('<span class="overdue">{}, overdue</span>', text) if is_overdue(article) else text

    @admin.display(description="first published", ordering="published_at")
    def published(self, article):
        # What is scheduled is told in another column.
        edition = standing(article).edition
        return day_text(article.published_at) if article.published_at and edition else "–"

    @admin.display(description="last saved", ordering="updated_at")
    def changed(self, article):
        return moment_text(article.updated_at)

    # Saving

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        text = {name: form.cleaned_data[name] for name in (*TEXT_FIELDS, "topics")}
        revision = save_revision(form.instance, text, request.user, form.cleaned_data["why"])
        form.instance.headline = text["headline"]
        if revision is None and "_submit" not in request.POST:
            messages.info(request, "The text is as it was, so no revision was added.")

    def response_add(self, request, obj, post_url_continue=None):
        return self._submitted(request, obj) or super().response_add(request, obj, post_url_continue)

    def response_change(self, request, obj):
        return self._submitted(request, obj) or super().response_change(request, obj)

    def _submitted(self, request, article):
        """Submits what was saved, where its button was pressed. Whatever comes of it, the text is saved."""
        if "_submit" in request.POST:
            self._submit(request, article)
            return HttpResponseRedirect(reverse("admin:aid_article_change", args=[article.pk]))
        return None

    def _submit(self, request, article):
        try:
            revision = submit_article(article, request.user)
        except PermissionDenied:
            messages.error(request, f"“{article}”: your account may not submit it. The text is saved.")
        except ValidationError as error:
            messages.error(request, f"“{article}” is not submitted. {' '.join(error.messages)}")
        else:
            messages.success(request, f"“{article}”: revision {revision.number} is in the fact-check now.")

    # The list's actions

    def has_write_permission(self, request):
        return request.user.has_perm(WRITE)

    @admin.action(description="Submit to the fact-check", permissions=["write"])
    def submit(self, request, queryset):
        for article in queryset.order_by("pk"):
            article.headline = self.headline(article)
            self._submit(request, article)

    # The pages

    def get_urls(self):
        return [*steps.urls(self), *article_pages.urls(self), *super().get_urls()]

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        context["tools"] = article_pages.tools(request, obj) if obj else []
        context["panel"] = None
        context["figures_dialog"] = picking.dialog(request)
        if obj:
            context["panel"] = panel = steps.panel(request.user, obj)
            context["media"] += MomentField().widget.media
            context["saving_submits"] = panel["found"].stage in steps.SAVED_AS_DRAFT
        else:
            context["saving_submits"] = True
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
