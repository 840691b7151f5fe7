"""What is worked out from the whole of the content is kept in memory until the content changes.

Which content a database holds is told by the marks that its triggers set (models/content.py). What depends on the
clock or on the past is never kept.
"""

from django.db import connection
from django.db.models import Count, Max, Sum

from aid.models.content import ContentChange

# The newest of each name alone: {(database, name): (version, what was worked out)}.
_kept = {}


def content_version():
    """What is different after each change of the content, and is never the same again. One query."""
    marks = ContentChange.objects.aggregate(rows=Count("pk"), last=Max("pk"), number=Sum("number"))
    return tuple(marks.values())


def kept_for_version(name, version, work_out):
    """What `work_out` gives, asked once for each version of the content."""
    place = connection.settings_dict["NAME"], name
    found = _kept.get(place)
    if found is None or found[0] != version:
        # A write in between makes the result newer than its version, and the next request works it out again.
        found = _kept[place] = version, work_out()
    return found[1]


def kept_for_public(name, public, work_out):
    """What `work_out` gives of what is `public`, asked once for each version of the content and each set of records
    that is kept from readers; of the past each time. For what hangs on records alone: articles and corrections come
    and go with the clock. Who changes the result changes it for all."""
    if public.is_past:
        return work_out()
    return kept_for_version(name, (content_version(), public.kept_from_readers), work_out)
