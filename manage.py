#!/usr/bin/env python
"""The command line of the newsroom: `python manage.py help` lists its commands."""

import os
import sys


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
    try:
        from django.conf import settings
        from django.core.exceptions import ImproperlyConfigured
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit(
            "Django is not installed for this Python. Run the set-up command of README.md, "
            "then call .venv/bin/python manage.py."
        )
    try:
        settings.INSTALLED_APPS  # noqa: B018 - reading one setting loads the file, and with it the environment
    except ImproperlyConfigured as error:
        sys.exit(f"The site cannot start. {error}")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
