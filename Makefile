# The front door: `make run` and `make test`. `make help` lists the rest.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
# Settings refuse to load without these; nothing of `make check` connects to anything.
CHECK_ENV := SECRET_KEY=for-make-check-only-$$(printf 'x%.0s' {1..50}) ALLOWED_HOSTS=example.org \
	DATABASE_URL=postgresql://none/none REDIS_URL=redis://none

help: ## List what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

$(VENV)/.dev: requirements/dev.txt
	uv venv -q --allow-existing --python $(PYTHON) $(VENV)
	uv pip sync -q --python $(PY) --require-hashes requirements/dev.txt
	@touch $@

test: $(VENV)/.dev ## Run every test, on its own embedded services
	$(PY) -m pytest

check: $(VENV)/.dev ## Lint, types, layers, migrations, deployment settings
	$(VENV)/bin/ruff format --check -q .
	$(VENV)/bin/ruff check -q .
	$(VENV)/bin/lint-imports --no-cache > /dev/null || $(VENV)/bin/lint-imports --no-cache
	$(CHECK_ENV) $(VENV)/bin/mypy --no-error-summary .
	$(CHECK_ENV) $(PY) manage.py makemigrations --check --dry-run -v 0
	$(CHECK_ENV) $(PY) manage.py check --deploy --fail-level WARNING -v 0

lock: ## Resolve pyproject.toml anew into requirements/
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		pyproject.toml -o requirements/app.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		pyproject.toml --group dev -o requirements/dev.txt

.PHONY: help test check lock
