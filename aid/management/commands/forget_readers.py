from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from aid.actions.reports import forget_readers


class Command(BaseCommand):
    help = (
        "Delete what readers wrote in reports of errors, and their e-mail addresses, so many days after each ended; "
        "the addresses with reports that have been open for a year; and the hashes that count reports by where they "
        "came from. How many reports there were and how they ended stays."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--days",
            type=int,
            default=settings.REPORT_DAYS,
            help="instead of the days that NEWSROOM_REPORT_DAYS gives",
        )

    def handle(self, *args, days, **options):
        if days < 0:
            raise CommandError("Give a number of days that is not below zero.")
        reports, addresses = forget_readers(days)
        if options["verbosity"]:
            self.stdout.write(f"Deleted what readers wrote in {reports} reports, and {addresses} addresses besides.")
