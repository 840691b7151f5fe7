from django.core.management.base import BaseCommand, CommandError

from aid.actions.search import catch_up, rebuild
from aid.queries.search_index import differences

MOST_TOLD = 50


class Command(BaseCommand):
    help = (
        "Makes what search reads anew where it differs from the records. Running it again changes nothing. With "
        "--check it writes nothing, names what differs, and ends with 1 if anything does."
    )

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true", help="Only name what differs.")

    def handle(self, *, check, verbosity, **options):
        if check:
            self.tell(verbosity)
            return
        changed = catch_up() + rebuild()
        if verbosity:
            self.stdout.write(f"{changed:,} entries made anew." if changed else "Nothing differed.")

    def tell(self, verbosity):
        count = 0
        for count, sentence in enumerate(differences(), start=1):
            if count <= MOST_TOLD:
                self.stdout.write(sentence)
        if count > MOST_TOLD:
            self.stdout.write(f"And {count - MOST_TOLD:,} more.")
        if count:
            raise CommandError(f"{count:,} entries differ from the records. Run manage.py rebuild_search.")
        if verbosity:
            self.stdout.write("Search reads what the records say.")
