from aid.filters import ArticleFilterSet
from aid.models import Article
from aid.queries.article_pages import article_page
from aid.queries.figures import pledges_behind
from aid.views.currency import chosen_currency
from aid.views.lists import list_page
from aid.views.pages import elsewhere, page, public_page, readers_have
from aid.views.previews import article_preview, previews


@public_page
def article_list(request):
    records = Article.objects.newest_first().prefetch_related("live__topics")
    return list_page(request, ArticleFilterSet, records, "aid/article_list.html", "article")


@public_page
def article_detail(request, slug):
    if previews(request, Article):
        return article_preview(request, slug)
    public = readers_have(request)
    try:
        article = public.of(Article.objects.all()).get(slug=slug)
    except Article.DoesNotExist:
        return withdrawn_article(request, public, slug)
    shown = article_page(article, public=public)
    chosen_currency(request, public).expect(pledges_behind(shown["behind"]))
    return page(request, "aid/article_detail.html", shown)


def withdrawn_article(request, public, slug):
    """What stands at the address of an article that readers once could read: that it is gone, and never its text."""
    try:
        article = Article.objects.withdrawn(public.at).get(slug=slug)
    except Article.DoesNotExist:
        raise elsewhere(public, Article, slug) from None
    corrections = public.of(article.corrections.newest_first())
    context = {"article": article, "why": article.edition.why, "corrections": corrections}
    return page(request, "aid/article_withdrawn.html", context, status=410)
