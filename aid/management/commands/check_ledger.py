from django.core.management.base import BaseCommand, CommandError

from aid.models import Claim, Passage
from aid.rules.ledger import RULES, breaches


class Command(BaseCommand):
    help = (
        "Check every row of the ledger against every rule. Prints a line a breach and exits with 1 if there is one."
    )

    def handle(self, *args, **options):
        found = 0
        for breach in breaches():
            found += 1
            self.stdout.write(str(breach))
        if found:
            raise CommandError(
                f"The ledger has {found} breach{'es' if found > 1 else ''}. Mend the rows named above.", returncode=1
            )
        if options["verbosity"]:
            self.stdout.write(
                f"The ledger is in order: {Claim.objects.count()} claims on {Passage.objects.count()} passages, "
                f"{len(RULES)} rules, no breach."
            )
