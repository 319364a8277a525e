# The one door to this project. A checkout needs python3 (3.11 or later), git and make; the rest is
# installed into .venv by the first target that wants it. Stamps make every later run start at once.

PYTHON ?= python3
VENV ?= .venv
BENCH_VENV ?= .venv-bench
FUZZ_ITERATIONS ?= 100000
RANGES ?= .venv-ranges

PY := $(VENV)/bin/python
BENCH_PY := $(BENCH_VENV)/bin/python

RUNTIME := -e '.[cli]'
DEV := -e '.[cli,server]' --group dev
PEERS := -e . -r bench/requirements.txt

# uv does in seconds what pip does in minutes; where uv cannot be had, pip reads the same words.
# $(1) is the environment, $(2) what to install.
install = if $(1)/bin/python -m uv --version >/dev/null 2>&1; \
	then $(1)/bin/python -m uv pip install --quiet --python $(1)/bin/python $(2); \
	else $(1)/bin/python -m pip install --quiet $(2); fi

.DEFAULT_GOAL := help
.PHONY: help demo test test-llm test-v1 lint types figures vendors check docs cast screens samples ranges fuzz attack faults bench load clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/.runtime ## See text, a tool loop and a structured object stream; no key needed
	@$(PY) examples/demo.py

# Two runs, because the vendors' SDKs leave sockets behind that would be held against the rest.
test: test-llm test-v1 ## Run the whole test suite

test-llm: $(VENV)/.dev ## Run all tests but those of the v1 API (ARGS='-k words' for a part)
	$(PY) -m pytest -n auto --dist loadfile --ignore tests/core $(ARGS)

test-v1: $(VENV)/.dev ## Run the tests of the v1 API, on the vendors' SDKs
	$(PY) -m pytest -n auto --dist loadfile tests/core $(ARGS)

lint: $(VENV)/.dev ## Check format and style
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .

types: $(VENV)/.dev ## Check types: pyright strict and mypy strict
	$(PY) -m pyright --pythonpath $(PY)
	$(PY) -m mypy

figures: ## Count what should stay small: lines, repetition, overloads, circles of imports
	@$(PYTHON) -m tests.figures

vendors: $(VENV)/.runtime ## Print the tables of vendors (ARGS=--write for docs)
	@$(PY) -m tests.vendors $(ARGS)

check: lint types test figures ## Everything a change has to pass

docs: $(VENV)/.docs ## Build the documentation as a site: build/docs/index.html
	NO_MKDOCS_2_WARNING=1 $(PY) -m mkdocs build --config-file website/mkdocs.yml $(ARGS)

cast: $(VENV)/.docs ## Record the demo anew, for the front page
	$(PY) -m website.cast

screens: $(VENV)/.dev ## Show anew in docs/cli.md what the command shows in a terminal
	$(PY) -m tests.llm.cli.screens --write

samples: $(VENV)/.dev ## Run every sample of the README, the docs and the examples
	$(PY) -m pytest tests/test_readme_and_examples.py tests/test_first_day.py $(ARGS)

ranges: $(VENV)/.created ## Try the oldest and newest SDKs that the v1 API takes, each alone too (long)
	$(PY) -m tests.core.ranges $(RANGES) $(ARGS)

fuzz: $(VENV)/.dev ## Run the fuzz and property tests for long (FUZZ_ITERATIONS=100000)
	FUZZ_ITERATIONS=$(FUZZ_ITERATIONS) $(PY) -m pytest -m 'fuzz or hypothesis' $(ARGS)

attack: $(VENV)/.dev ## Attack the library with 50,000 cases (ARGS='endings --case 12' for one again)
	$(PY) -m attack $(ARGS)

faults: $(VENV)/.dev ## Try every fault of a server, with and without recovery (ARGS=--write for docs)
	$(PY) -m attack.faults $(ARGS)

bench: $(BENCH_VENV)/.ready ## Measure beside peers, in an environment of its own (ARGS=--write for docs)
	$(BENCH_PY) -m bench $(ARGS)

load: $(VENV)/.dev ## Read 2,000 streams at once, one in twenty broken (ARGS='recover --seconds 9')
	$(PY) -m bench.load $(ARGS)

clean: ## Remove the environments and the caches
	rm -rf $(VENV) $(BENCH_VENV) $(RANGES) .hypothesis .mypy_cache .pytest_cache .ruff_cache build dist
	find src tests attack bench examples -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.created $(BENCH_VENV)/.created:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and \
		"This needs Python 3.11 or later; name one: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/python -m pip install --quiet uv \
		|| $(@D)/bin/python -m pip install --quiet --upgrade 'pip>=25.1'
	@touch $@

$(VENV)/.runtime: $(VENV)/.created pyproject.toml
	$(call install,$(VENV),$(RUNTIME))
	@touch $@

$(VENV)/.dev: $(VENV)/.created pyproject.toml
	$(call install,$(VENV),$(DEV))
	@touch $@

$(VENV)/.docs: $(VENV)/.created pyproject.toml
	$(call install,$(VENV),$(RUNTIME) --group docs)
	@touch $@

$(BENCH_VENV)/.ready: $(BENCH_VENV)/.created pyproject.toml bench/requirements.txt bench/published.txt
	$(call install,$(BENCH_VENV),$(PEERS))
	$(call install,$(BENCH_VENV),--target $(BENCH_VENV)/published -r bench/published.txt)
	@touch $@
