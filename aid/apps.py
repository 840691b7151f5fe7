from importlib import import_module

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.db.models.signals import post_migrate


class AidConfig(AppConfig):
    """Records of defense aid, the evidence for them, and the articles bound to them."""

    name = "aid"
    verbose_name = "Records"

    def ready(self):
        import_module("aid.admin.registered")
        import_module("aid.actions.sign_ins").watch_sign_ins()
        post_migrate.connect(import_module("aid.actions.content").mark_changes, sender=self)
        search = import_module("aid.actions.search")
        search.keep_up()
        post_migrate.connect(search.watch_records, sender=self)


class DeskAdminConfig(AdminConfig):
    """The admin with the desk as its home page instead of a list of tables."""

    default_site = "aid.admin.site.DeskSite"
