from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from aid import moments
from aid.rules.publishing import failing_texts


class Command(BaseCommand):
    help = (
        "Hold every live and every scheduled article against the checklist. Prints a line for each thing that would "
        "keep it from being published, and exits with 1 if a live article has one."
    )

    def handle(self, *args, **options):
        live, coming = set(), set()
        for article, publication, reasons in failing_texts():
            is_live = article.current == publication
            (live if is_live else coming).add(article.pk)
            when = "live" if is_live else f"goes live on {moments.told(publication.starts_at)}"
            desk = reverse("admin:aid_article_factcheck", args=[article.pk])
            for reason in reasons:
                self.stdout.write(f"{reason.code}: article {article.slug} ({when}): {reason.message} See {desk}")
        if live:
            breaks = "breaks" if len(live) == 1 else "break"
            raise CommandError(
                f"{_articles(len(live))} {breaks} the checklist. Publish a mended text, or withdraw it.", returncode=1
            )
        if options["verbosity"]:
            rest = f" {_articles(len(coming), 'scheduled')} will break it." if coming else ""
            self.stdout.write(f"No live article breaks the checklist.{rest}")


def _articles(number, kind="live"):
    return f"{number} {kind} article{'' if number == 1 else 's'}"
