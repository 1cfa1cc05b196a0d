# `make demo` shows textback at work without hardware; `make test` proves it. Both set up .venv by themselves.
# A line `target: ... ## words` is what `make help` prints.
.PHONY: demo help test cov check lint types format bench pictures errands fuzz torture recovery house map config messages udev lock deb appliance repository

PYTHON ?= python3
PICTURES ?= $(CURDIR)/pictures
READY := .venv/.ready
BIN := .venv/bin
# Dependency groups (PEP 735) need this pip; the one of Debian 12's venv is 23.0.
PIP_FLOOR := pip>=25.1

demo: $(READY) ## the service on a simulated modem: callers ring, texts go out, the page is served
	$(BIN)/textback demo

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/\1\t\2/p' Makefile | while IFS="$$(printf '\t')" read -r target words; do \
		printf 'make %-10s %s\n' "$$target" "$$words"; done

# The catalogues of translations are compiled as the package is installed.
$(READY): pyproject.toml constraints.txt setup.py $(wildcard bridge/locale/*/LC_MESSAGES/*.po)
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check '$(PIP_FLOOR)'
	$(BIN)/pip install -qq --disable-pip-version-check --constraint constraints.txt --group dev --editable .
	touch $(READY)

# Each worker takes a file at a time, in the order of tests/conftest.py; without the last word, those with the most tests first.
WORKERS := --numprocesses auto --dist loadfile --no-loadscope-reorder

test: $(READY) ## every test
	$(BIN)/python -m pytest $(WORKERS)

# The floor is fail_under in pyproject.toml.
cov: $(READY) ## every test, and which lines and branches it reaches; fails under the floor
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest $(WORKERS)
	$(BIN)/coverage combine --quiet
	@echo "The floor of coverage, in per cent of lines and branches: $$(sed -n 's/^fail_under = //p' pyproject.toml)"
	$(BIN)/coverage report

check: lint types test ## lint, types and every test: what must pass before a commit lands

lint: $(READY) ## style and format, by ruff
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY) ## types, by mypy in its strict mode, tests included
	$(BIN)/mypy

format: $(READY) ## put code into the one format, and mend what ruff can mend by itself
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(READY) ## how fast: from the end of a call to its text, pages, start
	$(BIN)/python -m tests.bench

# PICTURES names the folder.
pictures: $(READY) ## every page in every language, phone and desk, light and dark, as pictures to look at
	TEXTBACK_PICTURES=$(PICTURES) $(BIN)/python -m pytest tests/web/test_looks_browser.py

errands: $(READY) ## how many taps the errands of every day take on the page
	$(BIN)/python -m pytest --quiet --capture=no tests/web/test_errands_browser.py

# FUZZ="--seed 7" does a run again; what it prints on a failure says how to do one case again.
fuzz: $(READY) ## noise for everything that reads modems and texts, some minutes
	$(BIN)/python -m tests.fuzz $(FUZZ)

recovery: $(READY) ## how soon after each fault a new caller is texted, a minute or two; docs/modems.md
	$(BIN)/python -m tests.recovery

# TORTURE="kills --seed 7 --minutes 10" runs one campaign, again by its seed, or for longer.
torture: $(READY) ## the real service killed, broken, flooded and cut off, some minutes each; docs/torture.md
	$(BIN)/python -m tests.torture $(TORTURE)

# REV="bf2741a HEAD" puts commits beside the work tree.
house: $(READY) ## the shape of the code: packages, imports, layers, circles, long files and functions
	$(BIN)/python -m tests.house --tree $(addprefix --rev ,$(REV))

map: $(READY) ## draw the map in CONTRIBUTING.md anew, after packages import differently
	$(BIN)/python -m tests.house --map

config: $(READY) ## write config.ini and the tables of docs/configuration.md anew, after a key was added
	$(BIN)/python -m bridge.config.shipped

# NEW="sv da" begins further languages.
messages: $(READY) ## take the sentences of code and templates into the catalogues of bridge/locale, and compile them
	$(BIN)/python -m tests.catalogues $(NEW)

udev: $(READY) ## write udev/78-textback.rules anew, after a modem with known ports was added
	$(BIN)/python -m modem.ports.udev

# Needs root and Debian's debhelper, dpkg-dev, lintian, fakeroot, mmdebstrap, qemu-system-x86, qemu-system-common, qemu-utils,
# qemu-user-static, fuse3, e2fsprogs, udev, reprepro, gnupg and minisign.
appliance: $(READY) ## the package in roots of Debian 12 and 13, on arm64, on a whole machine, power cuts under ext4, and tests on Python 3.13
	TEXTBACK_APPLIANCE=yes $(BIN)/python -m pytest -rP --numprocesses 3 --dist loadfile --no-loadscope-reorder tests/appliance

# DEB="--quick amd64" builds for one architecture, and packs badly, which is soon done.
deb: $(READY) ## a Debian package for arm64 and one for amd64, in dist/; needs dpkg-dev and debhelper
	$(BIN)/python packaging/build.py $(DEB)

# URL names where the folder will be found, KEY a key of GnuPG for it, NOTICE_KEY one of minisign for the notice.
repository: $(READY) ## a signed apt repository of dist/*.deb, in dist/repository; docs/updates.md
	$(BIN)/python packaging/repository.py $(if $(URL),--url $(URL)) $(if $(KEY),--key $(KEY)) $(if $(NOTICE_KEY),--notice-key $(NOTICE_KEY))

lock: ## newer versions of everything that pyproject.toml admits, into constraints.txt and packaging/wheels.lock
	$(PYTHON) -m venv .venv-lock
	.venv-lock/bin/pip install --quiet --disable-pip-version-check '$(PIP_FLOOR)'
	.venv-lock/bin/pip install --quiet --disable-pip-version-check --group dev .
	.venv-lock/bin/pip freeze --exclude textback > constraints.txt
	.venv-lock/bin/pip install --quiet --disable-pip-version-check uv
	.venv-lock/bin/uv pip compile --quiet --generate-hashes --no-header --no-annotate --python-platform x86_64-manylinux_2_28 \
		--python-version 3.11 --extra mqtt --constraint constraints.txt pyproject.toml \
		--output-file packaging/wheels.lock
	rm -rf .venv-lock build
