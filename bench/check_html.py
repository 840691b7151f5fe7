"""Every type of page through the checker of the W3C's validator (vnu). Ends with 1 if it finds an error.

    npm install --prefix /tmp/vnu vnu-jar
    python bench/check_html.py /tmp/vnu

Needs Java 11 or newer. The tests hold the pages against a smaller set of rules, without Java.
"""

import json
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.page_types import name_of  # noqa: E402
from bench.served import need, node_package, served  # noqa: E402


def read(address):
    try:
        with urllib.request.urlopen(address) as answer:
            return answer.read()
    except urllib.error.HTTPError as refused:
        return refused.read()


def main(folder):
    jar = node_package(folder, "vnu-jar") / "build/dist/vnu.jar"
    with served() as (base, pages), tempfile.TemporaryDirectory() as written:
        files = {}
        for address in pages:
            file = Path(written) / f"{name_of(address)}.html"
            file.write_bytes(read(base + address))
            files[file.as_uri().replace("file:///", "file:/")] = address
        command = [
            need("java"),
            "-jar",
            str(jar),
            "--format",
            "json",
            "--exit-zero-always",
            *map(str, Path(written).glob("*")),
        ]
        said = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stderr)["messages"]
    errors = [one for one in said if one["type"] == "error"]
    for one in said:
        page = files.get(one["url"].replace("file:///", "file:/"), one["url"])
        print(f"{one['type']}: {page} line {one.get('lastLine')}: {one['message']}  {one.get('extract', '')[:160]!r}")
    print(f"{len(pages)} pages, {len(errors)} errors")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "/tmp/vnu"))
