import hashlib
import secrets
import socket
import time
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.db import DatabaseError, connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from aid.actions.beginnings import begin_histories
from aid.actions.roles import grant_roles
from aid.exchange.fixtures import FixtureError, example_files, fixture_files, load_missing

ACCOUNTS = ("writer", "editor", "publisher")
STEPS = 5


class Command(BaseCommand):
    help = (
        "Sets the site up and serves it on this machine: database, static files, the documents of fixtures/, the "
        "ledger's check, an account for each role. Running it again changes nothing that was typed in."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "addrport",
            nargs="?",
            default="127.0.0.1:8000",
            help="Port, or address:port, to serve at. Default: 127.0.0.1:8000.",
        )
        parser.add_argument("--no-serve", action="store_true", help="Only set up; do not start the server.")
        parser.add_argument(
            "--examples",
            action="store_true",
            help="Load the invented texts of fixtures/examples/ too, which agree and disagree with the document.",
        )

    def handle(self, *, addrport, no_serve, examples, verbosity, **options):
        self.step_number, self.examples = 0, examples
        try:
            # The port is taken first, so that nothing is done in vain where it is not free.
            server = None if no_serve else bind(*read_address(addrport))
            try:
                self.set_up(verbosity)
                if server:
                    self.serve(server)
                else:
                    self.stdout.write("\nThe newsroom is set up. Serve it with: manage.py demo")
            finally:
                if server:
                    server.server_close()
        except DatabaseError as error:
            raise CommandError(f"The database cannot be used: {error}".strip()) from error
        except OSError as error:
            raise CommandError(f"{error.filename or 'A file'} cannot be used: {error.strerror or error}.") from error
        except KeyboardInterrupt:
            self.stdout.write("\nStopped.")

    def set_up(self, verbosity):
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        with self.step("Database") as report:
            report(migrate(verbosity))
        with self.step("Static files") as report:
            report(collect_static())
        # A document that fails the ledger is not loaded at all, so that the next run meets the same fault.
        with transaction.atomic():
            with self.step("Documents") as report:
                loaded = load([*fixture_files(), *(example_files() if self.examples else ())])
                report(describe(loaded))
                begin_histories()
            with self.step("Ledger") as report:
                report(self.check_ledger(fresh=bool(loaded.documents)))
        with self.step("Accounts") as report:
            made = make_accounts()
            report("made" if made else f"{', '.join(ACCOUNTS)} are there already; their passwords stay as they are")
        for name, password in made.items():
            self.stdout.write(f"       {name:<10} {password}")
        if made:
            self.stdout.write("     Each password is shown this once and stored nowhere. Note them now.")
        self.stdout.write("     To set a new one: .venv/bin/python manage.py changepassword editor")

    @contextmanager
    def step(self, name):
        """Prints the step's line: its name at once, what came of it and how long it took when it is done."""
        self.step_number += 1
        self.stdout.write(f"{self.step_number}/{STEPS}  {name:<13}", ending="")
        self.stdout.flush()
        started, words = time.monotonic(), []
        try:
            yield words.append
        except BaseException:
            self.stdout.write("failed")
            raise
        self.stdout.write(f"{'; '.join(words)} ({time.monotonic() - started:.1f} s)")
        self.stdout.flush()

    def check_ledger(self, fresh):
        breaches = StringIO()
        try:
            call_command("check_ledger", stdout=breaches, verbosity=0)
        except CommandError as error:
            if fresh:
                raise CommandError(f"{breaches.getvalue()}{error} The documents were not loaded.") from error
            self.stdout.write(f"\n{breaches.getvalue()}", ending="")
            return "     what was typed in breaks these rules; mend it in the admin, then run manage.py check_ledger"
        return "every rule holds"

    def serve(self, server):
        host, port = server.server_address[:2]
        shown = f"[{host}]" if ":" in host else host
        server.set_app(get_wsgi_application())
        server.server_activate()
        self.stdout.write(f"\nThe newsroom is served at  http://{shown}:{port}/")
        self.stdout.write(f"Editors sign in at         http://{shown}:{port}/admin/")
        self.stdout.write("Stop it with Ctrl+C.")
        self.stdout.flush()
        server.serve_forever()


def read_address(written):
    """Host and port of `8001`, `127.0.0.1:8001` or `[::1]:8001`."""
    host, colon, port = written.rpartition(":")
    host = host.strip("[]") if colon else "127.0.0.1"
    if not (host and port.isascii() and port.isdecimal() and len(port) < 6 and int(port) < 65536):
        raise CommandError(f"“{written}” is no port and no address. Write 8001 or 127.0.0.1:8001.")
    return host, int(port)


def bind(host, port):
    """A server that holds the port and does not answer yet. Raises CommandError where it cannot have the port."""
    try:
        server = ThreadedWSGIServer((host, port), WSGIRequestHandler, ipv6=":" in host, bind_and_activate=False)
    except OSError as error:
        raise CommandError(f"The server cannot use {host}: {error.strerror}.") from error
    try:
        # Listening is what shows that the port is free: two programs may bind one port before either listens.
        server.server_bind()
        server.socket.listen(0)
    except socket.gaierror as error:
        server.server_close()
        raise CommandError(f"“{host}” is no address of this machine. Write 127.0.0.1:8001, for example.") from error
    except (OSError, OverflowError) as error:
        server.server_close()
        other = port + 1 if 1023 < port < 65535 else 8001
        reason = getattr(error, "strerror", None) or error
        raise CommandError(
            f"The server cannot use port {port} at {host}: {reason}. Nothing was done. Stop the program that uses "
            f"it, or choose another port: .venv/bin/python manage.py demo {other}"
        ) from error
    return server


def migrate(verbosity):
    before = len(applied())
    call_command("migrate", interactive=False, verbosity=verbosity if verbosity > 1 else 0)
    grant_roles()
    steps = len(applied()) - before
    return f"brought up to date by {steps} migrations" if steps else "is up to date"


def applied():
    return MigrationRecorder(connection).applied_migrations()


def collect_static():
    """Collects the static files, unless the same ones were collected before: that spares two seconds."""
    stamp, now = Path(settings.STATIC_ROOT) / "collected.sha256", fingerprint()
    if stamp.is_file() and stamp.read_text() == now:
        return "are as collected before"
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(now)
    return "collected"


def fingerprint():
    """A hash of what collectstatic would read, and of the storage that would write it."""
    found = [settings.STORAGES["staticfiles"]["BACKEND"]]
    for finder in get_finders():
        for path, storage in finder.list([]):
            there = Path(storage.path(path)).stat()
            found.append(f"{getattr(storage, 'prefix', '')}/{path} {there.st_size} {there.st_mtime_ns}")
    return hashlib.sha256("\n".join(sorted(found)).encode()).hexdigest()


def load(paths):
    try:
        return load_missing(paths)
    except FixtureError as error:
        raise CommandError(f"The documents were not loaded. {error}") from error


def describe(loaded):
    if not loaded.documents:
        return "are loaded already; what editors typed stays as it is"
    left = f", {loaded.kept} rows that were there left as they are" if loaded.kept else ""
    return f"{len(loaded.documents)} sources and what rests on them added: {loaded.added} rows{left}"


def make_accounts():
    """Makes the accounts that are missing and returns the new ones' passwords by name."""
    User = get_user_model()
    made = {}
    with transaction.atomic():
        for name in ACCOUNTS:
            user, is_new = User.objects.get_or_create(username=name, defaults={"is_staff": True})
            if is_new:
                made[name] = new_password()
                user.set_password(made[name])
                user.save()
                user.groups.add(Group.objects.get(name=name))
    return made


def new_password():
    """Four groups of four characters without look-alikes: 78 bits, and typed without trouble."""
    letters = "23456789abcdefghjkmnpqrstuvwxyz"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(4))
