# `make` alone prints the targets. Everything needs only Python 3.11 or later and make.
# Every other Python has an environment of its own: `make test PYTHON=python3.13` makes .venv-3.13, and leaves .venv alone.

PYTHON ?= python3
ifeq ($(origin VENV)$(filter python3,$(PYTHON)), undefined)
  VERSION := $(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])')
  VENV    := .venv-$(or $(VERSION),$(error There is no $(PYTHON) here))
endif
VENV   ?= .venv
PORT   ?= 8420
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.set-up
ASSETS := src/purveyor/web/static/manifest.json
NPM    := PATH="$(CURDIR)/$(BIN):$$PATH" npm --prefix
AXE    := tests/browser/tools/node_modules/.package-lock.json
LIGHTHOUSE := tests/browser/lighthouse/node_modules/.package-lock.json

.DEFAULT_GOAL := help
.PHONY: help setup assets demo test lint check bench fuzz lighthouse screenshots real texts lock format clean

help: ## print this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(STAMP) ## make .venv with everything that the lock file names

assets: $(ASSETS) ## build styles, scripts and icons of the pages from npm

demo: $(STAMP) $(ASSETS) ## run a shop full of orders on this machine (PORT=8420)
	$(BIN)/purveyor demo --port $(PORT)

# A worker of its own for the browser: its tests share one installation. Where Chromium can be installed, it is.
test: $(STAMP) $(ASSETS) $(AXE) ## run the tests, on all cores
	@command -v chromium chromium-browser google-chrome > /dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null \
		&& apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium > /dev/null; } \
		|| echo "There is no Chromium here: the tests of the pages in a browser are skipped."
	@$(BIN)/python -c "import platform; print('Tests run on Python', platform.python_version())"
	$(BIN)/pytest -n auto --dist loadgroup

lint: $(STAMP) ## format, style, types, architecture, migrations: look, change nothing
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/squawk src/purveyor/db/migrations/sql/*/*.sql

check: lint test ## the one gate: lint and test
	@$(BIN)/python -c "import platform; print('Checked on Python', platform.python_version())"

bench: $(STAMP) ## measure against hand-written SQL on this machine
	$(BIN)/python -m bench

fuzz: $(STAMP) ## call every operation of the API with generated values: slow
	$(BIN)/python -m tests.fuzz

lighthouse: $(STAMP) $(ASSETS) $(LIGHTHOUSE) ## measure pages in a browser: speed, accessibility, size
	$(BIN)/python -m tests.browser.lighthouse

screenshots: $(STAMP) $(ASSETS) ## picture every page, large and small, light and dark
	$(BIN)/python -m tests.browser.screenshots

real: $(STAMP) ## a year of real orders, from the file to verify: slow
	$(BIN)/python -m tests.real

texts: $(STAMP) ## bring the catalogs of translations up to date with what pages and rules say
	$(BIN)/python texts/make.py

lock: $(STAMP) ## write requirements.lock anew from pyproject.toml
	$(BIN)/uv lock --quiet --upgrade
	$(BIN)/uv export --quiet --frozen --no-emit-project --no-header --all-groups -o requirements.lock
	rm uv.lock

format: $(STAMP) ## let ruff put the code in order
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean: ## remove environments and everything that tools left behind
	rm -rf $(VENV) .venv .venv-* assets/node_modules tests/browser/*/node_modules screenshots src/purveyor/web/static .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# What is installed is what requirements.lock says, hash by hash. It names no index, so that a mirror serves as well.
$(STAMP): pyproject.toml requirements.lock
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps -e .
	touch $@

# Pages count too: they name the icons, and of Tabler's styles only what they use is kept.
$(ASSETS): assets/node_modules/.package-lock.json \
		$(shell find assets -path assets/node_modules -prune -o -type f -print) \
		$(shell find src/purveyor/web -name '*.html' -o -name '*.py') | $(STAMP)
	$(NPM) assets run --silent build

# As the lock file says, hash by hash, and without running anybody's scripts.
assets/node_modules/.package-lock.json: assets/package.json assets/package-lock.json | $(STAMP)
	$(NPM) assets ci --loglevel=error
	touch $@

tests/browser/%/node_modules/.package-lock.json: tests/browser/%/package.json tests/browser/%/package-lock.json | $(STAMP)
	$(NPM) tests/browser/$* ci --loglevel=error
	touch $@
