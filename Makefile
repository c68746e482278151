# The few commands a person needs. Everything lands in .venv; nothing else on the machine changes.
PYTHON ?= python3
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint requirements.lock

.PHONY: help demo test lint build prove docs lock clean

help:            ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: .venv/.for-use   ## grade the bundled sample class and show where its report is
	@$(BIN)/autograder demo

test: .venv/.for-tests ## lint, tests, and the solution notebooks under nbval
	$(MAKE) --no-print-directory lint
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile tests
	$(BIN)/python -m pytest --nbval --nbval-current-env --nbval-cell-timeout=120 \
	    --nbval-sanitize-with .ci/sanitize.cfg --numprocesses 2 --dist loadfile notebooks

lint: .venv/.for-tests ## style of what people edit
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

build: .venv/.for-use  ## release/ and notebooks/ from source/
	$(BIN)/autograder build

prove: .venv/.for-use  ## solutions earn full marks, stubs none, nothing leaks
	$(BIN)/autograder prove

LOCKED := --universal --python-version 3.11 --no-annotate --no-emit-index-url --quiet

docs: .venv/.for-tests ## the site, from docs/ and release/, into build/site
	$(BIN)/sphinx-build --quiet --fail-on-warning -c docs . build/site
	@echo "build/site/docs/index.html"

lock: .venv/.for-tests ## the two *.lock from the ranges in requirements*.txt
	$(INSTALL) uv
	$(BIN)/uv pip compile requirements-dev.txt $(LOCKED) --upgrade --output-file requirements.lock
	$(BIN)/uv pip compile requirements-student.txt $(LOCKED) --constraint requirements.lock \
	    --upgrade --output-file requirements-student.lock

clean:           ## .venv, the demo and what commands built
	rm -rf .venv demo kits site gradescope build

REQUIREMENTS := requirements.txt requirements-student.txt requirements-lessons.txt requirements.lock

.venv/.for-use: $(REQUIREMENTS) pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing into .venv, a minute or two the first time …"
	@$(INSTALL) -r requirements.txt -e .
	@touch $@

.venv/.for-tests: .venv/.for-use requirements-dev.txt
	@$(INSTALL) -r requirements-dev.txt
	@touch $@
