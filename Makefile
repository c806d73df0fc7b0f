# Feenote: `make run` sets up and shows the whole product on this machine; `make test` checks all of it.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.ONESHELL:

PYTHON ?= python3
PORT   ?= 8080
ARGS   ?=
SEEDS  ?= 20000
BIN    := .venv/bin
UV     := $(BIN)/uv
CODE   := layers/shared/python functions local tests benchmarks tools
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export UV_LINK_MODE := copy
export PYTHONPATH := layers/shared/python:.
# Whatever is set outside: each module is compiled once and not anew by every process that imports it.
unexport PYTHONDONTWRITEBYTECODE
export PYTHONPYCACHEPREFIX := $(CURDIR)/.make/pycache

# The Lambda runtime's Python, where this machine has it. A version manager's shim may answer for one it lacks.
PYTHON_313 := $(firstword $(foreach found,$(wildcard $(HOME)/.pyenv/versions/3.13*/bin/python3.13 /usr/bin/python3.13 /usr/local/bin/python3.13 /opt/python*/bin/python3.13),$(found)))

.PHONY: help run test check types style imports contract unit browser test-313 simulate bench build validate lock openapi format clean

help: ## Show what can be made
	@grep -E '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 16

run: .make/local ## Start the whole system with demo data, do the main job, keep serving (ARGS=--once ends after it, ARGS="--days N" moves the clock N days)
	@$(BIN)/python -m local --port $(PORT) $(ARGS)

test: check unit browser ## Check and test everything
	@echo "All checks and tests passed."

check: .make/dev .make/sam ## Style, types, layers, template, contract
	@$(MAKE) --no-print-directory -j 2 --output-sync=target types validate style imports contract

types: .make/dev
	$(BIN)/mypy layers/shared/python/feenote local tests benchmarks tools functions

style: .make/dev
	$(BIN)/ruff check $(CODE)
	$(BIN)/ruff format --check $(CODE)

imports: .make/dev
	$(BIN)/lint-imports

contract: .make/dev
	$(BIN)/python tools/openapi.py --check

unit: .make/dev ## All tests but those in a browser, on both cores
	$(BIN)/pytest -q -n 2 --dist loadfile --ignore tests/browser

browser: .make/dev .make/chromium ## The pages and the whole way in Chromium
	$(BIN)/pytest -q -n 2 --dist worksteal tests/browser

test-313: ## The unit tests once more under Python 3.13, where it is found
ifeq ($(PYTHON_313),)
	@echo "Python 3.13 is not on this machine: its pass is for machines that have it."
else
	@$(MAKE) --no-print-directory .make/dev-313
	.venv-313/bin/python -m pytest -q -n 2 --dist loadfile tests/unit
endif

simulate: .make/dev ## Run more seeds of the simulations; one history of reminders, 400 days, for a hundred of the others
	$(BIN)/python -m tests.simulation --seeds $(SEEDS)
	$(BIN)/python -m tests.simulation.money --seeds $(SEEDS)
	$(BIN)/python -m tests.simulation.reminders --seeds $$(( ($(SEEDS) + 99) / 100 ))

bench: .make/dev ## Print speed, memory, counted calls and units
	$(BIN)/python -m benchmarks

build: .make/dev .make/sam ## Build the Lambda artefacts (needs the runtime's Python 3.13 on this machine)
ifeq ($(PYTHON_313),)
	@echo "Python 3.13 is not on this machine: the artefacts are built where it is."
else
	PATH="$(CURDIR)/.venv-sam/bin:$(CURDIR)/.venv/bin:$(dir $(PYTHON_313)):$$PATH" AWS_DEFAULT_REGION=us-east-1 SAM_CLI_TELEMETRY=0 \
	  .venv-sam/bin/sam build $(ARGS)
endif

validate: .make/sam ## Lint the templates as AWS would read them
	AWS_DEFAULT_REGION=us-east-1 SAM_CLI_TELEMETRY=0 .venv-sam/bin/sam validate --lint --template template.yaml

openapi: .make/dev ## Write docs/openapi.json from the code
	$(BIN)/python tools/openapi.py

format: .make/dev ## Format the code
	$(BIN)/ruff check --fix -q $(CODE) || true
	$(BIN)/ruff format $(CODE)

COMPILE := $(UV) pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --custom-compile-command "make lock"
lock: .make/venv ## Pin every dependency with its hashes
	$(COMPILE) pyproject.toml --extra pdf --extra local --extra dev -o requirements/dev.txt
	$(COMPILE) pyproject.toml -c requirements/dev.txt -o requirements/layer.txt
	$(COMPILE) pyproject.toml --extra pdf -c requirements/dev.txt -o requirements/pdf.txt
	$(COMPILE) pyproject.toml --extra pdf --extra local -c requirements/dev.txt -o requirements/local.txt
	$(COMPILE) requirements/sam.in -o requirements/sam.txt

clean: ## Remove everything that was made
	rm -rf .venv .venv-sam .venv-313 .make .aws-sam .local build .mypy_cache .ruff_cache .pytest_cache .hypothesis

# --- environments: each stamp stands for what is installed; a changed pin installs again --------------

.make/venv: requirements/uv.txt
	@mkdir -p .make
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Feenote needs Python 3.11 or newer: set PYTHON=…"; exit 1; }
	@echo "Making the environment…"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -q --require-hashes -r requirements/uv.txt
	@touch $@

.make/local: .make/venv requirements/local.txt
	@echo "Installing what the product needs…"
	@$(UV) pip install -q --python $(BIN)/python --require-hashes -r requirements/local.txt
	@touch $@

.make/dev: .make/venv requirements/dev.txt
	@echo "Installing what the checks need…"
	@$(UV) pip install -q --python $(BIN)/python --require-hashes -r requirements/dev.txt
	@touch $@ .make/local

.make/sam: .make/venv requirements/sam.txt
	@echo "Installing the SAM CLI into an environment of its own…"
	@$(UV) venv -q --clear --python $(BIN)/python .venv-sam
	@$(UV) pip install -q --python .venv-sam/bin/python --require-hashes -r requirements/sam.txt
	@touch $@

.make/dev-313: .make/venv requirements/dev.txt
	@$(UV) venv -q --clear --python $(PYTHON_313) .venv-313
	@$(UV) pip install -q --python .venv-313/bin/python --require-hashes -r requirements/dev.txt
	@touch $@

.make/chromium: .make/dev
	@mkdir -p .make
	@if ! command -v chromium >/dev/null && ! command -v chromium-browser >/dev/null; then
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
	    echo "Installing Chromium…"; apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null
	  else
	    $(BIN)/playwright install chromium
	  fi
	fi
	@touch $@
