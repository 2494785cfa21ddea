# Two commands do all the set-up: `make lab` opens the workbench, `make test` checks everything.

PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' \
	>/dev/null 2>&1 && { echo $$p; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

# uv takes a fraction of pip's time; pip stands in where uv finds no registry that pip knows.
# Compiled here, TensorFlow's first start is as quick as the next.
INSTALL := $(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check

# A shell that sets these makes every start of Python compile again.
unexport PYTHONDONTWRITEBYTECODE
unexport PYTHONUNBUFFERED

.PHONY: lab test lint types imports pytest format wheel constraints clean bench

lab: $(READY)
	$(BIN)/tflab

# Types and layers are checked beside the tests, whose processes wait for a third of their time.
test: lint
	$(MAKE) --no-print-directory -j 3 types imports pytest

$(READY): constraints.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "tflab needs Python 3.11 or later with the venv module. Install it, or name one: make lab PYTHON=/path/to/python3.11"; exit 1; }
	@echo "Setting up $(VENV) with $(PYTHON); the first time this downloads about 700 MB."
	$(PYTHON) -m venv $(VENV)
	@sed -n '/^uv==/,/[^\\]$$/p' constraints.txt > $(VENV)/uv.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(VENV)/uv.txt
	$(INSTALL) --require-hashes -r constraints.txt || $(PIP_INSTALL) --require-hashes -r constraints.txt
	$(INSTALL) --no-deps --no-build-isolation -e . || $(PIP_INSTALL) --no-deps --no-build-isolation -e .
	@touch $(READY)

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy

imports: $(READY)
	$(BIN)/lint-imports

# Three processes for two cores: a test in a terminal waits for half of its time.
pytest: $(READY)
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

wheel: $(READY)
	$(BIN)/python -m build --wheel --no-isolation

bench: $(READY)
	$(BIN)/python -m benchmarks

constraints:
	$(BIN)/uv pip compile --quiet --universal --extra dev --generate-hashes --no-header --no-annotate \
		--no-emit-index-url --no-emit-find-links --output-file constraints.txt pyproject.toml

clean:
	rm -rf $(VENV) dist build
