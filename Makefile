# `make demo` shows textback at work without hardware; `make test` proves it. Both set up .venv by themselves.
.PHONY: demo test check bench fuzz lint types lock

PYTHON ?= python3
READY := .venv/.ready

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	.venv/bin/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	touch $(READY)

demo: $(READY)
	.venv/bin/textback demo

# Each core takes a file at a time.
test: $(READY)
	.venv/bin/python -m pytest --numprocesses auto --dist loadfile

lint: $(READY)
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .

types: $(READY)
	.venv/bin/mypy

check: lint types test

bench: $(READY)
	.venv/bin/python -m tests.bench

# FUZZ="--seed 7" does a run again; what it prints on a failure says how to do one case again.
fuzz: $(READY)
	.venv/bin/python -m tests.fuzz $(FUZZ)

# Takes up newer versions of everything that pyproject.toml admits.
lock:
	$(PYTHON) -m venv .venv-lock
	.venv-lock/bin/pip install --quiet --disable-pip-version-check '.[dev]'
	.venv-lock/bin/pip freeze --exclude textback > constraints.txt
	rm -rf .venv-lock build
