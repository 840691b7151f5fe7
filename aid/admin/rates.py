from django.contrib import admin

from aid.admin.base import DeskAdmin
from aid.models.rates import ExchangeRate


@admin.register(ExchangeRate)
class ExchangeRateAdmin(DeskAdmin):
    """The ECB's rates as the command load_rates copied them: to be looked up, never typed."""

    list_display = ["day", "currency", "per_euro", "source"]
    list_filter = ["currency"]
    list_select_related = ["source"]
    search_fields = ["currency"]
    date_hierarchy = "day"
    view_on_site = False

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
