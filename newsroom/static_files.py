"""Static files as the live site serves them: under names that change with their content, compressed, and each sheet
that imports others as one file, so that a page waits for one answer and not for one after another."""

import re

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

# As static/css/site.css writes it: a sheet beside it, on a line of its own.
IMPORT = re.compile(r'^@import url\("([\w-]+\.css)"\);$', re.MULTILINE)

# What only whoever writes a sheet reads. No sheet has these signs in a text of its own.
COMMENT, INDENT = re.compile(r"/\*.*?\*/", re.DOTALL), re.compile(r"\n\s+")


class StaticFilesStorage(CompressedManifestStaticFilesStorage):
    def post_process(self, paths, dry_run=False, **options):
        if not dry_run:
            for name in [one for one in paths if one.startswith("css/") and one.endswith(".css")]:
                if self._write_whole(name):
                    # What comes next reads it from here, and no more from where it was collected.
                    paths[name] = (self, name)
        yield from super().post_process(paths, dry_run, **options)

    def _write_whole(self, name):
        """Whether the sheet is another one now: with those that it imports, and without comments."""
        written = self._text(name)
        whole = IMPORT.sub(lambda found: self._text(f"css/{found[1]}"), written)
        whole = INDENT.sub("\n", COMMENT.sub("", whole))
        if whole != written:
            self.delete(name)
            self._save(name, ContentFile(whole.encode()))
        return whole != written

    def _text(self, name):
        with self.open(name) as file:
            return file.read().decode()
