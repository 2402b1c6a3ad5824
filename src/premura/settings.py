"""Settings: from the environment only, unknown names refused, defaults that just run.

Every setting is named ``PREMURA_<NAME>``; a secret may come from a file instead (``PREMURA_<NAME>_FILE``).
The table in ``docs/settings.md`` is checked against ``KNOWN`` by a test.
"""

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

KNOWN = {
    "DATA": "folder that holds everything of the company: database, media, outgoing mail, backups",
    "DATABASE": "postgres://user:password@host:port/name; without it SQLite in the data folder",
    "SECRET_KEY": "signs sessions and personal links; without it one is made and kept in the data folder",
    "HOSTS": "comma-separated names under which the pages are served, besides this machine",
    "ADDRESS": "public address of this installation, as customers' links shall show it",
    "PORT": "port of the web server",
    "BIND": "address the web server listens on",
    "CAREFUL": "0 reads comments quickly only, also where premura[careful] is installed",
    "DEBUG": "1 shows technical error pages; never on an address that others reach",
    "FACTS": "folder of the columnar facts, where several machines share one; default: in the data folder",
    "ENGINE": "sc://host:port of a Spark Connect server that counts beyond one machine; without it DuckDB in process",
    "MAIL": "smtp://user:password@host:port (smtps: TLS from the start); without it mail waits as files",
    "MAIL_FROM": "sender of the mail that the system writes",
}


def _secret_from(name: str, path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(f"{name}: {path} cannot be read ({getattr(error, 'strerror', error)}).") from None


def _read_environment() -> dict[str, str]:
    values: dict[str, str] = {}
    for name, value in os.environ.items():
        if not name.startswith("PREMURA_"):
            continue
        key = name.removeprefix("PREMURA_")
        if key.removesuffix("_FILE") in KNOWN and key not in KNOWN:
            key, value = key.removesuffix("_FILE"), _secret_from(name, Path(value))
        if key not in KNOWN:
            raise ImproperlyConfigured(f"{name} is not a setting of Premura. Known are: " + ", ".join(sorted(KNOWN)))
        values[key] = value
    return values


_environment = _read_environment()

BASE_DIR = Path(__file__).parent
DATA = Path(_environment.get("DATA", ".data")).expanduser().resolve()


def _secret_key() -> str:
    if "SECRET_KEY" in _environment:
        return _environment["SECRET_KEY"]
    try:
        return _kept_secret_key(DATA / "secret_key")
    except OSError as error:
        raise ImproperlyConfigured(
            f"The data folder {DATA} cannot be used: {error.strerror}. Correct its owner, or choose another one: "
            "PREMURA_DATA=folder"
        ) from None


def _kept_secret_key(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        pass
    DATA.mkdir(parents=True, exist_ok=True)
    try:
        # "x" so that two processes that start together end with one key
        with path.open("x", encoding="ascii") as file:
            path.chmod(0o600)
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return path.read_text(encoding="ascii").strip()


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise ImproperlyConfigured(f"PREMURA_PORT must be a number from 1 to 65535, not {text!r}.")
    return int(text)


def _database() -> dict[str, Any]:
    url = _environment.get("DATABASE")
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": DATA / "premura.sqlite3",
            "OPTIONS": {
                # IMMEDIATE: a transaction that will write waits for its turn at the start instead of failing at the end
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
            },
        }
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured("PREMURA_DATABASE must begin with postgres://")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        # Under ASGI every request has a thread of its own, so a kept connection would never be used again
        "CONN_MAX_AGE": 0,
    }


def _engine() -> str:
    url = _environment.get("ENGINE", "")
    if url and not (urlsplit(url).scheme == "sc" and urlsplit(url).hostname):
        raise ImproperlyConfigured(
            "PREMURA_ENGINE must look like sc://host:15002, the address of a Spark Connect server."
        )
    return url


SECRET_KEY = _secret_key()
DEBUG = _environment.get("DEBUG", "") == "1"
CAREFUL = _environment.get("CAREFUL", "1") != "0"
PORT = _port(_environment.get("PORT", "8000"))
BIND = _environment.get("BIND", "127.0.0.1")
ADDRESS = _environment.get("ADDRESS", f"http://127.0.0.1:{PORT}").rstrip("/")
FACTS = _environment.get("FACTS", "")
ENGINE = _engine()
ALLOWED_HOSTS = [
    "127.0.0.1",
    "localhost",
    "[::1]",
    urlsplit(ADDRESS).hostname or "127.0.0.1",
    *filter(None, _environment.get("HOSTS", "").split(",")),
]
CSRF_TRUSTED_ORIGINS = [ADDRESS]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "template_partials",
    "premura.core.company",
    "premura.core.staff",
    "premura.core.journeys",
    "premura.core.customers",
    "premura.core.history",
    "premura.core.jobs",
    "premura.core.mail",
    "premura.loop.listen",
    "premura.loop.understand",
    "premura.loop.equip",
    "premura.loop.recover",
    "premura.loop.promise",
    "premura.loop.improve",
    "premura.loop.verify",
    "premura.importers",
    "premura.entrypoints.collect",
    "premura.entrypoints.web",
    # After ours, so that its pages wear our look
    "allauth",
    "allauth.account",
    "allauth.mfa",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "premura.entrypoints.web.middleware.ContentSecurityPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "premura.entrypoints.web.middleware.ReaderLanguage",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "premura.entrypoints.web.middleware.FirstRun",
    "premura.entrypoints.web.middleware.FormAddress",
    "premura.entrypoints.web.middleware.Freshness",
]

ROOT_URLCONF = "premura.urls"
ASGI_APPLICATION = "premura.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "premura.entrypoints.web.context.shell",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.l10n",
                "django.templatetags.static",
                "premura.entrypoints.web.templatetags.words",
                "premura.entrypoints.web.templatetags.figures",
            ],
        },
    }
]

DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "staff.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "premura.core.staff.passwords.PasswordLength", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # people are invited by their company, nobody signs up from outside
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # nobody hears from us who does not work here
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_ADAPTER = "premura.entrypoints.web.start.accounts.CompanyAccounts"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ADDRESS.startswith("https://")
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"  # the survey preview shows our own page in a frame

LANGUAGE_CODE = "it"
LANGUAGES = [("it", _("Italian")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Rome"
USE_THOUSAND_SEPARATOR = True

# A survey of forty questions with many options in two languages is one form
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

STATIC_URL = "static/"
STATIC_ROOT = DATA / "static"
WHITENOISE_MAX_AGE = 60 * 60 * 24 * 365
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MANIFEST_STRICT = False
MEDIA_ROOT = DATA / "media"


def _mail() -> dict[str, Any]:
    url = _environment.get("MAIL")
    if not url:
        return {"EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend", "EMAIL_FILE_PATH": DATA / "mail"}
    parts = urlsplit(url)
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname or "localhost",
        "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 25),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_TIMEOUT": 20,
    }


globals().update(_mail())
DEFAULT_FROM_EMAIL = _environment.get("MAIL_FROM", "premura@localhost")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"premura": {"level": "INFO"}},
}
