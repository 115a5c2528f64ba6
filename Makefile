# `make` alone prints the verbs. Everything needs only Python 3.11 or later and make.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.set-up

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint check bench real lock format clean

help: ## print this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(STAMP) ## make .venv with everything that the lock file names

demo: $(STAMP) ## run a shop full of orders on this machine
	$(BIN)/purveyor demo

test: $(STAMP) ## run the tests, on all cores
	$(BIN)/pytest -n auto

lint: $(STAMP) ## format, style, types, architecture, migrations: look, change nothing
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/squawk src/purveyor/db/migrations/sql/*/*.sql

check: lint test ## the one gate: lint and test

bench: $(STAMP) ## measure against hand-written SQL on this machine
	$(BIN)/python -m bench

real: $(STAMP) ## a year of real orders, from the file to verify: slow
	$(BIN)/python -m tests.real

lock: $(STAMP) ## write requirements.lock anew from pyproject.toml
	$(BIN)/uv lock --quiet --upgrade
	$(BIN)/uv export --quiet --frozen --no-emit-project --no-header --all-groups -o requirements.lock
	rm uv.lock

format: $(STAMP) ## let ruff put the code in order
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean: ## remove .venv and everything that tools left behind
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# What is installed is what requirements.lock says, hash by hash. It names no index, so that a mirror serves as well.
$(STAMP): pyproject.toml requirements.lock
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps -e .
	touch $@
