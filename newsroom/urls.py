from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from aid.urls import in_one_language
from aid.views import health

handler404 = "aid.views.pages.not_found"

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("admin/", admin.site.urls),
    path("", include(in_one_language)),
    *i18n_patterns(path("", include("aid.urls")), prefix_default_language=False),
]
