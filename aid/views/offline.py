"""Reading without a network: the service worker, the page that it shows in vain, the site as an app's manifest."""

import hashlib
import json
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from aid.languages import NAMES, in_language, permanent
from aid.views.pages import public_page

SHEET = "css/site.css"


@public_page
def worker(request):
    """The service worker. It has its address at the root, for a worker governs what lies beneath its own."""
    page = permanent(reverse("offline"))
    offline = {in_language("/", code).rstrip("/"): in_language(page, code) for code in NAMES}
    # Another version of a sheet makes another worker, which fetches the offline pages anew.
    version = hashlib.sha256(static(SHEET).encode()).hexdigest()[:12]
    site = json.dumps({"version": version, "offline": offline})
    return HttpResponse(f"const SITE = {site};\n{_script()}", content_type="text/javascript; charset=utf-8")


def _script():
    return _read() if not settings.DEBUG else _read.__wrapped__()


@lru_cache(maxsize=1)
def _read():
    """The script without its indentation, which every reader would load."""
    lines = Path(finders.find("js/service-worker.js")).read_text(encoding="utf-8").splitlines()
    return "\n".join(line.strip() for line in lines if line.strip())


@public_page
def offline(request):
    """What a reader gets without a network for a page that is not kept."""
    response = render(request, "aid/offline.html")
    response["X-Robots-Tag"] = "noindex"
    return response


@public_page
def manifest(request):
    """The site as a browser puts it among the apps, in the language of the address."""
    icons = [
        {"src": static(f"icons/{name}.png"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
        for name, size, purpose in (
            ("icon-192", 192, "any"), ("icon-512", 512, "any"), ("icon-maskable-512", 512, "maskable"))
    ]  # fmt: skip
    told = {
        "name": "Newsroom",
        "short_name": "Newsroom",
        "description": _("Defence aid, with the sentence behind every figure."),
        "lang": get_language(),
        "id": "/",
        "start_url": reverse("front-page"),
        "scope": "/",
        "display": "minimal-ui",
        "background_color": "#ffffff",
        "theme_color": "#ffffff",
        "icons": icons,
    }
    return JsonResponse(told, content_type="application/manifest+json", json_dumps_params={"ensure_ascii": False})
