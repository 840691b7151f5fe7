"""The pages of the desk that belong to one article, beside its form: comparing, the fact-check, previews, …

Each is a module with `urls(model_admin)`, its paths below `/admin/aid/article/`, and `tools(request, article)`, the
(label, address) of what stands above the form for this account and this article.
"""

from aid.admin import comparing, corrections, factcheck, picking, previews

PAGES = [factcheck, comparing, picking, previews, corrections]


def urls(model_admin):
    return [found for page in PAGES for found in page.urls(model_admin)]


def tools(request, article):
    return [found for page in PAGES for found in page.tools(request, article)]
