from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError

from aid.actions.sign_ins import refuse_sign_in
from aid.admin.changes import Audited
from aid.admin.drafting import Presences
from aid.admin.states import StateAdmin, StateForm
from aid.queries.uses import uses

admin.site.unregister(User)
admin.site.unregister(Group)


class SignInForm(AdminAuthenticationForm):
    """The desk's sign-in. Who has the right password and no business here failed to sign in, too."""

    def confirm_login_allowed(self, user):
        try:
            super().confirm_login_allowed(user)
        except ValidationError:
            refuse_sign_in(user.get_username(), "The account may not use the desk.")
            raise


admin.site.login_form = SignInForm

# What only a superuser hands out: whoever could set these for themselves would have every right there is.
RESERVED = ("is_superuser", "user_permissions")


# What changes without anybody's saving the form, and is typed by nobody there.
UNTYPED = ("last_login", "date_joined")


class AccountForm(StateForm, UserChangeForm):
    """An account, refused where somebody has changed it since the form was opened."""


class RoleForm(StateForm):
    """A role, refused likewise."""


@admin.register(User)
class AccountAdmin(Presences, StateAdmin, Audited, UserAdmin):
    """The newsroom's accounts. What an account may do follows from its role, which is its group."""

    form = AccountForm
    state_besides = ("password", *UNTYPED)
    list_display = ["username", "role", "is_active", "last_login"]
    list_filter = ["is_active", "groups"]
    list_per_page = 50
    date_hierarchy = "date_joined"
    filter_horizontal = ["groups", "user_permissions"]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("groups")

    @admin.display(description="role")
    def role(self, user):
        names = [group.name for group in user.groups.all()]
        return ", ".join([*names, *(["superuser"] if user.is_superuser else [])]) or "none"

    def get_readonly_fields(self, request, obj=None):
        fields = (*super().get_readonly_fields(request, obj), *UNTYPED)
        return fields if request.user.is_superuser else (*fields, *RESERVED)

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and self._is_equal(request, obj)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and self._is_equal(request, obj)

    def get_deleted_objects(self, objs, request):
        """An account that did anything stays, for the log and the records name it. What it did is told in short."""
        objs = list(objs)
        found = [(user, ", ".join(f"{use.label.lower()} ({use.count:,})" for use in uses(user))) for user in objs]
        told = [
            f"{user}, who stands in these: {stands_in}. Take the tick from “Active” instead: the account then signs "
            f"in no more, and what it did stays."
            for user, stands_in in found
            if stands_in
        ]
        return ([], {}, set(), told) if told else super().get_deleted_objects(objs, request)

    def _is_equal(self, request, obj):
        return obj is None or request.user.is_superuser or not obj.is_superuser


@admin.register(Group)
class RoleAdmin(Presences, StateAdmin, Audited, GroupAdmin):
    """The roles. Their rights are written in aid/rules/roles.py; a change here lasts until roles are set again."""

    form = RoleForm
    list_display = ["name"]
