"""A moment as editors type it: a day, a time and a named zone, with the time in UTC beside them."""

import re
from datetime import UTC, datetime
from itertools import groupby
from typing import NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.template.loader import render_to_string
from django.utils import timezone

from aid import moments

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
TIME = re.compile(r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?")


class Typed(NamedTuple):
    """The parts of a moment as they were sent. `which` is one of two moments that the others can mean."""

    day: str = ""
    time: str = ""
    zone: str = ""
    which: str = ""

    @classmethod
    def of(cls, moment, zone=""):
        """A moment as it stands in the form. To the second: that is what a browser's field holds."""
        zone = zone or timezone.get_current_timezone_name()
        if moment is None:
            return cls(zone=zone)
        local = moment.astimezone(moments.zone_named(zone)).replace(tzinfo=None, microsecond=0)
        return cls(local.date().isoformat(), moments.clock(local), zone, _key(moment.replace(microsecond=0)))

    @property
    def is_empty(self):
        return not (self.day or self.time)

    def local(self):
        """The time on the wall. Raises ValidationError with the code `day`, `time` or `incomplete`."""
        if not self.day:
            raise ValidationError("Choose the day too, or empty the time.", code="incomplete")
        if not self.time:
            raise ValidationError("Write the time too, such as 09:00, or empty the day.", code="incomplete")
        try:
            if not DAY.fullmatch(self.day):
                raise ValueError
            day = datetime.strptime(self.day, "%Y-%m-%d")  # noqa: DTZ007
        except ValueError:
            raise ValidationError(
                f"{_quoted(self.day)} is no day. Write year, month and day: 2026-03-29.", code="day"
            ) from None
        try:
            if not TIME.fullmatch(self.time):
                raise ValueError
            hour, minute, *second = (int(part) for part in self.time.split(":"))
            return day.replace(hour=hour, minute=minute, second=second[0] if second else 0)
        except ValueError:
            raise ValidationError(
                f"{_quoted(self.time)} is no time of day. Write hours and minutes: 09:30.", code="time"
            ) from None

    def choices(self):
        """The two Readings between which somebody has to choose; none where all is clear, or wrong altogether."""
        try:
            return moments.choices(self.local(), self.zone)
        except ValidationError:
            return []

    def moment(self):
        """The moment in UTC. Raises what `local` raises, and what moments.resolve does."""
        local, chosen = self.local(), [reading.at for reading in self.choices() if _key(reading.at) == self.which]
        return moments.resolve(local, self.zone, chosen[0] if chosen else None)


def _quoted(text):
    return f"“{text}”" if text.isprintable() and len(text) <= 40 else "This"


def _key(moment):
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class MomentWidget(forms.Widget):
    """A day, a time and a zone. Where they mean two moments or none, the two to choose from stand below."""

    label = ""

    class Media:
        js = ["js/moments.js"]

    def value_from_datadict(self, data, files, name):
        return Typed(*(str(data.get(f"{name}_{part}") or "").strip() for part in Typed._fields))

    def value_omitted_from_data(self, data, files, name):
        return not any(f"{name}_{part}" in data for part in ("day", "time"))

    def id_for_label(self, id_):
        return f"{id_}_day" if id_ else id_

    def sent(self, name, value):
        """What a browser sends of this field when nothing is touched: {name: text}."""
        typed = self._typed(value)
        parts = typed._asdict() if typed.choices() else typed._replace(which="")._asdict()
        return {f"{name}_{part}": text for part, text in parts.items() if text or part != "which"}

    def _typed(self, value):
        return value if isinstance(value, Typed) else Typed.of(value)

    def get_context(self, name, value, attrs):
        typed = self._typed(value)
        found = typed.choices()
        attrs = self.build_attrs(self.attrs, attrs)
        return {
            "name": name,
            "id": attrs.get("id") or f"id_{name}",
            "is_required": bool(attrs.get("required")),
            "is_disabled": bool(attrs.get("disabled")),
            "is_invalid": bool(attrs.get("aria-invalid")),
            "described": attrs.get("aria-describedby", ""),
            "label": self.label,
            "typed": typed,
            "zones": _grouped(typed.zone),
            "choices": [(_key(reading.at), _in_words(reading, found, typed)) for reading in found],
            "utc": _utc(typed),
            # A field of whole minutes would take no seconds.
            "step": 1 if typed.time.count(":") == 2 else 60,
        }

    def render(self, name, value, attrs=None, renderer=None):
        # The form's own renderer knows only the templates of installed apps.
        return render_to_string("admin/aid/moment.html", self.get_context(name, value, attrs))


def _grouped(chosen):
    """The zones by region: [(region, [(name, place, whether it is the chosen one)])]."""
    names = list(moments.offered_zones())
    if chosen not in names and chosen in moments.known_zones():
        names.insert(0, chosen)
    regions = groupby(names, lambda name: name.rpartition("/")[0] and name.partition("/")[0])
    return [(region, [(name, _place(name), name == chosen) for name in found]) for region, found in regions]


def _place(name):
    """A zone by its place first, so that typing its first letters finds it in the list: "Copenhagen, Europe"."""
    region, _, place = name.partition("/")
    return f"{place}, {region}".replace("_", " ") if place else name


def _in_words(reading, found, typed):
    first, second = found
    if first.local == second.local:
        nth = "first" if reading == first else "second"
        return (
            f"the {nth} {moments.clock(reading.local)} ({moments.offset_text(reading)}): {moments.utc_text(reading)}"
        )
    side = "before" if reading == first else "after"
    same_day = reading.local.date() == typed.local().date()
    shown = (moments.clock if same_day else moments.said)(reading.local)
    return f"{shown}, {side} the change ({moments.offset_text(reading)}): {moments.utc_text(reading)}"


def _utc(typed):
    """The time in UTC, with its day; "" while it is not clear."""
    try:
        moment = typed.moment()
    except ValidationError:
        return ""
    return f"{moments.said(moment.replace(tzinfo=None))} UTC"


class MomentField(forms.Field):
    """A moment, cleaned to an aware datetime in UTC; None where day and time are empty.

    For a model's column in the admin: formfield_overrides = {models.DateTimeField: MOMENT}.
    """

    widget = MomentWidget
    stored = None

    def get_bound_field(self, form, field_name):
        bound = BoundField(form, self, field_name)
        self.widget.label = bound.label
        self.stored = bound.initial
        return bound

    def clean(self, value):
        typed = value if isinstance(value, Typed) else Typed.of(value)
        if typed.is_empty:
            if self.required:
                raise ValidationError("Write a day and a time.", code="required")
            return None
        moment = typed.moment()
        # A field that nobody touched gives back what is stored, to the microsecond.
        is_kept = self.stored is not None and self.stored.replace(microsecond=0) == moment
        return self.stored.astimezone(UTC) if is_kept else moment

    def has_changed(self, initial, data):
        if self.disabled:
            return False
        try:
            return self.clean(data) != initial
        except ValidationError:
            return True


# How the admin makes the field of a column.
MOMENT = {"form_class": MomentField, "widget": MomentWidget}
