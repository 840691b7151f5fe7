import time
from collections import Counter
from dataclasses import dataclass, field

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from aid.actions.links import record_check
from aid.choices import LinkState
from aid.exchange.links import Asker, Postponed, host_of
from aid.queries.aging import DEAD, interleaved, links_to_check

NAME = "Newsroom-link-check/1.0"
# If so many hosts are asked and none answers, it is not they that are gone.
HOSTS_TO_DOUBT = 3


class Command(BaseCommand):
    help = (
        "Ask the addresses of the sources, and of their archived copies, whether they still answer: politely, the "
        "longest unchecked first. Meant for a nightly job; no page of the site ever asks another host."
    )

    def add_arguments(self, parser):
        parser.add_argument("--limit", type=int, default=200, help="The most addresses to ask. Default: 200.")
        parser.add_argument("--minutes", type=float, default=30, help="The longest time to go on. Default: 30.")
        parser.add_argument("--pause", type=float, default=2, help="Seconds between two requests to one host.")
        parser.add_argument("--timeout", type=float, default=15, help="The most seconds that one request may take.")
        parser.add_argument("--dry-run", action="store_true", help="Only list what would be asked. Asks nobody.")
        parser.add_argument(
            "--allow-private", action="store_true", help="Also ask addresses of a private network. For tests."
        )

    def handle(self, *, limit, minutes, pause, timeout, dry_run, allow_private, verbosity, **options):
        for name, value, least in (("limit", limit, 1), ("minutes", minutes, 0), ("timeout", timeout, 0.1)):
            if not least <= value <= 100_000:
                raise CommandError(f"--{name} is {value:g}. Write a number from {least:g} to 100,000.")
        if not 0 <= pause <= 3600:
            raise CommandError(f"--pause is {pause:g}. Write the seconds, from 0 to 3600.")
        links = interleaved(links_to_check(limit), host_of)
        if dry_run:
            for source, url in links:
                self.stdout.write(f"{url}  ({source.slug})")
            self.stdout.write(f"{len(links)} to ask. Nobody was asked.")
            return
        asker = Asker(agent(), timeout, pause, allow_private)
        self._ask(asker, links, time.monotonic() + minutes * 60, verbosity)

    def _ask(self, asker, links, end, verbosity):
        run, waiting = Run(), []
        for source, url in links:
            if time.monotonic() >= end:
                run.left += 1
                continue
            if asker.is_away(url):
                run.postponed += 1
                continue
            try:
                answer = asker.ask(url)
            except Postponed as asked:
                run.postponed += 1
                if verbosity > 1:
                    self.stdout.write(f"postponed  {url}: {asked}")
                continue
            waiting.append((source, url, answer))
            # Until one host has answered anything, it can be this machine that is cut off.
            if run.is_connected or answer.status:
                run.is_connected = True
                self._write_down(waiting, run, verbosity)
        if len({host_of(url) for _, url, _ in waiting}) >= HOSTS_TO_DOUBT:
            raise CommandError(
                "Not one host answered, so it is this machine that has no way to the web. Nothing was written down."
            )
        self._write_down(waiting, run, verbosity)
        if verbosity:
            told = ", ".join(f"{run.states[state]} {state.label.lower()}" for state in LinkState if run.states[state])
            self.stdout.write(f"{run.states.total()} asked: {told or 'none'}.")
            if run.postponed or run.left:
                self.stdout.write(f"{run.postponed} postponed by their hosts, {run.left} left for the next run.")

    def _write_down(self, waiting, run, verbosity):
        while waiting:
            source, url, answer = waiting.pop(0)
            record_check(source, url, answer)
            run.states[answer.state] += 1
            if verbosity > 1 or (verbosity and answer.state in DEAD):
                status = f" {answer.status}" if answer.status else ""
                self.stdout.write(f"{answer.state}{status}  {url}: {answer.told or 'well'} ({source.slug})")


@dataclass
class Run:
    """What one run has come to."""

    states: Counter = field(default_factory=Counter)
    postponed: int = 0
    left: int = 0
    is_connected: bool = False


def agent():
    """Who asks, and where to read who that is."""
    host = next((name for name in settings.ALLOWED_HOSTS if "." in name and not name[0].isdigit()), "")
    return f"{NAME} (+https://{host.lstrip('.')}/about/)" if host else NAME
