# Each target does its own set-up, once, in a virtual environment inside this folder.
#   make test PYTHON=python3.12     another interpreter, in an environment of its own
#   make demo CSV=deals.csv         the main job on a file of yours
#   make test ARGS="-k lifecycle"   what follows ARGS= goes to pytest

PYTHON ?= python3
PYTHONS ?= 3.11 3.12 3.13 3.14
VENV := .venv$(if $(filter-out python3,$(PYTHON)),-$(notdir $(PYTHON)))
RUN := $(VENV)/bin/python
PIP := $(RUN) -m pip --disable-pip-version-check --quiet
PARALLEL := -n auto --dist loadfile  # a document's examples build on each other

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.SECONDARY:
.PHONY: help demo test test-long soak coverage all-pythons lint format types mypy pyright docs bench package check clean

help: ## what can be made
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 20

demo: $(VENV)/.core ## run the main job on the sample book, or on CSV=path
	$(RUN) examples/main_job.py $(if $(CSV),"$(CSV)")

test: $(VENV)/.test ## run the tests, the documents' examples among them
	$(RUN) -m pytest $(PARALLEL) $(ARGS)

test-long: $(VENV)/.test ## the same with many more, and random, examples
	$(RUN) -m pytest $(PARALLEL) --hypothesis-profile=deep -m "" $(ARGS)

soak: $(VENV)/.test ## wear the storages down: millions of power cuts, kills, hostile neighbours (takes long)
	$(RUN) -m pytest -n auto -m long tests/storage/test_soak.py $(ARGS)

coverage: $(VENV)/.coverage ## run the tests of storages and codec; every branch of theirs must have been taken
	rm -rf build/coverage
	$(RUN) -m coverage run -m pytest $(PARALLEL) tests/storage tests/codec tests/determinism $(ARGS)
	$(RUN) -m coverage combine --quiet
	$(RUN) -m coverage report

all-pythons: ## run the tests on every Python of PYTHONS that is here
	@failed=0; for version in $(PYTHONS); do \
	    python=$$(python$$version -c 'import sys; print(sys.executable)' 2>/dev/null) \
	        || python=$$(pyenv whence --path python$$version 2>/dev/null | tail -n 1); \
	    if [ -z "$$python" ]; then echo "Python $$version is not here: skipped"; continue; fi; \
	    echo "Python $$version: $$python"; \
	    $(MAKE) --no-print-directory test PYTHON="$$python" VENV=.venv-$$version || failed=1; \
	done; exit $$failed

lint: $(VENV)/.lint ## check the style and the formatting
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .

format: $(VENV)/.lint ## mend what ruff can mend
	$(RUN) -m ruff check --fix .
	$(RUN) -m ruff format .

types: mypy pyright ## check the types, by mypy and by pyright

mypy: $(VENV)/.types
	$(RUN) -m mypy

pyright: $(VENV)/.types
	$(RUN) -m pyright --pythonpath $(RUN)

docs: $(VENV)/.docs ## build the documentation into build/docs
	$(RUN) -m sphinx --fail-on-warning --keep-going --quiet docs build/docs
	@echo "build/docs/index.html"

bench: $(VENV)/.bench ## measure, beside the bars
	$(RUN) -m benchmarks $(ARGS)

package: $(VENV)/.core ## build the wheel into build/wheel and look into it
	rm -rf build/wheel
	$(PIP) wheel --no-deps --wheel-dir build/wheel .
	$(RUN) -m zipfile -l build/wheel/*.whl | grep salespipeline/py.typed

check: test lint types docs package ## everything a change must pass on one Python

clean: ## remove everything that was made here
	rm -rf .venv* build dist .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.pip:
	@"$(PYTHON)" -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed, try: make PYTHON=python3.12")'
	"$(PYTHON)" -m venv --clear $(VENV)
	$(PIP) install --upgrade "pip>=25.1"
	@touch $@

$(VENV)/.core: $(VENV)/.pip pyproject.toml
	$(PIP) install --editable .
	@touch $@

$(VENV)/.%: $(VENV)/.core
	$(PIP) install --group $*
	@touch $@
