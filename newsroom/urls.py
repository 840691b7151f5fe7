from django.contrib import admin
from django.urls import include, path

from aid.views import health

handler404 = "aid.views.pages.not_found"

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("admin/", admin.site.urls),
    path("", include("aid.urls")),
]
