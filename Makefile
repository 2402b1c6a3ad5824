# Two commands are enough: `make run` serves Premura, `make test` tests it. Both install what they need.
PORT ?= 8000
DATA ?= .data
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WORDS := src/premura/locale/it/LC_MESSAGES/django

# What Python has compiled once it may keep, whatever the machine says: dozens of processes begin in a test
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run demo check test suite test-postgres browser messages models format clean prepare-tests test-parts

run: $(VENV)/.installed $(WORDS).mo
	PREMURA_DATA="$(DATA)" PREMURA_PORT="$(PORT)" $(BIN)/premura serve

demo: $(VENV)/.installed $(WORDS).mo
	PREMURA_DATA="$(DATA)" $(BIN)/premura demo

$(VENV)/.installed: pyproject.toml constraints.txt
	sh tools/make_venv.sh "$(PYTHON)" "$(VENV)"
	$(BIN)/pip install --no-compile --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	@touch $@

# Python compiles what it uses when it is first used: compiling everything at once doubles the time of an installation
# What is for developers contains what is for use, and is installed in one go
$(VENV)/.installed-dev: pyproject.toml constraints.txt
	sh tools/make_venv.sh "$(PYTHON)" "$(VENV)"
	$(BIN)/pip install --no-compile --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $(VENV)/.installed $@

# The installation compiles the words of the catalogues; a newer version of any, as after «git pull», is compiled here
$(WORDS).mo: $(wildcard src/premura/locale/*/LC_MESSAGES/*.po) | $(VENV)/.installed
	$(BIN)/python tools/build_messages.py

# Chromium, PostgreSQL, Dovecot and Java for the tests: through apt-get where it may, else it says the one command to type
prepare-tests: $(VENV)/.installed-dev $(WORDS).mo test-parts

test-parts:
	sh tools/install_test_parts.sh

check: $(VENV)/.installed-dev $(WORDS).mo
	$(BIN)/ruff format --check src tests tools benchmarks
	$(BIN)/ruff check src tests tools benchmarks
	$(BIN)/mypy
	$(BIN)/lint-imports
	PREMURA_DATA=.data/check $(BIN)/premura manage makemigrations --check --dry-run
	PREMURA_DATA=.data/check $(BIN)/premura manage check --fail-level WARNING
	$(BIN)/python tools/messages.py missing

# Types and style are looked at beside the tests, which leave a core idle now and then
# The parts of other makers are fetched beside the Python ones
test:
	$(MAKE) --jobs 2 $(VENV)/.installed-dev test-parts
	$(MAKE) prepare-tests
	$(MAKE) --jobs 2 check suite

suite:
	sh tools/run_tests.sh

# Trains what reads the comments, and writes docs/model-card.md: the same corpus gives the same file
models: $(VENV)/.installed-dev
	$(BIN)/pip install --no-compile --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[train]'
	$(BIN)/python tools/models/train.py

format: $(VENV)/.installed-dev
	$(BIN)/ruff format src tests tools benchmarks
	$(BIN)/ruff check --fix src tests tools benchmarks

messages: $(VENV)/.installed-dev
	$(BIN)/python tools/messages.py extract

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache
