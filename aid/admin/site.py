from django.contrib.admin import AdminSite


class DeskSite(AdminSite):
    """The admin, with the desk as its home page."""
