# The front door: `make run` and `make test`. `make help` lists the rest.
.DEFAULT_GOAL := help
SHELL := /bin/bash
export PYTHON
VENV := .venv
PY := $(VENV)/bin/python
UV := $(shell command -v uv || echo $(VENV)/uv/bin/uv)
# Settings refuse to load without these; nothing of `make check` connects to anything.
CHECK_ENV := ENV_FILE=none SECRET_KEY=for-make-check-only-$$(printf 'x%.0s' {1..50}) \
	ALLOWED_HOSTS=example.org DATABASE_URL=postgresql://none/none REDIS_URL=redis://none

# No target makes a file of its own name.
.PHONY: $(shell sed -n 's/^\([a-z-]*\):.*/\1/p' $(firstword $(MAKEFILE_LIST)))

help: ## List what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

app:
	@requirements/install app

dev:
	@requirements/install dev

run: app ## Run everything: services, web, worker, beat (PORT=, HOST=)
	@exec $(PY) config/leash.py $$PPID $(PY) -m config.run

replay: app ## Replay recorded feeds through the running worker (DATA=folder)
	@$(PY) manage.py replay $(if $(DATA),"$(DATA)")

test: dev ## Run every test, on its own embedded services, by two processes
	$(PY) -m pytest -n 2

check: dev ## Lint, types, layers, migrations, deployment settings
	$(VENV)/bin/ruff format --check -q .
	$(VENV)/bin/ruff check -q .
	$(VENV)/bin/lint-imports --no-cache > /dev/null || $(VENV)/bin/lint-imports --no-cache
	find templates -name '*.html' -print0 | xargs -0 $(VENV)/bin/djade --check
	$(VENV)/bin/djlint --lint --quiet templates
	$(CHECK_ENV) $(VENV)/bin/mypy --no-error-summary .
	$(CHECK_ENV) $(PY) -W ignore manage.py makemigrations --check --dry-run -v 0
	$(CHECK_ENV) $(PY) manage.py check --deploy --fail-level WARNING -v 0

backup: app ## Save the database to FILE=
	@$(PY) -m config.backup save "$(FILE)"

restore: app ## Load the database from FILE=, replacing what is there
	@$(PY) -m config.backup load "$(FILE)"

bench-queue: dev ## Time the desk's queue at 100,000 stories and 1,000,000 sources
	$(PY) -m tests.benchmarks.desk_queue

prove-undo: dev ## Undo many random runs of thirty steps at the desk (UNDO_EXAMPLES=200)
	UNDO_EXAMPLES=$(or $(UNDO_EXAMPLES),200) $(PY) -m pytest -q tests/moderation/test_undo.py

bench-grouping-scale: dev ## Time placing and re-clustering at 10,000 to 1,000,000 stored sources (SIZES=, KEEP=)
	@$(PY) -m tests.benchmarks.scale

bench-stories: dev ## Score grouping on story files: DATA=FOLDER
	$(PY) -m tests.benchmarks.stories.run $(DATA)

bench-news: dev ## Score relevance and grouping on recorded news: DATA=FOLDER
	$(CHECK_ENV) $(PY) -W ignore -m tests.benchmarks.stories.news $(DATA)

train-grouping: dev ## Train the pair model anew: DATA=FOLDER
	$(CHECK_ENV) $(PY) -W ignore -m tests.benchmarks.stories.train $(DATA)

train-relevance: dev ## Train the relevance model anew: DATA=FOLDER with stories/ and news/
	$(CHECK_ENV) $(PY) -W ignore -m tests.benchmarks.stories.train_relevance $(DATA)

train-drafting: dev ## Train drafting anew on the initial record, and score it
	$(CHECK_ENV) $(PY) -W ignore -m tests.benchmarks.stories.train_drafting

bench-drafting: dev ## Score drafting on the initial record, cross-validated
	$(CHECK_ENV) $(PY) -W ignore -m tests.benchmarks.stories.train_drafting --score

bench-drafting-record: dev ## Ask a database that holds the record which events stories look like
	$(PY) -W ignore -m tests.benchmarks.stories.drafting_in_database

lock: ## Resolve pyproject.toml anew into requirements/
	$(UV) pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		pyproject.toml -o requirements/app.txt
	$(UV) pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		pyproject.toml --group dev -o requirements/dev.txt
	$(UV) pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--group bench -o requirements/bench.txt

bench-ingest: bench-tools ## Measure polling beside `reader` on the same feeds (BENCH_ROUNDS=, BENCH_FEEDS=)
	@$(PY) -m tests.benchmarks.ingest

bench-tools: dev
	@$(UV) venv -q --allow-existing --python $(PY) .local/bench-venv
	@$(UV) pip sync -q --python .local/bench-venv/bin/python --require-hashes requirements/bench.txt

check-readers: bench-tools ## Follow our feeds with reader, newsboat and rss2email
	READERS_REQUIRED=1 $(PY) -m pytest -v tests/timeline/syndication/test_readers.py

fuzz-api: bench-tools ## Try to break the API by its own description (FUZZ_EXAMPLES=)
	FUZZ_EXAMPLES=$(or $(FUZZ_EXAMPLES),100) $(PY) -m pytest -s tests/timeline/api/test_fuzzing.py

bench-read: bench-tools ## Measure pages beside Datasette and nginx; needs wrk, nginx (BENCH_EVENTS=, BENCH_SECONDS=)
	@$(PY) -m tests.benchmarks.read

fault-ingest: dev ## Kill the polling worker 50 times, crash broker and database; then count
	@$(PY) -m tests.benchmarks.ingest.fault

hostile-ingest: dev ## Poll a server that means harm: endless, huge, deep, misleading (DATA=folder)
	@$(PY) -m tests.benchmarks.ingest.hostile $(DATA)

messages: dev ## Write and compile the catalogues anew (needs gettext); then translate
	$(PY) manage.py makemessages -l zh_Hans --no-location --no-obsolete --no-wrap -v 0 \
		-i '.*' -i admin -i config -i tests
	$(PY) manage.py compilemessages -v 0

browser-tools: ## Install axe-core, the Nu checker and Lighthouse for the browser tests
	cd tests/browser && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error

lighthouse: dev ## Judge the running site as a phone sees it (LIGHTHOUSE_SITE=, after browser-tools)
	@$(PY) -m tests.browser.lighthouse

screenshots: dev ## Take docs/screenshots from the running site (SCREENSHOT_SITE=)
	@$(PY) -m tests.browser.screenshots

desk-screenshots: dev ## Take the pictures of docs/moderating.md (SCREENSHOT_SITE=)
	@$(PY) -m tests.browser.desk_screenshots
