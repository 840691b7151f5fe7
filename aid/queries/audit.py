"""The audit log as it is asked for: by whom, what, about what kind of row, between which days."""

from collections import defaultdict
from datetime import datetime, time, timedelta
from functools import cache

from django.apps import apps
from django.utils import timezone

# The kinds of row in the log that are not ours.
OTHERS = ("auth.User", "auth.Group")


@cache
def kinds():
    """Every kind of row that an entry can be about: {its name in the log: its model}."""
    models = [model for model in apps.get_app_config("aid").get_models() if hasattr(model, "natural_key_fields")]
    models += [apps.get_model(label) for label in OTHERS]
    return {model._meta.model_name: model for model in models}


def kind_label(kind):
    """ "pledge stage" for `pledgestage`; the name itself of a kind that is no more."""
    model = kinds().get(kind)
    return str(model._meta.verbose_name) if model else kind


def matching(entries, who=None, did="", kind="", since=None, until=None):
    """The entries by an account, of an action, about a kind of row, from a day up to and including another."""
    conditions = {
        "user": who,
        "action": did,
        "kind": kind,
        "at__gte": since and _begin(since),
        "at__lt": until and _begin(until + timedelta(days=1)),
    }
    return entries.filter(**{name: value for name, value in conditions.items() if value})


def _begin(day):
    """The first moment of a day in the site's time zone."""
    return timezone.make_aware(datetime.combine(day, time.min))


def still_there(entries):
    """Those rows that the entries are about and that still exist, as {(kind, number)}. One query a kind named."""
    numbers = defaultdict(set)
    for entry in entries:
        if entry.number is not None:
            numbers[entry.kind].add(entry.number)
    known = kinds()
    return {
        (kind, pk)
        for kind, wanted in numbers.items()
        if kind in known
        for pk in known[kind]._default_manager.filter(pk__in=wanted).values_list("pk", flat=True)
    }


def up_to(entries, newest):
    """The entries up to one of them, so that what is added while they are read stays out."""
    return entries.filter(pk__lte=newest.pk)
