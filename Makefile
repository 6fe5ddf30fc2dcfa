# Headwater: everything a newcomer or the gate needs, from a bare Debian with Python 3.11, pip and make.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help demo test lint docs serve bench interchange install install-dev system format migrations
.NOTPARALLEL:
unexport PYTHONDONTWRITEBYTECODE # the program starts in a third of the time when its bytecode is kept

PYTHON ?= python3
UV_VERSION := 0.13.9
WORKSPACE ?= demo-workspace
UV := .tools/bin/uv
RUN := .venv/bin/

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20
	@ls benchmarks/[!_]*.py 2>/dev/null | sed -E 's#benchmarks/(.*)\.py#  make bench-\1#'

$(UV):
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --target .tools 'uv==$(UV_VERSION)'

install: $(UV) ## Install Headwater with its demo into .venv
	@$(UV) sync --quiet --frozen --python $(PYTHON) --extra demo --inexact

install-dev: $(UV)
	@$(UV) sync --quiet --frozen --python $(PYTHON) --all-extras --all-groups

system: ## Install what the tests need from the system: PostgreSQL and Chromium
	@bash scripts/install-test-system.sh

demo: install ## Run the whole loop on a real corpus, then serve it on 127.0.0.1:8000
	@$(RUN)headwater demo --directory $(WORKSPACE)

serve: install ## Serve the demo's workspace again
	@$(RUN)headwater --workspace $(WORKSPACE) serve

lint: install-dev ## Check lint, format, types, imports, dependencies and duplicates
	$(RUN)ruff check .
	$(RUN)ruff format --check --quiet .
	$(RUN)mypy
	$(RUN)lint-imports --no-logo
	$(RUN)deptry --no-ansi src
	$(RUN)pylint --score n src/headwater

test: install-dev system lint ## Check everything: lint, types, architecture, tests
	$(RUN)pytest -n 2 --dist loadscope

docs: install-dev ## Build the documentation into docs/_build
	$(RUN)sphinx-build -q -W --keep-going -b html docs docs/_build
	@echo "The documentation is in docs/_build/index.html"

bench: $(patsubst benchmarks/%.py,bench-%,$(wildcard benchmarks/[!_]*.py)) ## Run every benchmark beside its peers

bench-%: install-dev
	$(RUN)python -m benchmarks.$*

interchange: install-dev ## Exchange files with the libraries of every format, both ways; write the page of losses
	$(RUN)python -m scripts.interchange

format: install-dev ## Format and repair what can be repaired
	$(RUN)ruff check --fix .
	$(RUN)ruff format .

migrations: install-dev ## Write the migrations anew from the tables (before the first release)
	$(RUN)python scripts/draft_migrations.py
