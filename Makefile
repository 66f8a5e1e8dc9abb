# make app   sets everything up and serves the app
# make test  sets everything up and passes every test
# The second time both start at once: stamps remember what is installed.

.DEFAULT_GOAL := help
.PHONY: help setup app test test-fast lint bench clean

VENV := .venv
BIN := $(VENV)/bin
# The newest Python that TensorFlow has wheels for, else whatever python3 is (checked below).
PYTHON ?= $(shell for v in 3.13 3.12 3.11; do command -v python$$v >/dev/null 2>&1 && python$$v -c 'import venv, ensurepip' >/dev/null 2>&1 && { echo python$$v; exit; }; done; echo python3)

help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' || { echo "Python 3.11, 3.12 or 3.13 is needed (found: $$($(PYTHON) --version 2>&1)). Say which with: make PYTHON=python3.12 app"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.app: requirements.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt requirements.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@ $(VENV)/.app

setup: $(VENV)/.dev

# Streamlit takes the next free port where the usual one (8501) is taken, and prints the address.
app: $(VENV)/.app
	$(BIN)/python -m streamlit run app.py

test: $(VENV)/.dev
	@sh tests/browser/install_chromium.sh
	$(BIN)/python -m pytest -n 2 --dist loadgroup

test-fast: $(VENV)/.dev
	$(BIN)/python -m pytest -n 2 --dist loadgroup -m "not slow and not browser"

lint: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: $(VENV)/.dev
	@sh tests/browser/install_chromium.sh
	$(BIN)/python -m benchmarks

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache
