from django.core.management.commands import dumpdata

from aid.rules.roles import MADE


class Command(dumpdata.Command):
    help = f"{dumpdata.Command.help} What the site makes of the records for itself is left out; it is made anew."

    def handle(self, *app_labels, **options):
        made = [f"aid.{name}" for name in MADE]
        super().handle(*app_labels, **options | {"exclude": [*options["exclude"], *made]})
