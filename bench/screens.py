"""Pictures of every type of page in Chromium, at each width, in light and dark, on paper, with scripts and without.

    python bench/screens.py look                all of them, as PNG, into the folder look/
    python bench/screens.py docs/pictures --kept    a selection, small, and docs/pictures.md that shows it

It also says which pages are wider than their screen, and what the browser's console complained about.
"""

import argparse
import sys
from io import BytesIO
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.page_types import name_of  # noqa: E402
from bench.served import chromium, served  # noqa: E402

WIDTHS = (320, 360, 768, 1280, 1920)
# The ways of a picture: (name, what the browser is told).
WAYS = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "print": {"media": "print", "color_scheme": "light"},
}
# What is kept in the repository: each type of page once wide and once on a phone; a few in every way.
KEPT_OF_ALL = ((360, "dark"), (1280, "light"))
IN_EVERY_WAY = ("/", "/articles/denmark-allocates-91-million-kroner-cyber-defence/", "/pledges/")
# A picture is cut off below: the head of a page tells what it looks like.
TALLEST, KEPT_TALLEST = 12_000, 1_800
KEPT_WIDEST = 800


def taken(pages, base, wanted):
    """Yields (address, width, way, with scripts, picture) for each that `wanted` says yes to."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
        browser = playwright.chromium.launch(executable_path=chromium(), args=options)
        for has_scripts in (True, False):
            context = browser.new_context(java_script_enabled=has_scripts, service_workers="block")
            page = context.new_page()
            page.on("console", lambda said, page=page: said.type == "error" and print(f"  {page.url}: {said.text}"))
            for address in pages:
                ways = [(width, way) for way in WAYS for width in WIDTHS if wanted(address, width, way, has_scripts)]
                if ways:
                    page.goto(base + address)
                for width, way in ways:
                    page.set_viewport_size({"width": width, "height": 900})
                    page.emulate_media(**{"media": "screen", "reduced_motion": "reduce"} | WAYS[way])
                    yield address, width, way, has_scripts, _picture(page, width)
                    if has_scripts and page.evaluate("document.documentElement.scrollWidth") > width:
                        print(f"  {address} is wider than {width} pixels ({way})")
            context.close()
        browser.close()


def _picture(page, width):
    height = page.locator("html").bounding_box()["height"]
    clip = {"x": 0, "y": 0, "width": width, "height": max(200, min(height, TALLEST))}
    return page.screenshot(full_page=True, clip=clip, animations="disabled")


def is_kept(address, width, way, has_scripts):
    if address in IN_EVERY_WAY:
        return has_scripts and (way != "print" or width == 768)
    return has_scripts and (width, way) in KEPT_OF_ALL


def smaller(picture):
    """The head of a picture as WebP."""
    from PIL import Image

    image = Image.open(BytesIO(picture)).convert("RGB")
    image = image.crop((0, 0, image.width, min(image.height, KEPT_TALLEST * max(1, image.width // KEPT_WIDEST))))
    if image.width > KEPT_WIDEST:
        image = image.resize((KEPT_WIDEST, round(image.height * KEPT_WIDEST / image.width)), Image.LANCZOS)
    image = image.crop((0, 0, image.width, min(image.height, KEPT_TALLEST)))
    out = BytesIO()
    image.save(out, "WEBP", quality=50, method=6)
    return out.getvalue()


def index(kept, folder):
    """docs/pictures.md: the kept pictures by their page."""
    lines = [
        "# What the pages look like",
        "",
        "Each type of page in Chromium: on a phone in dark, on a screen in light, three of them at every width and "
        "on paper. A long page is cut off. Made by `python bench/screens.py docs/pictures --kept`; without `--kept` "
        "the same command takes them all, uncut, at five widths, in light, dark and print, with scripts and without.",
        "",
    ]
    for address, rows in kept.items():
        lines += [f"## `{address}`", ""]
        lines += [f"- [{width} pixels, {way}]({folder.name}/{name})" for width, way, name in rows]
        lines += [""]
    (folder.parent / "pictures.md").write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--kept", action="store_true", help="the selection that is kept in the repository")
    parser.add_argument("--only", help="addresses with these words in them")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    kept, size = {}, 0
    with served() as (base, pages):
        pages = [page for page in pages if not asked.only or asked.only in page]
        wanted = is_kept if asked.kept else lambda *_: True
        if asked.kept:
            for old in asked.folder.glob("*.webp"):
                old.unlink()
        for address, width, way, has_scripts, picture in taken(pages, base, wanted):
            name = f"{name_of(address)}-{width}-{way}{'' if has_scripts else '-no-scripts'}"
            name, picture = (f"{name}.webp", smaller(picture)) if asked.kept else (f"{name}.png", picture)
            (asked.folder / name).write_bytes(picture)
            kept.setdefault(address, []).append((width, way, name))
            size += len(picture)
    if asked.kept:
        index(kept, asked.folder)
    print(f"{sum(map(len, kept.values()))} pictures of {len(kept)} pages, {size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
