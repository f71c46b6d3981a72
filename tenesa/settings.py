"""One settings file; everything that differs between machines comes from the environment (see `tenesa/env.py`)."""

from datetime import timedelta
from pathlib import Path

import django_stubs_ext
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from tenesa.env import BUILT_IN_KEY, contact_policy, day_parts, env, networks, one_of, system_settings, time_of_day

django_stubs_ext.monkeypatch()  # generic admin classes and managers may name their model

BASE_DIR = Path(__file__).resolve().parent.parent

DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("DEMO", default=False)  # people with a known password may be loaded (`manage.py demo`)
SECRET_KEY = env.str("SECRET_KEY", default=BUILT_IN_KEY if DEBUG else "")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "pgtrigger",
    "tenesa.accounts.apps.SignInLimitsConfig",
    "django_fsm",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "lucide",
    "csp",
    "tenesa.accounts.apps.AccountsConfig",
    "tenesa.audit",
    "tenesa.workflow",
    "tenesa.timers",
    "tenesa.commitments",
    "tenesa.mail",
    "tenesa.systems",
    "tenesa.incidents",
    "tenesa.contact",
    "tenesa.ui",
    "tenesa.notices",
    "tenesa.workspace",
    "tenesa.api",
    "tenesa.search",
    "tenesa.escalation",
    "tenesa.reporting",
    "tenesa.documents",
    "tenesa.knowledge",
    "tenesa.retention",
    "segmentation",
    "tickets",
    "pending",
    "vvip",
    "caring",
]

MIDDLEWARE = [
    "tenesa.proxies.TrustedProxies",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "tenesa.door.Cleaning",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "tenesa.ui.own.OwnLanguage",
    "tenesa.ui.external_access.Confined",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "tenesa.urls"
WSGI_APPLICATION = "tenesa.wsgi.application"
ASGI_APPLICATION = "tenesa.asgi.application"

FORM_RENDERER = "tenesa.ui.widgets.Renderer"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tenesa.ui.context.shell",
            ],
        },
    },
]

# --- storage -------------------------------------------------------------------------------------------------------
DATABASES = {"default": env.db_url("DATABASE_URL", default="postgres:///tenesa")}
DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=0)
DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = env.bool("PGBOUNCER", default=False)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
EXPORT_DIR = env.str("EXPORT_DIR", default="")  # workbooks while they are written; empty: the system's temporary folder
REDIS_URL = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")

# --- people --------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
SESSION_COOKIE_AGE = 60 * 60 * 12
# Wrong passwords and tokens (ADR-0028): a name at an address is blocked after a few, a name anywhere after many,
# an address, behind which a whole house may sit, never: beyond its limit each attempt waits.
AUTHENTICATION_BACKENDS = ["tenesa.accounts.signin.Brake", "tenesa.accounts.signin.Passwords"]
AXES_HANDLER = "tenesa.accounts.signin.Handler"
AXES_FAILURE_LIMIT = env.int("SIGN_IN_LIMIT", default=5)
SIGN_IN_ACCOUNT_LIMIT = env.int("SIGN_IN_ACCOUNT_LIMIT", default=20)
SIGN_IN_SLOW_SECONDS = env.float("SIGN_IN_SLOW_SECONDS", default=1.0)
SIGN_IN_ADDRESS_LIMIT = env.int("SIGN_IN_ADDRESS_LIMIT", default=50)
AXES_LOCKOUT_PARAMETERS = ["username", "ip_address"]
AXES_COOLOFF_TIME = timedelta(minutes=env.int("SIGN_IN_BLOCK_MINUTES", default=15))
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # who goes on trying does not keep the owner out for ever
AXES_ENABLE_ACCESS_FAILURE_LOG = True
AXES_ENABLE_ADMIN = False  # our pages are in tenesa/accounts/admin.py
AXES_LOCKOUT_CALLABLE = "tenesa.accounts.signin.refused"
AXES_CLIENT_IP_CALLABLE = "tenesa.proxies.address"
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "csrfmiddlewaretoken"]
AXES_VERBOSE = False

# --- language and time ---------------------------------------------------------------------------------------------
LANGUAGE_CODE = "id"
LANGUAGES = [("id", _("Indonesian")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Jakarta"
USE_TZ = True
USE_I18N = True

# --- static files --------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(BASE_DIR / "build" / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

# --- safety --------------------------------------------------------------------------------------------------------
HTTPS = env.bool("HTTPS", default=False)
SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
TRUSTED_PROXIES = networks("TRUSTED_PROXIES")  # only their word on where a request comes from counts (ADR-0028)
PROXY_HOPS = env.int("PROXY_HOPS", default=1)  # how many of them stand in line
PROXY_HEADER = one_of("PROXY_HEADER", "X-Forwarded-For", "Forwarded")  # the one that they write
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_REFERRER_POLICY = "same-origin"
CSRF_FAILURE_VIEW = "tenesa.door.csrf_failed"
X_FRAME_OPTIONS = "SAMEORIGIN"  # mail bodies are shown in a sandboxed frame of our own origin
SILENCED_SYSTEM_CHECKS = ["security.W019"]  # asks for DENY, which would forbid that frame
DATA_UPLOAD_MAX_MEMORY_SIZE = 26_214_400
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "media-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "frame-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [SELF],
    },
}

# --- REST ----------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "tenesa.api.authentication.ApiTokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [
        "tenesa.api.parsers.CleanJson",
        "tenesa.api.parsers.CleanMultiPart",
        "tenesa.api.parsers.CleanForm",
    ],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "tenesa.api.errors.problem",
    "NON_FIELD_ERRORS_KEY": "form",
    "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.UserRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {"user": env.str("API_RATE", default="1200/min")},
}
SPECTACULAR_SETTINGS = {
    "TITLE": "TENESA",
    "DESCRIPTION": "Cases of the contact centre, the steps their procedure offers, and taking a step.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "ENUM_NAME_OVERRIDES": {
        "CaseStateEnum": "tickets.states.State",
        "CheckStateEnum": "tickets.states.CheckState",
        "NeedEnum": "tickets.states.Kind",
        "EscalationStateEnum": "tenesa.escalation.states.State",
        "PendStateEnum": "pending.states.State",
        "ChannelEnum": "pending.states.Channel",
        "CallStateEnum": "vvip.calls.states.State",
        "CallKindEnum": "vvip.calls.states.Kind",
        "CallChannelEnum": "vvip.calls.states.Channel",
        "ListKindEnum": "segmentation.special_list.states.Kind",
        "CampaignEnum": "caring.prospects.states.Campaign",
        "ProspectStateEnum": "caring.prospects.states.State",
        "ResultStateEnum": "caring.results.states.State",
        "CallbackStateEnum": "vvip.callbacks.states.State",
        "ListEntryStateEnum": "segmentation.special_list.states.State",
        "SystemEnum": "caring.reconciliation.models.System",
    },
}
CACHES = {
    "default": {
        "BACKEND": "tenesa.redis_link.OpenCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 1},
    }
}

# --- mail ----------------------------------------------------------------------------------------------------------
SMTP_URL = env.str("SMTP_URL", default="smtp://127.0.0.1:1025")
IMAP_URL = env.str("IMAP_URL", default="imap://127.0.0.1:1143")
MAIL_POLL_SECONDS = env.int("MAIL_POLL_SECONDS", default=10)
MAIL_UNDO_SECONDS = env.int("MAIL_UNDO_SECONDS", default=10)
MAIL_AUTHSERV_IDS = env.list("MAIL_AUTHSERV_IDS", default=[])  # servers whose DKIM, SPF and DMARC verdict we trust
MAIL_ACKNOWLEDGE = {  # automatic acknowledgements within an hour
    "address": env.int("MAIL_ACKNOWLEDGE_ADDRESS", default=1),
    "domain": env.int("MAIL_ACKNOWLEDGE_DOMAIN", default=100),
    "hour": env.int("MAIL_ACKNOWLEDGE_HOUR", default=1000),
}
CLAMAV_URL = env.str("CLAMAV_URL", default="")  # tcp://host:3310 or unix:///run/clamav/clamd.ctl; empty: not scanned
MAIL_MAX_BYTES = env.int("MAIL_MAX_BYTES", default=25 * 2**20)  # of a larger mail only the beginning is read
MAIL_SECRETS = env.list("MAIL_SECRETS", default=[])  # keys of the mailboxes' passwords, newest first; else SECRET_KEY
MAIL_LEDGER_DAYS = env.int("MAIL_LEDGER_DAYS", default=14)  # how far back the ledger is compared with the server

# --- outside systems -----------------------------------------------------------------------------------------------
SYSTEMS_URL = env.str("SYSTEMS_URL", default="http://127.0.0.1:8800")
SYSTEMS = system_settings(
    SYSTEMS_URL,
    (
        "mycx",
        "nossa",
        "siskas",
        "tenoss",
        "telkom_center",
        "mrtg",
        "embassy",
        "securecrt",
        "epayment",
        "coordination",
        "backend",
        "ioc",
        "cti",
        "mykiss",
        "callback",
        "softphone",
        "tamara",
        "cwc",
        "eyebeam",
        "apprec",
        "nonatero",
    ),
)

TENESA_URL = env.str("TENESA_URL", default="http://127.0.0.1:8000")  # ours: links in mails to colleagues begin with it
SYSTEMS_AT_ONCE = env.int("SYSTEMS_AT_ONCE", default=4)  # calls of one system at the same moment, by all workers

NOTICE_MAIL_HOUR = env.int("NOTICE_MAIL_HOUR", default=7)  # the hour at which the morning's mail of notices leaves

# --- scripts: how often the local copy is compared with My Kiss, and when it counts as old (lokal) ------------------
MYKISS_SYNC_MINUTES = env.int("MYKISS_SYNC_MINUTES", default=5)
MYKISS_STALE_MINUTES = env.int("MYKISS_STALE_MINUTES", default=60)

# --- Celery: a message is a wake-up, so none may be waited for and late ones expire ----------------------------------
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://").replace("?db=", "?virtual_host=")
# Whoever only wakes a worker waits for no broker; workers and beat come back by rules of their own.
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_timeout": 3, "socket_connect_timeout": 2, "max_retries": 0}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 4
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_SOFT_TIME_LIMIT = 120
CELERY_TASK_TIME_LIMIT = 180
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = TIME_ZONE
# Every tick is an interval of minutes at most, so beat needs no file that remembers the last ones.
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"
CELERY_BEAT_SCHEDULE = {
    "poll-mailboxes": {
        "task": "tenesa.mail.tasks.poll_mailboxes",
        "schedule": MAIL_POLL_SECONDS,
        "options": {"expires": MAIL_POLL_SECONDS},
    },
    "check-ledger": {"task": "tenesa.mail.tasks.check_ledger", "schedule": 600, "options": {"expires": 600}},
    "sweep-mail": {"task": "tenesa.mail.tasks.sweep_mail", "schedule": 10, "options": {"expires": 10}},
    "sweep-calls": {"task": "tenesa.systems.tasks.sweep_calls", "schedule": 10, "options": {"expires": 10}},
    "measure": {"task": "tenesa.reporting.tasks.measure", "schedule": 15, "options": {"expires": 15}},
    "index-cases": {"task": "tenesa.search.tasks.index_cases", "schedule": 3, "options": {"expires": 3}},
    "mail-notices": {"task": "tenesa.workspace.tasks.mail_notices", "schedule": 60, "options": {"expires": 60}},
    "sweep-batches": {"task": "tenesa.workspace.tasks.sweep_batches", "schedule": 30, "options": {"expires": 30}},
    "sweep-timers": {"task": "tenesa.timers.tasks.sweep_timers", "schedule": 15, "options": {"expires": 15}},
    "poll-nossa": {"task": "tenesa.incidents.tasks.poll_nossa", "schedule": 20, "options": {"expires": 20}},
    "poll-group": {"task": "tickets.tasks.poll_group", "schedule": 60, "options": {"expires": 60}},
    "tidy-escalations": {"task": "tenesa.escalation.tasks.tidy", "schedule": 60, "options": {"expires": 60}},
    "read-units": {"task": "tenesa.escalation.tasks.read_units", "schedule": 60, "options": {"expires": 60}},
    "expire-leases": {"task": "tickets.tasks.expire_leases", "schedule": 60, "options": {"expires": 60}},
    "expire-leases-of-caring": {"task": "caring.tasks.expire_leases", "schedule": 30, "options": {"expires": 30}},
    "ask-about-promises": {"task": "caring.tasks.ask_about_promises", "schedule": 300, "options": {"expires": 300}},
    "remind-of-promises": {"task": "caring.tasks.remind_of_promises", "schedule": 1800, "options": {"expires": 1800}},
    "score-prospects": {"task": "caring.tasks.refresh_scores", "schedule": 600, "options": {"expires": 600}},
    "report-outages-of-caring": {"task": "caring.tasks.report_outages", "schedule": 60, "options": {"expires": 60}},
    "rebucket-prospects": {"task": "caring.tasks.rebucket", "schedule": 3600, "options": {"expires": 3600}},
    "ask-nonatero": {"task": "caring.tasks.ask_nonatero", "schedule": 60, "options": {"expires": 60}},
    "count-calls": {"task": "caring.tasks.count_calls", "schedule": 300, "options": {"expires": 300}},
    "read-dapros": {"task": "caring.tasks.read_waiting_dapros", "schedule": 60, "options": {"expires": 60}},
    "tend-withdrawals": {"task": "caring.tasks.tend_withdrawals", "schedule": 60, "options": {"expires": 60}},
    "settle-exclusions": {"task": "caring.tasks.settle_exclusions", "schedule": 120, "options": {"expires": 120}},
    "return-quotas": {"task": "caring.tasks.return_quotas", "schedule": 600, "options": {"expires": 600}},
    "tend-reconciliations": {"task": "caring.tasks.tend_reconciliations", "schedule": 60, "options": {"expires": 60}},
    "draw-for-qc": {"task": "caring.tasks.draw_samples", "schedule": 600, "options": {"expires": 600}},
    "make-prospects-ready": {"task": "caring.tasks.make_ready", "schedule": 30, "options": {"expires": 30}},
    "hear-holds": {"task": "pending.tasks.tell_settled", "schedule": 60, "options": {"expires": 60}},
    "expire-leases-of-147": {"task": "vvip.tasks.expire_leases", "schedule": 20, "options": {"expires": 20}},
    "read-lists": {"task": "segmentation.tasks.read_waiting_lists", "schedule": 60, "options": {"expires": 60}},
    "hand-over-openings": {
        "task": "segmentation.tasks.hand_over_openings",
        "schedule": 600,
        "options": {"expires": 600},
    },
    "tend-retention": {"task": "tenesa.retention.tasks.tend_retention", "schedule": 600, "options": {"expires": 600}},
    "probe-systems": {"task": "tenesa.systems.tasks.probe_systems", "schedule": 30, "options": {"expires": 30}},
    "sweep-agents": {"task": "tenesa.systems.tasks.sweep_agents", "schedule": 15, "options": {"expires": 15}},
    "sync-mykiss": {
        "task": "tenesa.knowledge.tasks.sync_mykiss",
        "schedule": 60 * MYKISS_SYNC_MINUTES,
        "options": {"expires": 60 * MYKISS_SYNC_MINUTES},
    },
    "poll-ioc": {"task": "tenesa.systems.tasks.poll_ioc", "schedule": 60, "options": {"expires": 60}},
}
# Ticks stand in a queue of their own: behind a backlog they would expire, and lost wake-ups stay lost.
# Calls only wait: threads make them, so that a slow system does not stand in the way of mail and clocks (ADR-0014).
CELERY_TASK_ROUTES = {tick["task"]: {"queue": "ticks"} for tick in CELERY_BEAT_SCHEDULE.values()} | {
    f"tenesa.systems.tasks.{task}": {"queue": "calls"}
    for task in ("deliver_calls", "probe_system", "poll_ioc", "tell_cti")
}
CELERY_TASK_ROUTES |= {
    task: {"queue": "calls"} for task in ("tenesa.knowledge.tasks.sync_mykiss", "segmentation.tasks.read_list")
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {"axes": {"level": "WARNING"}},
}

# --- desk: who takes over what (lokal: ADR-0005; the documents name the units, not their addresses) -----------------
HANDOVER = {
    "DCS": {
        "name": "Penanganan Pelanggan DCS",
        "address": env.str("DCS_ADDRESS", default="dcs-care@telkom.example"),
        "contact": env.str("DCS_CONTACT", default="dcs-care@telkom.example"),
        "group": env.str("DCS_GROUP", default="KOORDINASI-DCS"),
    },
    "DBS": {
        "name": "Penanganan Permintaan DBS",
        "address": env.str("DBS_ADDRESS", default="dbs-request@telkom.example"),
        "contact": env.str("DBS_CONTACT", default="dbs-request@telkom.example"),
        "group": env.str("DBS_GROUP", default="KOORDINASI-DBS"),
    },
}
HANDOVER_REQUESTS = env.str("REQUEST_GROUP", default="KOORDINASI-ACCOUNT")

# Never the receiver of an answer: our mailboxes are known; these are other names of theirs, and our units.
MAIL_OWN_ADDRESSES = [*env.list("MAIL_OWN_ADDRESSES", default=[]), *(unit["address"] for unit in HANDOVER.values())]

# --- escalation (P-05 5.6, 5.9; lokal: ADR-0013) ---------------------------------------------------------------------
ESCALATION_NOBODY_THERE = env.str("ESCALATION_NOBODY_THERE", default="raise")  # or "approve": goes on by itself
ESCALATION_UNITS = {
    "TELKOM": {"name": "Telkom", "group": env.str("TELKOM_GROUP", default="KOORDINASI-TELKOM")},
    "BACKEND": {"name": "Back-end Gangguan", "group": env.str("BACKEND_GROUP", default="KOORDINASI-BACKEND")},
}

# --- contact (requirements 7.1, 8.1): hours in the customer's zone, minutes between tries, dials of all desks ---------
# W-02 is a desk of day and night for business customers; a callback was asked for; nobody asked for a caring call.
CONTACT = {
    "hold": contact_policy(
        "hold", hours_default="00-24", rest_default="00-24", attempts=env.int("PENDING_ATTEMPTS", default=3),
        gap=env.int("PENDING_ATTEMPT_GAP_MINUTES", default=10),
        window=env.int("PENDING_ATTEMPT_WINDOW_MINUTES", default=60), per_day=12, per_week=0,
    ),
    "callback": contact_policy(
        "callback", hours_default="07-21", rest_default="08-20", attempts=3, gap=30, window=96 * 60, per_day=6,
        per_week=20,
    ),
    "caring": contact_policy(
        "caring", hours_default="08-20", rest_default="-", attempts=9, gap=120, window=30 * 24 * 60, per_day=2,
        per_week=7, spares={
            "hard": 3, "busy": 30, "busy_times": 2, "NO_ANSWER": 120, "OFF": 120, "MAILBOX": 240, "REJECTED": 24 * 60,
            "INVALID": 120, "FAX": 120, "WRONG_NUMBER": 120, "silence_days": 7, "parts": 2,
        },
    ),
}  # fmt: skip
CONTACT_DAY_PARTS = day_parts("CONTACT_DAY_PARTS", default=[12, 16])  # afternoon and evening begin then

# The softphone that each purpose dials with (P-01 6.7): "softphone" or "eyebeam".
CONTACT_SOFTPHONES = {
    "hold": one_of("CONTACT_HOLD_SOFTPHONE", "softphone", "eyebeam"),
    "callback": one_of("CONTACT_CALLBACK_SOFTPHONE", "softphone", "eyebeam"),
    "caring": one_of("CONTACT_CARING_SOFTPHONE", "eyebeam", "softphone"),
}

# Beginnings of words that no script has which is read to people in arrears (8.1: no threats).
SCRIPT_THREATS = env.list(
    "SCRIPT_THREATS",
    default=[
        "ancam", "mengancam", "diancam", "polisi", "polres", "polsek", "pidana", "penjara", "dipenjara", "tuntut",
        "menuntut", "gugat", "menggugat", "pengadilan", "jalur hukum", "proses hukum", "ranah hukum", "sita", "menyita",
        "disita", "debt collector", "penagih utang", "daftar hitam", "blacklist", "permalukan", "mempermalukan",
        "sebarkan", "menyebarkan", "viralkan", "datangi rumah", "mendatangi rumah", "datangi kantor", "tahu akibatnya",
        "tanggung akibatnya", "kalau tidak bayar", "jangan salahkan",
    ],
)  # fmt: skip

# How a number is dialled where an agent has no softphone: by what the browser hands over, "sip:{number}@…" as well.
CONTACT_LINK = env.str("CONTACT_LINK", default="tel:{number}")

# --- pending (W-02; lokal: ADR-0017, AMB-14, AMB-15): minutes, hours --------------------------------------------------
PENDING = {
    "cap_unreached": env.int("PENDING_UNREACHED_HOURS", default=24),
    "cap_agreed": env.int("PENDING_AGREED_HOURS", default=7 * 24),
    "extensions": env.int("PENDING_EXTENSIONS", default=2),
    "notice": env.int("PENDING_NOTICE_MINUTES", default=30),
    "group": env.str("PENDING_GROUP", default="KOORDINASI-BACKEND"),
}

# --- special and VVIP customers (W-26; lokal: ADR-0034, AMB-22) -------------------------------------------------------
AUTO_IN = {"delivers": env.bool("AUTO_IN_DELIVERS", default=True)}  # hands over cases, beside letting people take them

W26 = {
    "high_speed_counts": env.bool("W26_HIGH_SPEED_COUNTS", default=False),  # the tag alone leads to the way-out
    "above_100": env.bool("W26_ABOVE_100_MBPS", default=False),  # faster packages have the tag as well
    "followers": env.int("W26_FOLLOWERS", default=50_000),
    "questions_asked": env.int("W26_QUESTIONS_ASKED", default=3),  # n of m (5.2.3)
    "questions_matched": env.int("W26_QUESTIONS_MATCHED", default=2),
    "open_items": env.int("W26_OPEN_CALLBACKS", default=3),  # of one agent
    "rounds": env.int("W26_CALLBACK_ROUNDS", default=2),  # of attempts; after the last the team leader decides
    "news_minutes": env.int("W26_NEWS_MINUTES", default=120),  # to a super emergency
    "emergency_days": env.int("W26_EMERGENCY_DAYS", default=30),  # after closure the status ends by itself
    "contact": env.str("W26_CONTACT", default="147"),  # where customers reach us, in mails to them
    "script_seconds": env.int("W26_SCRIPT_SECONDS", default=5),  # read in less, the script was not read
    "group": env.str("W26_GROUP", default="KOORDINASI-BACKEND"),
    "billing_group": env.str("W26_BILLING_GROUP", default="KOORDINASI-BILLING"),
}

# --- caring (P-01; lokal: ADR-0037, AMB-31) ---------------------------------------------------------------------------
CARING = {
    "open_picks": env.int("CARING_OPEN_PICKS", default=3),  # of one agent
    "follow_up_days": env.int("CARING_FOLLOW_UP_DAYS", default=14),  # how far ahead a call is agreed
    "qc_agrees": env.bool("CARING_QC_ALL_AGREES", default=True),  # else they are drawn like declines
    "qc_open": env.int("CARING_QC_OPEN", default=35),  # results that one QCO holds
    "qc_declines": env.int("CARING_QC_DECLINES", default=3),  # of each agent and day, at random
    "qc_agree_rate": env.float("CARING_QC_AGREE_RATE", default=0.2),  # of each agent and day, where not all are taken
    "qc_second_looks": env.int("CARING_QC_SECOND_LOOKS", default=2),  # verdicts of each QCO and day, scored again
    "day_end": env.int("CARING_DAY_END_HOUR", default=21),  # from then on the samples of the day are drawn
    "not_valid": env.bool("CARING_NOT_VALID", default=False),  # a third verdict of QC
    "reconcile_at": time_of_day("CARING_RECONCILE_AT", "20:00"),  # of the desk's day, by the clock of the house
}
