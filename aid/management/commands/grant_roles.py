from django.core.management.base import BaseCommand, CommandError

from aid.actions.roles import grant_roles


class Command(BaseCommand):
    help = "Makes the groups writer, editor, publisher and administrator hold what aid/rules/roles.py says."

    def handle(self, **options):
        try:
            changed = grant_roles()
        except LookupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Brought up to the table of roles: {', '.join(changed)}."
            if changed
            else "The groups hold what the table of roles says already. Nothing was changed."
        )
