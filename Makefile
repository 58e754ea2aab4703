# make run   sets everything up and starts Postbag: on Discord with a token, in the rehearsal room without one
# make test  sets everything up and runs every check and test
SHELL := /bin/sh
.DEFAULT_GOAL := help
# A Python that is named on the command line has an environment of its own, so that none is taken for another.
VENV ?= $(if $(findstring command line,$(origin PYTHON)),.venv-$(notdir $(PYTHON)),.venv)
BIN := $(VENV)/bin
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3.14 python3; do \
	if command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then echo $$p; break; fi; done)
RUN_LOCK := deploy/requirements-rehearsal.txt
TEST_LOCK := deploy/requirements-dev.txt
PYTEST_ARGS ?= -n auto --dist worksteal
SHORT := tests/domain tests/services tests/chat/cards tests/test_startup.py
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input

# Children and a second run read what the first one compiled.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run test lint strings short cover ready crash lock clean

help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile

$(VENV)/made:
	@test -n "$(PYTHON)" || { echo "Postbag needs Python 3.11 or later. Install it, then run make again."; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "$(PYTHON) does not run here, or is older than Python 3.11. Name another: make test PYTHON=python3.12"; exit 1; }
	@"$(PYTHON)" -m venv $(VENV) || { echo "Could not make a virtual environment. On Debian or Ubuntu: apt-get install python3-venv"; exit 1; }
	@touch $@

# What make test installs holds all that make run needs.
$(VENV)/run-ready: $(VENV)/made $(RUN_LOCK) pyproject.toml
	@if [ -e $(VENV)/test-ready ] && [ $(VENV)/test-ready -nt $(TEST_LOCK) ] && [ $(VENV)/test-ready -nt pyproject.toml ]; then :; else \
	echo "Setting up Postbag in $(VENV): about 100 MB to download, 350 MB on disk, one to three minutes, once."; \
	$(PIP) install --progress-bar on --require-hashes -r $(RUN_LOCK) | sed -n '/^Downloading\|^Collecting\|^Installing\|^ *━/p'; fi
	@$(BIN)/python -m bot --version >/dev/null
	@touch $@

$(VENV)/test-ready: $(VENV)/made $(TEST_LOCK) pyproject.toml
	@echo "Setting up the tests in $(VENV): about 200 MB to download, 700 MB on disk, one to four minutes, once."
	@$(PIP) install --quiet --require-hashes -r $(TEST_LOCK)
	@touch $@

# make run   starts Postbag
run: $(VENV)/run-ready
	@$(BIN)/python -m bot run --or-rehearse

# make lint  the checks that read the code: ruff, ruff format, mypy, names that nothing uses
lint: $(VENV)/test-ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q -p no:cacheprovider tests/test_dead_names.py

# make test  lint, then every test; what could not run here is named in the last lines
test: lint
	$(BIN)/python -m pytest $(PYTEST_ARGS)

# make short what depends most on the Python version; with PYTHON=python3.13, on that one
short: $(VENV)/test-ready
	$(BIN)/python -m pytest $(PYTEST_ARGS) $(SHORT)

# make cover how much of bot/services its own floor of tests tries, where coverage is to be had
cover: $(VENV)/test-ready
	@$(BIN)/python -c 'import coverage' 2>/dev/null || { echo "Install coverage apart from what is locked: $(PIP) install --target FOLDER coverage"; \
	  echo "Then: PYTHONPATH=FOLDER make cover"; exit 1; }
	$(BIN)/python -m coverage run --branch --source=bot/services -m pytest -q -p no:xdist tests/domain tests/services
	@$(BIN)/python -m coverage report --skip-covered --sort=cover

ready: $(VENV)/test-ready

# make crash kills the process a thousand times while reminders fall due
crash: $(VENV)/test-ready
	$(BIN)/python -m pytest tests/crash --crash-trials=$${TRIALS:-1000} -p no:xdist --timeout=3600 -s

# make audit lists what the locked files bring (dist/postbag.cdx.json), and asks about known weaknesses
audit: $(VENV)/test-ready
	@$(BIN)/python .ci/audit dist

# make strings  writes every sentence that people can meet into docs/strings.txt
strings: $(VENV)/run-ready
	@$(BIN)/python docs/strings.py

# make lock  renews the locked versions from pyproject.toml
lock: $(VENV)/test-ready
	@for pair in requirements.txt: requirements-rehearsal.txt:rehearsal requirements-postgres.txt:postgres requirements-dev.txt:dev; do \
	  file=$${pair%%:*}; extra=$${pair#*:}; \
	  $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	    --no-emit-index-url $${extra:+--extra $$extra} pyproject.toml -o deploy/$$file || exit 1; done
	@sed -n 's/^requires = \["\(.*\)"\]/\1/p' pyproject.toml | $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 \
	  --generate-hashes --no-header --no-annotate --no-emit-index-url - -o deploy/build-requirements.txt

clean:
	rm -rf .venv .venv-* .mypy_cache .ruff_cache .pytest_cache build dist
