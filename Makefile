PYTHON ?= python3
BIN := .venv/bin
SOURCES := campaign receipts tests migrations web_server.py wsgi.py
T ?= tests
MESSAGES := campaign/translations
CATALOGUES := $(notdir $(patsubst %/LC_MESSAGES/messages.po,%,$(wildcard $(MESSAGES)/*/LC_MESSAGES/messages.po)))
PIN := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header $(UPGRADE)
POT ?= $(MESSAGES)/messages.pot
HEAD := migrations/.current-alembic-head

.DEFAULT_GOAL := help
.PHONY: help run setup test faults journey dates axe drill chaos package check lint fix types contracts templates i18n-extract i18n-update i18n-add i18n-check db-revision settings subjects lock bench

help: ## these words
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /|/' | awk -F'|' '{printf "  make %-14s %s\n", $$1, $$2}'

run: ## start everything on http://127.0.0.1:8000 (PORT=…, HOST=…); Ctrl-C ends it
	@$(PYTHON) -I campaign/cli/environment.py run && exec $(BIN)/python -m campaign.cli.serve

setup: ## what tests and checks need, and nothing twice
	@$(PYTHON) -I campaign/cli/environment.py test

test: setup ## all tests but those of faults, on SQLite and PostgreSQL (T=tests/services for some)
	@$(BIN)/python -m pytest -q -n 3 --dist loadfile --no-loadscope-reorder -m "not faults" $(T)

faults: setup ## tests that kill processes and try random histories of the books
	@$(BIN)/python -m pytest -q -n 3 --dist loadfile --no-loadscope-reorder -m faults

journey: setup ## an organisation sets itself up and runs two campaigns, in Chromium in production mode over https (a minute)
	@$(BIN)/python -m pytest -q -p no:randomly tests/browser/test_journey.py

dates: setup ## all tests on four other days, by Debian's faketime (T=tests/services for some; four times as long as make test)
	@$(BIN)/python -m tests.dates $(T)

axe: setup ## every page in every language at all four looks, by axe (longer than make test allows)
	@KURAK_AXE=full $(BIN)/python -m pytest -q -p no:randomly tests/browser/test_every_page.py tests/browser/test_giving.py tests/browser/test_new_rooms.py

drill: ## a synthetic week against the installation that `make run` has started (INSTANCE_DIR=…, PORT=… as there)
	@$(BIN)/flask --app wsgi drill

chaos: setup ## 200 random stories over real processes and 500 histories of the books, on both databases (about an hour)
	@$(BIN)/python -m tests.chaos $(CHAOS)
	@KURAK_CHAOS=full $(BIN)/python -m pytest -q -p no:randomly tests/chaos
	@KURAK_HISTORIES=500 $(BIN)/python -m pytest -q -p no:randomly tests/invariants/books/test_histories.py tests/invariants/books/test_orders.py tests/invariants/books/test_seeded_bugs.py

package: setup ## build the wheel, install it into an empty environment and serve one page from an empty folder
	@$(BIN)/python -m tests.package

check: setup lint subjects types contracts templates i18n-check faults test ## all that must be right, what fails fastest first

lint: ## ruff: mistakes and form
	@$(BIN)/ruff check $(SOURCES)
	@$(BIN)/ruff format --check --quiet $(SOURCES) || { echo 'make fix formats them'; exit 1; }

fix: ## mend what ruff can mend
	@$(BIN)/ruff check --fix --quiet $(SOURCES); $(BIN)/ruff format --quiet $(SOURCES)

subjects: ## the subjects of commits since the last tag
	@$(BIN)/python -m tests.support.commit_subjects

types: ## mypy, strictly
	@$(BIN)/mypy

contracts: ## who may import whom
	@$(BIN)/lint-imports --no-logo

templates: ## djlint: mistakes in templates
	@$(BIN)/djlint --lint --quiet campaign/templates

i18n-extract: ## messages.pot from code and templates (POT=… elsewhere)
	@mkdir -p $(MESSAGES)
	@$(BIN)/pybabel --quiet extract -F pyproject.toml -k lazy_gettext -k lazy_ngettext:1,2 -k lazy_pgettext:1c,2 -c Translators: --sort-output --no-location --project Kurak --version 1 --copyright-holder "The Kurak contributors" -o $(POT) campaign

i18n-update: i18n-extract ## bring the catalogues up to date; new texts are left to be translated
	@for language in $(CATALOGUES); do $(BIN)/pybabel --quiet update --init-missing --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date -i $(POT) -d $(MESSAGES) -l $$language; done

i18n-add: i18n-extract ## a new language with empty texts (CODE=uz), in catalogue and receipts
	@$(BIN)/flask --app wsgi language add $(CODE)

i18n-check: ## every text stands in every catalogue
	@$(BIN)/python -m pytest -q -p no:randomly tests/invariants/test_catalogues.py

db-revision: ## a new migration, numbered (M="Add outbox")
	@next=$$(printf %04d $$(expr $$(cat $(HEAD)) + 1)) && $(BIN)/flask --app wsgi db revision --autogenerate --rev-id $$next -m "$(M)" && echo $$next > $(HEAD)

settings: ## write the table of docs/settings.md and .env.example from campaign/settings.py
	@$(BIN)/python -m campaign.settings

lock: ## pin packages in requirements/*.txt (UPGRADE=--upgrade takes the newest)
	@$(PIN) --output-file requirements/run.txt pyproject.toml
	@$(PIN) --constraint requirements/run.txt --output-file requirements/dev.txt pyproject.toml --group dev
	@$(PIN) --no-deps --output-file requirements/contract.txt --group contract

bench: setup ## our figures beside this machine's limits (BENCH="--quick giving")
	@$(BIN)/python -m tests.bench $(BENCH)
