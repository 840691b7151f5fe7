"""What a form knows of the people at it: who else has it open, and what was typed into it and not saved."""

from contextlib import suppress

from django import forms
from django.contrib import messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.http import Http404, HttpResponseNotAllowed, HttpResponseRedirect, JsonResponse, QueryDict
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.timesince import timesince

from aid.actions.drafting import DRAFT, draft_of, drop_typed, keep_typed, leave, note_presence, set_keeping
from aid.admin.states import said_on
from aid.models.drafting import Autosave, DeskPreference
from aid.models.records import new_key, validate_key

# Seconds between two signs of life of an open form, and between a keystroke and its being kept.
SIGN_EVERY = 30
KEEP_AFTER = 10
# What a form sends that nobody typed into it.
NOT_TYPED = {"csrfmiddlewaretoken", DRAFT, "action", IS_POPUP_VAR}
SECRET = (forms.PasswordInput, forms.FileInput)
PUT_BACK = "typed"
LONGEST_KEY = 80
# The fields that say best what somebody was typing.
NAMING = ("headline", "title", "name", "text", "note")


def form_of(opts, key):
    """The name of a row's form, or of the form for a new one: “article/12”, “article/add”."""
    return f"{opts.model_name}/{key or 'add'}"


def only_post(view):
    """A view of a model's admin that answers POST alone, and to those who may save the form that it belongs to."""

    def checked(self, request, object_id=None):
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        obj = None
        if object_id is None:
            may = self.has_add_permission(request)
        else:
            obj = self.get_object(request, object_id)
            may = self.has_change_permission(request, obj)
        if not may:
            raise PermissionDenied
        if object_id is not None and obj is None:
            raise Http404("There is no such row.")
        return view(self, request, obj)

    return checked


class Presences:
    """Mixin: a form says who else has it open."""

    def get_urls(self):
        view = self.admin_site.admin_view(self.presence_view)
        name = f"{self.opts.app_label}_{self.opts.model_name}_presence"
        return [path("<path:object_id>/presence/", view, name=name), *super().get_urls()]

    @only_post
    def presence_view(self, request, obj):
        """The sign of life of an open form, or that it was closed. Answers with who else has it open."""
        sign, form = request.POST.get("sign"), form_of(self.opts, obj.pk)
        if sign == "gone":
            leave(request.user, form)
            return JsonResponse({"line": ""})
        if sign != "here":
            return JsonResponse({"error": "A sign is “here” or “gone”."}, status=400)
        return JsonResponse({"line": presence_line(note_presence(request.user, form))})

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if change and self.has_change_permission(request, obj):
            others = note_presence(request.user, form_of(self.opts, obj.pk), opened=request.method != "POST")
            context["presence"] = {
                "line": presence_line(others),
                "address": reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_presence", args=[obj.pk]),
                "every": SIGN_EVERY,
            }
        return super().render_change_form(request, context, add, change, form_url, obj)

    def log_change(self, request, obj, message):
        leave(request.user, form_of(self.opts, obj.pk))
        return super().log_change(request, obj, message)


def presence_line(others, at=None):
    """ "editor opened this form 2 minutes ago, and has it open still." """
    if not others:
        return ""
    now = at or timezone.now()
    told = [f"{row.user.get_username()} opened this form {_ago(row.opened_at, now)}" for row in others]
    still = "has it open still" if len(told) == 1 else "they have it open still"
    return f"{'; '.join(told)}, and {still}. Whoever saves second is shown what the first one saved."


def _ago(moment, now):
    if (now - moment).total_seconds() < 60:
        return "just now"
    return f"{timesince(moment, now, depth=1)} ago".replace("\xa0", " ")


class Autosaves:
    """Mixin: what is typed into a form is kept for the account alone until it is saved or discarded."""

    def get_urls(self):
        def at(address, view, name):
            name = f"{self.opts.app_label}_{self.opts.model_name}_{name}"
            return path(address, self.admin_site.admin_view(view), name=name)

        return [
            at("autosave/", self.autosave_view, "autosave_new"),
            at("discard/", self.discard_view, "discard_new"),
            at("<path:object_id>/autosave/", self.autosave_view, "autosave"),
            at("<path:object_id>/discard/", self.discard_view, "discard"),
            *super().get_urls(),
        ]

    def _address(self, page, obj):
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}"
        return reverse(f"{name}_new") if obj is None else reverse(name, args=[obj.pk])

    def _form_address(self, obj):
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}"
        return reverse(f"{name}_add") if obj is None else reverse(f"{name}_change", args=[obj.pk])

    @only_post
    def autosave_view(self, request, obj):
        """Keeps what the form holds; where it holds nothing of its own any more, forgets what was kept."""
        draft = request.POST.get(DRAFT, "")
        form, typed = form_of(self.opts, obj and obj.pk), self._typed(request, obj)
        if not _is_draft(draft):
            return JsonResponse({"error": "The page has no key. Open it anew."}, status=400)
        try:
            if typed:
                state = request.POST.get("opened_state", "")[:80]
                row = keep_typed(request.user, form, typed, draft, state)
            else:
                drop_typed(request.user, form, draft)
        except ValidationError as error:
            status = {"character": 400, "too_long": 413, "off": 403}.get(error.code, 409)
            return JsonResponse({"error": error.message}, status=status)
        told = f"Kept at {timezone.localtime(row.saved_at):%H:%M}, for you alone. Not saved yet." if typed else ""
        return JsonResponse({"told": told})

    def _typed(self, request, obj):
        """The form's fields as they were sent. No password and no file is kept."""
        fields = self.get_form(request, obj, change=obj is not None).base_fields
        secret = {name for name, field in fields.items() if isinstance(field.widget, SECRET)}
        return {
            name: values
            for name, values in request.POST.lists()
            if name not in NOT_TYPED | secret and not name.startswith("_")
        }

    @only_post
    def discard_view(self, request, obj):
        drop_typed(request.user, form_of(self.opts, obj and obj.pk))
        messages.success(request, "What you typed and did not save is discarded.")
        return HttpResponseRedirect(self._form_address(obj))

    # The form, with what was typed put back

    def _kept(self, request, obj):
        """What this account typed into the form and did not save; None where nothing is kept. One query a request."""
        if not hasattr(request, "kept"):
            form = form_of(self.opts, obj and obj.pk)
            request.kept = Autosave.objects.of(request.user, form).first()
        return request.kept

    def _put_back(self, request, obj):
        """What the form is filled with, as it was sent; None for a form that is opened or sent as usual."""
        if request.method != "GET" or PUT_BACK not in request.GET:
            return None
        kept = self._kept(request, obj)
        if kept is None:
            return None
        data = QueryDict(mutable=True)
        for name, values in kept.typed.items():
            data.setlist(name, values)
        return data

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change, **kwargs)
        data = self._put_back(request, obj)
        return form if data is None else type(form.__name__, (PutBack, form), {"put_back": data})

    def get_formset_kwargs(self, request, obj, inline, prefix):
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        # A new row has no number yet, but an instance, to which its rows will belong.
        saved = obj if obj.pk else None
        data = self._put_back(request, saved)
        may_type = inline.has_change_permission(request, saved) or inline.has_add_permission(request, saved)
        if data is not None and may_type:
            kwargs |= {"data": data, "files": {}}
        return kwargs

    def _create_formsets(self, request, obj, change):
        formsets, inlines = super()._create_formsets(request, obj, change)
        obj.put_back_rows = [formset for formset in formsets if formset.is_bound]
        return formsets, inlines

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        may = self.has_change_permission(request, obj) if change else self.has_add_permission(request)
        if may:
            if request.method == "POST":
                self._keep_refused(request, obj if change else None)
            context["autosave"] = self._notice(request, obj if change else None)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def _keep_refused(self, request, obj):
        """What was sent and not saved is kept, in case the page that says why is closed."""
        draft = request.POST.get(DRAFT, "")
        if not _is_draft(draft):
            return
        state = request.POST.get("opened_state", "")[:80]
        with suppress(ValidationError):
            keep_typed(request.user, form_of(self.opts, obj and obj.pk), self._typed(request, obj), draft, state)

    def _notice(self, request, obj):
        """What the page says of what was typed before, and what its script needs to keep what is typed now."""
        kept = self._kept(request, obj) if request.method == "GET" else None
        is_back = kept is not None and PUT_BACK in request.GET
        sent = request.POST.get(DRAFT, "")
        opened = getattr(obj, "opened", None)
        return {
            "draft": draft_of(kept) if is_back else sent if _is_draft(sent) else new_key(),
            "is_on": DeskPreference.objects.keeps_typed(request.user),
            "after": KEEP_AFTER,
            "address": self._address("autosave", obj),
            "discard": self._address("discard", obj),
            "put_back": f"{self._form_address(obj)}?{PUT_BACK}",
            "kept_on": said_on(kept.saved_at) if kept else "",
            "is_back": is_back,
            "holds": is_back or request.method == "POST",
            "is_stale": bool(kept and opened and kept.state != opened.state),
        }

    # What is saved is kept no longer

    def log_addition(self, request, obj, message):
        self._forget(request, None)
        return super().log_addition(request, obj, message)

    def log_change(self, request, obj, message):
        self._forget(request, obj)
        return super().log_change(request, obj, message)

    def _forget(self, request, obj):
        draft = request.POST.get(DRAFT, "")
        if _is_draft(draft):
            drop_typed(request.user, form_of(self.opts, obj and obj.pk), draft)


def _is_draft(text):
    """Whether a text can be the key of a page."""
    return len(text) <= LONGEST_KEY and bool(validate_key.regex.match(text))


class PutBack:
    """Mixin: a form filled with what was typed before. Nobody has sent it, so it says nothing of what is wrong in it;
    only what others have saved since it was opened."""

    put_back = None

    def __init__(self, **kwargs):
        super().__init__(self.put_back, **kwargs)

    def full_clean(self):
        super().full_clean()
        told = self._errors.get(NON_FIELD_ERRORS)
        told = [error for error in told.as_data() if error.code in ("stale", "differs")] if told else []
        self._errors.clear()
        if told:
            self.add_error(None, told)
        for formset in getattr(self.instance, "put_back_rows", ()):
            for row, errors in zip(formset.forms, formset.errors, strict=False):
                errors.clear()
                row.errors.clear()
            formset.non_form_errors().clear()


# How an account likes the desk


class PreferencesForm(forms.ModelForm):
    class Meta:
        model = DeskPreference
        fields = ["autosaves"]


def preferences(site, request):
    """The page of an account's own preferences, and of everything that is kept for it."""
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
    found = DeskPreference(autosaves=DeskPreference.objects.keeps_typed(request.user))
    form = PreferencesForm(request.POST if request.method == "POST" else None, instance=found)
    if request.method == "POST":
        if "discard" in request.POST:
            drop_typed(request.user, request.POST["discard"])
            messages.success(request, "What you typed and did not save is discarded.")
        elif form.is_valid():
            set_keeping(request.user, form.cleaned_data["autosaves"])
            messages.success(request, "Your preferences are saved.")
        return HttpResponseRedirect(request.path)
    context = {
        **site.each_context(request),
        "title": "Preferences",
        "form": form,
        "kept": [_kept_line(site, row) for row in Autosave.objects.of(request.user)],
    }
    return TemplateResponse(request, "admin/aid/preferences.html", context)


def _kept_line(site, row):
    """A form into which something was typed and not saved: its name, when, and where it is put back."""
    name, _, key = row.form.partition("/")
    opts = next((model._meta for model in site._registry if model._meta.model_name == name), None)
    line = {"form": row.form, "name": row.form, "when": said_on(row.saved_at), "address": ""}
    if opts is None:
        return line
    base = f"admin:{opts.app_label}_{opts.model_name}"
    begins = next((row.typed[field][0] for field in NAMING if row.typed.get(field, [""])[0].strip()), "")
    begins = f": {Truncator(begins).chars(60)}" if begins else ""
    if key == "add":
        return line | {
            "name": f"A new {opts.verbose_name}{begins}",
            "address": f"{reverse(f'{base}_add')}?{PUT_BACK}",
        }
    kind = str(opts.verbose_name)
    return line | {
        "name": f"{kind[:1].upper()}{kind[1:]} {key}{begins}",
        "address": f"{reverse(f'{base}_change', args=[key])}?{PUT_BACK}",
    }
