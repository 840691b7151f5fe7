"""One revision of an article."""


def revision_numbered(article, number):
    """The article's revision of this number, with its picture; None where there is none."""
    return article.revisions.select_related("image").filter(number=number).first()
