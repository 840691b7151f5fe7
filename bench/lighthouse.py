"""Every type of page through Lighthouse on its phone profile. Ends with 1 if one falls short of what is promised.

    npm install --prefix /tmp/lighthouse lighthouse@12.8.2
    python bench/lighthouse.py /tmp/lighthouse            --only pledges for the addresses with that word

The promise: performance 95, the rest 100, the largest paint within 1.5 s, no more than 0.02 of layout shift. A page
that is not there, or that answers an address in vain, is not measured for search engines. The server's processor and
the browser's are the same here, so that a busy machine measures worse.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.served import chromium, need, node_package, served  # noqa: E402

LEAST = {"performance": 95, "accessibility": 100, "best-practices": 100, "seo": 100}
LCP, CLS = 1500, 0.02
FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-background-networking --disable-component-update"
# Answers of these are errors on purpose.
NOT_MEASURED = ("/nothing/", "as_of=", "withdrawn")


def measured(program, address):
    command = [
        need("node"),
        str(program / "cli/index.js"),
        address,
        "--quiet",
        "--output=json",
        f"--chrome-flags={FLAGS}",
    ]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ | {"CHROME_PATH": chromium()})
    if done.returncode:
        sys.exit(f"Lighthouse failed on {address}:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout)


def _fails(audits, part):
    audit = audits[part["id"]]
    counts = part["weight"] and audit["scoreDisplayMode"] not in ("manual", "notApplicable")
    return counts and (audit["score"] or 0) < 0.9


def faults(found):
    """What falls short, as (words, details)."""
    for name, least in LEAST.items():
        # What asks not to be found is not measured for being found.
        if name == "seo" and found["audits"]["is-crawlable"]["score"] == 0:
            continue
        score = round((found["categories"][name]["score"] or 0) * 100)
        if score < least:
            failed = [one["id"] for one in found["categories"][name]["auditRefs"] if _fails(found["audits"], one)]
            yield f"{name} {score}: {', '.join(failed)}"
    if (value := found["audits"]["largest-contentful-paint"]["numericValue"]) > LCP:
        yield f"largest paint after {value / 1000:.2f} s"
    if (value := found["audits"]["cumulative-layout-shift"]["numericValue"]) > CLS:
        yield f"layout shift {value:.3f}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", default="/tmp/lighthouse")
    parser.add_argument("--only", default="")
    asked = parser.parse_args()
    program, short = node_package(asked.folder, "lighthouse@12.8.2"), 0
    print(f"{'perf':>4} {'a11y':>4} {'best':>4} {'seo':>4} {'LCP s':>6} {'CLS':>5} {'kB':>5}  page")
    with served() as (base, pages):
        for address in pages:
            if asked.only not in address or any(word in address for word in NOT_MEASURED):
                continue
            found = measured(program, base + address)
            scores = [round((found["categories"][name]["score"] or 0) * 100) for name in LEAST]
            numbers = [found["audits"][name]["numericValue"] for name in (
                "largest-contentful-paint", "cumulative-layout-shift", "total-byte-weight")]  # fmt: skip
            print(
                *(f"{score:>4}" for score in scores),
                f"{numbers[0] / 1000:>6.2f} {numbers[1]:>5.3f} {numbers[2] / 1000:>5.0f}  {address}",
                flush=True,
            )
            for fault in faults(found):
                short += 1
                print(f"       {fault}", flush=True)
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
