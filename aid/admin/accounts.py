from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User

admin.site.unregister(User)
admin.site.unregister(Group)

# What only a superuser hands out: whoever could set these for themselves would have every right there is.
RESERVED = ("is_superuser", "user_permissions")


@admin.register(User)
class AccountAdmin(UserAdmin):
    """The newsroom's accounts. What an account may do follows from its role, which is its group."""

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
        fields = super().get_readonly_fields(request, obj)
        return fields if request.user.is_superuser else (*fields, *RESERVED)

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and self._is_equal(request, obj)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and self._is_equal(request, obj)

    def _is_equal(self, request, obj):
        return obj is None or request.user.is_superuser or not obj.is_superuser


@admin.register(Group)
class RoleAdmin(GroupAdmin):
    """The roles. Their rights are written in aid/rules/roles.py; a change here lasts until roles are set again."""

    list_display = ["name"]
