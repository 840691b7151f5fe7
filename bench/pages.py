"""How the time and the queries of each page grow with the number of rows: two sizes, one run, ratios.

    python bench/pages.py               1,000 and 10,000 pledges
    python bench/pages.py 1000 50000

Each size gets a throwaway SQLite database. Times are CPU milliseconds of one request through the whole of Django,
the median of several; the ratio between the sizes is what to look at, for it holds on any machine.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).resolve().parent.parent
PAGES = (
    "/",
    "/pledges/",
    "/pledges/?donor=bench-donor-7",
    "/pledges/?stage=allocated&stated_in=EUR&sort=largest",
    "/pledges/?year=2023",
    "/pledges/?currency=USD",
    "/pledges/?currency=USD&sort=largest&donor=bench-donor-7",
    "/?currency=USD",
    "/parties/bench-donor-7/?currency=USD",
    "/parties/bench-recipient/?currency=USD",
    "/pledges/?page=20",
    "/pledges/bench-pledge-7/",
    "/parties/bench-donor-7/",
    "/parties/bench-recipient/",
    "/parties/",
    "/sources/",
    "/sources/bench-source-7/",
    "/articles/",
    # The commonest word, one letter, two words that stand in all pledges, a narrowed search, a rare word, no hit.
    "/search/?q=bench",
    "/search/?q=b",
    "/search/?q=bench+recipient",
    "/search/?q=bench&kind=pledge&year=2024&page=9",
    "/search/?q=77",
    "/search/?q=nowhere",
    "/search/suggestions/?q=donor+7",
    "/search/?q=bench&as_of={now}",
    # The same as they were, by the history of each row.
    "/?as_of={now}",
    "/pledges/?as_of={now}",
    "/pledges/bench-pledge-7/?as_of={now}",
    "/parties/bench-donor-7/?as_of={now}",
    "/sources/bench-source-7/?as_of={now}",
    "/admin/",
    "/admin/aid/pledge/",
    "/admin/aid/pledge/?q=pledge+77",
    "/admin/aid/claim/",
    "/admin/aid/party/",
)
RUNS = 5


def measure(number):
    """Runs in a process of its own: fills a database and asks for each page. Prints {page: [status, ms, queries]}."""
    sys.path.insert(0, str(ROOT))
    os.environ["DJANGO_SETTINGS_MODULE"] = "newsroom.settings"
    import django
    from django.conf import settings

    django.setup()
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    from django.contrib.auth import get_user_model
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from aid.actions.beginnings import begin_histories
    from bench.rows import fill

    call_command("migrate", verbosity=0)
    fill(number, articles=number // 100)
    begin_histories()
    now = datetime.now(UTC).isoformat()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    desk = Client(headers={"host": "localhost"})
    desk.force_login(get_user_model().objects.create_superuser("bench"))
    found = {}
    for page in PAGES:
        client = desk if page.startswith("/admin") else Client(headers={"host": "localhost"})
        times = []
        for _ in range(RUNS + 1):
            start = time.process_time()
            answer = client.get(page.format(now=quote(now)))
            times.append((time.process_time() - start) * 1000)
        with CaptureQueriesContext(connection) as queries:
            client.get(page.format(now=quote(now)))
        found[page] = [answer.status_code, statistics.median(times[1:]), len(queries)]
    print(json.dumps(found))


def main(small, large):
    results = []
    for number in (small, large):
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run(
                [sys.executable, __file__, "--measure", str(number)],
                env=os.environ | {"NEWSROOM_DATA_DIR": folder, "DATABASE_URL": "", "DJANGO_LOG_LEVEL": "ERROR"},
                capture_output=True,
                text=True,
                check=False,
            )
        if done.returncode:
            sys.exit(f"The run with {number} pledges failed:\n{done.stderr}")
        results.append(json.loads(done.stdout.splitlines()[-1]))
    print(f"{'page':55} {'status':>6} {small:>9,} {large:>9,} {'ratio':>6} {'queries':>9}")
    for page in PAGES:
        (status, before, queries), (_, after, more) = results[0][page], results[1][page]
        grown = f"{queries}" if queries == more else f"{queries} → {more}"
        print(f"{page:55} {status:>6} {before:>6.1f} ms {after:>6.1f} ms {after / before:>6.1f} {grown:>9}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        measure(int(sys.argv[2]))
    else:
        main(*(int(number) for number in (sys.argv[1:] or ["1000", "10000"])))
