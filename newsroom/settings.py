"""The site's settings: one file for every machine.

What differs between machines is an environment variable, read by one of the readers below. A reader that
cannot understand its variable raises ImproperlyConfigured with a sentence that says what to write instead;
docs/operations.md lists all variables.
"""

import os
import re
import secrets
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email

BASE_DIR = Path(__file__).resolve().parent.parent


# Readers of the environment


def text(name, default=""):
    return os.environ.get(name, "").strip() or default


def flag(name, default=False):
    written = text(name).lower()
    if not written:
        return default
    if written in ("1", "true", "yes", "on"):
        return True
    if written in ("0", "false", "no", "off"):
        return False
    raise ImproperlyConfigured(f"{name} is “{written}”. Write 1 for yes or 0 for no, or leave it out.")


def whole_number(name, default, least=0):
    written = text(name)
    if not written:
        return default
    if not (written.isascii() and written.isdecimal() and len(written) < 13) or int(written) < least:
        raise ImproperlyConfigured(f"{name} is “{written[:20]}”. Write a whole number of {least} or more.")
    return int(written)


def words(name, default=()):
    return [word for word in text(name).replace(",", " ").split() if word] or list(default)


def origins(name):
    found = words(name)
    for origin in found:
        scheme, _, host = origin.partition("://")
        if scheme not in ("https", "http") or not host or "/" in host:
            raise ImproperlyConfigured(
                f"{name} holds “{origin}”. Write each origin with its scheme and without a path, "
                "as in https://news.example.org."
            )
    return found


def hosts(name, default):
    found = words(name, default)
    for host in found:
        if "/" in host:
            raise ImproperlyConfigured(f"{name} holds “{host}”. Write host names alone, as in news.example.org.")
    return found


def web_address(name):
    """A whole address of another site, or ""."""
    written = text(name)
    parts = urlsplit(written)
    if written and (parts.scheme not in ("https", "http") or not parts.hostname):
        raise ImproperlyConfigured(
            f"{name} is “{written[:80]}”. Write a whole address, as in https://hub.example.org/."
        )
    return written


def contact_address(name):
    """Where somebody is reached: a mail address, a telephone number or a page, as an address; or ""."""
    written = text(name)
    if written and not re.fullmatch(r"mailto:[^\s@]+@[^\s@]+|tel:\+?[\d-]+|https://[^\s/]+\S*", written):
        raise ImproperlyConfigured(
            f"{name} is “{written[:80]}”. Write mailto:security@news.example.org or https://news.example.org/contact/."
        )
    return written


def time_zone(name, default):
    written = text(name, default)
    try:
        ZoneInfo(written)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ImproperlyConfigured(
            f"{name} is “{written}”, which is no time zone. Write a name such as Europe/Copenhagen or UTC."
        ) from error
    return written


def email(name):
    written = text(name)
    try:
        if written:
            validate_email(written)
    except ValidationError as error:
        raise ImproperlyConfigured(
            f"{name} is “{written}”, which is no e-mail address. Write one such as desk@news.example.org, or leave "
            "it out."
        ) from error
    return written


def one_of(name, allowed, default):
    written = text(name, default)
    if written.upper() not in allowed:
        raise ImproperlyConfigured(f"{name} is “{written}”. Write one of {', '.join(allowed)}.")
    return written.upper()


def folder(name, default):
    try:
        written = Path(text(name, str(default))).expanduser()
    except RuntimeError as error:
        raise ImproperlyConfigured(f"{name} names the home of somebody who has none here. Write a path.") from error
    if written.exists() and not written.is_dir():
        raise ImproperlyConfigured(f"{name} is “{written}”, which is a file. Name a folder.")
    return written


def database(name, default):
    """The database that the variable's URL names: sqlite:///path or postgres://user:password@host:port/name."""
    written = text(name)
    url = written or default
    example = "Write sqlite:////srv/newsroom.sqlite3 or postgres://user:password@host:5432/name."
    scheme, separator, rest = url.partition("://")
    if not separator or scheme not in ("sqlite", "postgres", "postgresql") or not rest.strip("/"):
        # The value can hold a password, so the message names only the part before it.
        raise ImproperlyConfigured(f"{name} names no database this site can use (“{scheme[:20]}…”). {example}")
    try:
        config = environ.Env.db_url_config(url)
    except (ValueError, TypeError) as error:
        raise ImproperlyConfigured(f"{name} cannot be read as an address. {example}") from error
    if scheme == "sqlite":
        if config["NAME"] == ":memory:":
            raise ImproperlyConfigured(f"{name} names a database that is gone when the site stops. {example}")
        try:
            Path(config["NAME"]).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ImproperlyConfigured(
                f"{name} names {config['NAME']}, whose folder cannot be made ({error.strerror})."
            ) from error
        # The defaults of SQLite are for a phone. Readers go on while an editor writes (WAL); a writer waits its
        # turn instead of failing (timeout, IMMEDIATE); WAL with synchronous=NORMAL survives a crash of the
        # program, and a power cut costs at most the last moments, never the file.
        config["OPTIONS"] = {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; "
                "PRAGMA temp_store=MEMORY; PRAGMA mmap_size=134217728; PRAGMA cache_size=-20000;"
            ),
        }
    else:
        if not config.get("NAME"):
            raise ImproperlyConfigured(f"{name} names no database. {example}")
        config["CONN_HEALTH_CHECKS"] = True
    config["CONN_MAX_AGE"] = 600
    return config


def secret_key(name, data_folder):
    """The signing key: from the environment, else a random one made once and kept beside the database."""
    written = text(name)
    if written:
        if len(written) < 32:
            raise ImproperlyConfigured(f"{name} is shorter than 32 characters. Write a longer random one.")
        return written
    kept = data_folder / "secret_key"
    try:
        data_folder.mkdir(parents=True, exist_ok=True)
        # "x" fails where the file exists, so that two processes that start together keep one key.
        with open(kept, "x", opener=lambda path, flags: os.open(path, flags, 0o600)) as new:
            new.write(secrets.token_urlsafe(50))
    except FileExistsError:
        pass
    except OSError as error:
        raise ImproperlyConfigured(
            f"No secret key: {kept} cannot be written ({error.strerror}). Set {name}, or make the folder writable."
        ) from error
    try:
        found = kept.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        found = ""
    if len(found) < 32:
        raise ImproperlyConfigured(f"{kept} holds no usable key. Delete it, or set {name}.")
    return found


# What differs between machines

DATA_DIR = folder("NEWSROOM_DATA_DIR", BASE_DIR / "var")
DEBUG = flag("DJANGO_DEBUG")
SECRET_KEY = secret_key("DJANGO_SECRET_KEY", DATA_DIR)
ALLOWED_HOSTS = hosts("DJANGO_ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = origins("DJANGO_CSRF_TRUSTED_ORIGINS")
TIME_ZONE = time_zone("DJANGO_TIME_ZONE", "UTC")
LOG_LEVEL = one_of("DJANGO_LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"), "INFO")
DATABASES = {"default": database("DATABASE_URL", f"sqlite:///{DATA_DIR / 'newsroom.sqlite3'}")}

SECURE_HTTPS = flag("DJANGO_HTTPS")
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_HTTPS
# A load balancer asks these without HTTPS.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
HSTS_SECONDS = whole_number("DJANGO_HSTS_SECONDS", 3600)
SECURE_HSTS_SECONDS = HSTS_SECONDS if SECURE_HTTPS else 0
BEHIND_PROXY = flag("DJANGO_BEHIND_PROXY")
if BEHIND_PROXY:
    # Only for a site whose proxy sets this header itself and removes the client's.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# The site

ROOT_URLCONF = "newsroom.urls"
WSGI_APPLICATION = "newsroom.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "aid.apps.DeskAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    # Before staticfiles: runserver then leaves static files to whitenoise, as the live site does.
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_filters",
    "simple_history",
    "aid.apps.AidConfig",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    # Before whitenoise, so that static files carry the policy too.
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Outside of all that writes or reads an answer; whitenoise's files are compressed already.
    "newsroom.compression.CompressionMiddleware",
    # The address decides the language, and no cookie or Accept-Language, as Django's own would have it.
    "aid.views.languages.by_address",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    # Whose change it is, for the history of records; it asks for the user only when a record is saved.
    "simple_history.middleware.HistoryRequestMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

FIXTURE_DIRS = [BASE_DIR / "fixtures"]

# The desk works in English, and so do the addresses without a prefix. Each language is named in itself.

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("da", "Dansk"), ("uk", "Українська")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "admin:login"

# Uploaded pictures. No web address leads into this folder: a view hands out what readers may see.

MEDIA_ROOT = DATA_DIR / "media"

# A pledge that was announced so many months ago and has reached no later stage stands on the desk.

AGING_MONTHS = whole_number("NEWSROOM_AGING_MONTHS", 12, least=1)

# What readers are told of whoever runs the site: how to write to the desk, and for how many days the server and the
# proxy before it keep their logs. Left out, the pages say that it is not stated.

CONTACT_EMAIL = email("NEWSROOM_CONTACT_EMAIL")
LOG_DAYS = whole_number("NEWSROOM_LOG_DAYS", 0)

# So many days after a reader's report has ended, `forget_readers` deletes what they wrote.

REPORT_DAYS = whole_number("NEWSROOM_REPORT_DAYS", 90)

# The WebSub hub that the feeds name, which somebody has to tell of what is new; "" for none.

WEBSUB_HUB = web_address("NEWSROOM_WEBSUB_HUB")

# The licence under which the records can be taken along, as the address of its text; "" where none is given.

DATA_LICENCE = web_address("NEWSROOM_DATA_LICENCE")

# Whom to tell of a weakness, as an address (mailto:, https:), for /.well-known/security.txt, which is there only with
# it; and for how many days each answer holds.

SECURITY_CONTACT = contact_address("NEWSROOM_SECURITY_CONTACT")
SECURITY_DAYS = whole_number("NEWSROOM_SECURITY_DAYS", 180, least=1)

# Static files: hashed names that browsers may keep for ever, compressed beside the originals.

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "newsroom.static_files.StaticFilesStorage"},
}
if DEBUG:
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}

# What a browser may load on our pages, the admin's included: our own files and nothing else.

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"

# An editor's form can hold a whole source document and several hundred inline fields.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {"django": {"handlers": ["console"], "level": LOG_LEVEL, "propagate": False}},
}
