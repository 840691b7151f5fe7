"""Carries articles over: what was live becomes a publication; section and topics become those of each revision."""

from django.db import migrations
from django.db.models import F
from django.utils import timezone


def carry_over(apps, schema_editor):
    alias = schema_editor.connection.alias
    Article, Revision, Publication = (
        apps.get_model("aid", name) for name in ("Article", "ArticleRevision", "Publication")
    )
    for article in Article.objects.using(alias).prefetch_related("topics", "revisions"):
        topics = list(article.topics.all())
        for revision in article.revisions.all():
            Revision.objects.using(alias).filter(pk=revision.pk).update(section=article.section)
            revision.topics.set(topics)
        if article.published_at is None:
            continue
        if article.live_id:
            Publication.objects.using(alias).create(
                article=article, revision_id=article.live_id, starts_at=article.live_at, made_at=article.live_at
            )
            if not article.revisions.filter(number__gt=article.live.number).exists():
                Article.objects.using(alias).filter(pk=article.pk).update(status="ready")
            continue
        # Which revision readers had before it was withdrawn, no column says; the log of the admin may.
        Publication.objects.using(alias).create(
            article=article,
            starts_at=max(article.published_at, article.live_at or article.published_at, article.updated_at),
            why="It was taken back before reasons were kept.",
            made_at=timezone.now(),
        )


def carry_back(apps, schema_editor):
    alias = schema_editor.connection.alias
    Article, Publication = (apps.get_model("aid", name) for name in ("Article", "Publication"))
    now = timezone.now()
    held = Publication.objects.using(alias).filter(starts_at__lte=now, revision__isnull=False).exclude(ends_at__lte=now)
    for publication in held.select_related("revision"):
        revision = publication.revision
        Article.objects.using(alias).filter(pk=publication.article_id).update(
            live=revision, live_at=publication.starts_at, section=revision.section
        )
        Article.objects.using(alias).filter(pk=publication.article_id, published_at__gt=F("live_at")).update(
            published_at=publication.starts_at
        )
        publication.article.topics.set(revision.topics.all())


class Migration(migrations.Migration):
    dependencies = [("aid", "0003_desk")]

    operations = [migrations.RunPython(carry_over, carry_back)]
