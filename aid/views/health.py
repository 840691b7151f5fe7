"""What a load balancer and a person at night ask: does the process answer, and is the site fit to serve?"""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


def sentence(text, status=200):
    return HttpResponse(f"{text}\n", content_type="text/plain; charset=utf-8", status=status)


@never_cache
@require_safe
def healthz(request):
    """The process answers. Asks nothing of the database, so that a busy one does not get the process killed."""
    return sentence("The process answers.")


@never_cache
@require_safe
def readyz(request):
    """200 if the database answers and is at this program's version, else 503 with the reason, without details."""
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return sentence("The database does not answer.", 503)
    if waiting:
        return sentence(f"{len(waiting)} migrations wait to be applied. Run manage.py migrate.", 503)
    return sentence("The site is ready.")
