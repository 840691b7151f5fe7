from django.http import Http404

from aid.filters import ArticleFilterSet
from aid.models import Article
from aid.queries.article_pages import article_page
from aid.views.lists import list_page
from aid.views.pages import found, page, public_page
from aid.views.previews import article_preview, previews


@public_page
def article_list(request):
    records = Article.objects.published().newest_first().prefetch_related("live__topics")
    return list_page(request, ArticleFilterSet, records, "aid/article_list.html", "article")


@public_page
def article_detail(request, slug):
    if previews(request, Article):
        return article_preview(request, slug)
    try:
        article = found(Article.objects.published(), slug)
    except Http404:
        return withdrawn_article(request, found(Article.objects.withdrawn(), slug))
    return page(request, "aid/article_detail.html", article_page(article))


def withdrawn_article(request, article):
    """What stands at the address of an article that readers once could read: that it is gone, and never its text."""
    context = {"article": article, "why": article.edition.why, "corrections": article.corrections.newest_first()}
    return page(request, "aid/article_withdrawn.html", context, status=410)
