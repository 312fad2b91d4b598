# Every target does all the set-up that it needs; the second time it finds everything. GNU Make 3.81 will do.
#   PYTHON=/path/to/python   the interpreter of .venv (default: the newest of 3.11 to 3.14 that works)
#   ARGS="-k token -x"       arguments for crm-contracts or pytest

BIN := .venv/bin
LOCALE := plugins/crm_contracts/locale

.DEFAULT_GOAL := help
.PHONY: help setup toxiproxy chaos-drill test bench soak schema docs messages lint lock clean

help: ## this list
	@grep -E '^[a-z-]+:.*## ' Makefile | awk -F ':.*## ' '{ printf "make %-12s %s\n", $$1, $$2 }'

setup: ## create .venv, install the locked packages, get the real Toxiproxy
	@PYTHON="$(PYTHON)" sh tools/setup.sh

toxiproxy: ## try again to get the real Toxiproxy
	@PYTHON="$(PYTHON)" sh tools/setup.sh again

chaos-drill: setup ## replay every drill scenario against every consumer and report
	$(BIN)/crm-contracts drill $(ARGS)

test: setup ## run the tests, four at a time: they wait more than they compute
	$(BIN)/python -m pytest -n 4 --dist loadgroup $(ARGS)

lint: setup ## ruff, mypy and the laws about imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

bench: setup ## print the figures
	$(BIN)/python -m tools.bench $(ARGS)

soak: setup ## repeat everything twenty times under load
	$(BIN)/python -m tools.soak $(ARGS)

schema: setup ## write the JSON Schema of scenarios
	$(BIN)/crm-contracts schema $(ARGS)

docs: setup ## write the reference pages from what the code says of itself
	$(BIN)/crm-contracts describe --all --markdown $(ARGS)
	$(BIN)/python -m tools.gallery $(ARGS)

messages: setup ## collect the sentences for users and compile their translations
	$(BIN)/python -m babel.messages.frontend -q extract -F tools/messages.cfg --no-location --sort-output --omit-header -o $(LOCALE)/crm_contracts.pot plugins
	$(BIN)/pybabel -q update --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date -D crm_contracts -i $(LOCALE)/crm_contracts.pot -d $(LOCALE) -l zh_CN
	$(BIN)/pybabel -q compile --statistics -D crm_contracts -d $(LOCALE)

lock: ## resolve pyproject.toml into requirements.lock (UPGRADE=1: newest versions)
	@PYTHON="$(PYTHON)" UPGRADE="$(UPGRADE)" sh tools/lock.sh

clean: ## remove what make made
	rm -rf .venv build dist reports .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage
	find plugins tests tools examples -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
