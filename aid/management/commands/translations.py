from django.core.management.base import BaseCommand, CommandError

from aid.exchange import catalogues


class Command(BaseCommand):
    help = (
        "Checks the catalogues in locale/: that each text of the readers' pages is translated into each language, "
        "and that what is compiled says so too. Exits with 1 and a line for each fault. With --write it first takes "
        "up what is new in templates and code, drops what is not said any more, and compiles."
    )

    def add_arguments(self, parser):
        parser.add_argument("--write", action="store_true", help="take up new texts and compile, before checking")

    def handle(self, *args, write, **options):
        found = catalogues.extracted()
        told = []
        for code in catalogues.translated_languages():
            if write:
                catalogues.write(code, catalogues.renewed(code, found))
            told += catalogues.faults(code, found)
        for line in told:
            self.stdout.write(line)
        if told:
            raise CommandError(f"{len(told)} faults in the catalogues.")
        self.stdout.write(f"{len(found)} texts, translated into {len(catalogues.translated_languages())} languages.")
