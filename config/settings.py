"""Settings, in Django's documented order. Safe for production by default; local.py relaxes."""

from pathlib import Path

from csp.constants import NONE, SELF
from django.templatetags.static import static
from django.urls import reverse_lazy
from environs import Env

env = Env()
BASE_DIR = Path(__file__).resolve().parent.parent
env.read_env(env.str("ENV_FILE", str(BASE_DIR / ".env")), recurse=False)

# Core
DEBUG = env.bool("DEBUG", False)
SECRET_KEY = env.str("SECRET_KEY")
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", [])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", [])
HTTPS = env.bool("HTTPS", True)

# The public face
SITE_NAME = env.str("SITE_NAME", "AI Race Timeline")
SITE_URL = env.str("SITE_URL", "http://localhost:8000").rstrip("/")
# RFC 4151: who mints our ids, and since when. Never change them once published.
TAG_AUTHORITY = env.str("TAG_AUTHORITY", "airace.example,2026")
# A WebSub hub that is told of every publication, and named in the feeds; empty: none.
WEBSUB_HUB = env.str("WEBSUB_HUB", "")
API_REQUESTS_PER_MINUTE = env.int("API_REQUESTS_PER_MINUTE", 600)
DATA_LICENSE = env.str("DATA_LICENSE", "https://creativecommons.org/licenses/by/4.0/")
# Where the files of each edition are written nightly; empty: nowhere.
EXPORT_DIR = env.str("EXPORT_DIR", "")
# After so many days only the last edition of each month keeps its files; 0: all do.
EXPORT_KEEP_DAYS = env.int("EXPORT_KEEP_DAYS", 0)

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "events.apps.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.sitemaps",
    "django_htmx",
    "template_partials",
    "csp",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "axes",
    "events",
    "timeline",
]

MIDDLEWARE = [
    "config.health.HealthMiddleware",
    "config.metrics.MetricsMiddleware",
    "config.client_address.ClientAddressMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "timeline.languages.language_middleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "config.outage.OutageMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

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
                "timeline.site.site",
            ],
        },
    },
]

# Database and broker
# Milliseconds; 0 sets no limit. config/wsgi.py sets one for the web, whose threads are few.
STATEMENT_TIMEOUT = env.int("STATEMENT_TIMEOUT", 0)
# A connection per thread, kept for a minute and checked before its first use in a request:
# granian's threads are few and stay, so a pool would add a queue and save nothing.
_database = env.dj_db_url("DATABASE_URL", conn_max_age=60, conn_health_checks=True)
DATABASES = {
    "default": {
        **_database,
        "ENGINE": "django.db.backends.postgresql",
        "OPTIONS": {
            "connect_timeout": 5,
            "options": f"-c statement_timeout={STATEMENT_TIMEOUT}",
            "application_name": "timeline",
            **_database.get("OPTIONS", {}),
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL")
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
}

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
# A task is acknowledged when it is done, so that a killed worker loses none.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 900}
# Below the visibility timeout, after which the broker gives a task to another worker.
CELERY_TASK_TIME_LIMIT = 600
CELERY_WORKER_CONCURRENCY = env.int("WORKER_CONCURRENCY", 2)
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 2
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_TIMEZONE = "UTC"

# People
AUTH_USER_MODEL = "events.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = reverse_lazy("admin:login")
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
# Off only where nobody from outside can come: the default of a checkout (config/local.py).
REQUIRE_TWO_FACTOR = env.bool("REQUIRE_TWO_FACTOR", True)
OTP_TOTP_ISSUER = SITE_NAME
# Five wrong passwords for one name from one address close that door for a quarter of an hour.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_LOCKOUT_TEMPLATE = "admin/locked_out.html"
AXES_ENABLE_ADMIN = False
# How many proxies of ours stand in front; their X-Forwarded-For is believed.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", 0)

# Languages and time
LANGUAGE_CODE = "en"
FORMAT_MODULE_PATH = ["timeline.formats"]
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

# Static files
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG
# Every page names the hashed file; compressing the other one too would double the waiting.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

# Security
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
CSRF_FAILURE_VIEW = "events.admin.keeping.token_refused"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}

# The desk
UNFOLD = {
    "SITE_TITLE": f"{SITE_NAME} desk",
    "SITE_HEADER": SITE_NAME,
    "SITE_ICON": lambda _: static("timeline/mark.svg"),
    "STYLES": [lambda _: static("desk/desk.css")],
    "BORDER_RADIUS": "2px",
    "SHOW_HISTORY": False,  # decisions and revisions are the history
    "COLORS": {  # paper, ink and vermilion, as on readers' pages
        "base": {
            "50": "#fbfaf7",
            "100": "#f3f0e9",
            "200": "#dedbd3",
            "300": "#cbc8bf",
            "400": "#a2a4aa",
            "500": "#63666e",
            "600": "#4c4f56",
            "700": "#3a3d44",
            "800": "#2b2d33",
            "900": "#17181c",
            "950": "#121316",
        },
        "primary": {
            "50": "#fdf3ef",
            "100": "#fbe3da",
            "200": "#f6c6b4",
            "300": "#f2a98c",
            "400": "#ff8a66",
            "500": "#f2724b",
            "600": "#b83a1b",
            "700": "#9c2f14",
            "800": "#7c2611",
            "900": "#5e1d0e",
            "950": "#361008",
        },
    },
    "SIDEBAR": {"navigation": "events.admin.menu.sections"},
}

# Ingestion
# RFC 9110 section 10.1.5: a robot names somebody who can be reached.
CONTACT = env.str("CONTACT", "mailto:moderators@airace.example")
# Where a copy of a cited page is asked for: this and the page's address. Empty: nowhere.
ARCHIVE_SERVICE = env.str("ARCHIVE_SERVICE", "")
# host:port pairs that may be fetched although they are not public: the replay's, a test's.
FETCH_ALLOW: list[str] = env.list("FETCH_ALLOW", [])
# Seconds: a whole request, and between two requests to one host, whichever worker sends them.
FETCH_SECONDS = env.float("FETCH_SECONDS", 30)
HOST_SPACING = env.float("HOST_SPACING", 2)
# Whether `make replay` may let workers fetch from its own loopback port while it runs.
FETCH_GRANTS = env.bool("FETCH_GRANTS", False)

# Watching
# Who brings it may read /metrics; empty: only this host.
METRICS_TOKEN = env.str("METRICS_TOKEN", "")
# Where the web processes of one host add up what they counted (prometheus_client reads it too).
PROMETHEUS_MULTIPROC_DIR = env.str("PROMETHEUS_MULTIPROC_DIR", "")

LOG_LEVEL = env.str("LOG_LEVEL", "INFO").upper()
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(levelname)s %(name)s: %(message)s"}},
    "filters": {
        # What /healthz answers is not also an error of ours, once a second.
        "no_probes": {
            "()": "django.utils.log.CallbackFilter",
            "callback": lambda record: (
                getattr(getattr(record, "request", None), "path", "") != "/healthz"
            ),
        }
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "plain",
            "filters": ["no_probes"],
        }
    },
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
}
