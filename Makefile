# Everything runs inside .venv, which each target fills with what it needs.
PYTHON ?= python3.11
ifeq ($(shell command -v $(PYTHON) 2>/dev/null),)
PYTHON := python3
endif
BIN := .venv/bin
DATA ?=
OPTIONS ?=

.PHONY: serve demo test check format train benchmark benchmark-speed benchmark-service learning-curve guide screenshots clean

.venv/made:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Sayso needs Python 3.11 or newer; set PYTHON=...")'
	$(PYTHON) -m venv .venv
	touch $@

.venv/base: .venv/made pyproject.toml
	$(BIN)/pip install --quiet --editable .
	touch $@

.venv/dev: .venv/made pyproject.toml
	$(BIN)/pip install --quiet --editable '.[train,postgres,dev]'
	touch $@ .venv/base

.venv/train: .venv/made pyproject.toml
	$(BIN)/pip install --quiet --editable '.[train]'
	touch $@ .venv/base

# Sayso on SQLite, with the shipped models and the example surveys; prints a link.
serve: .venv/base
	$(BIN)/sayso serve --example $(OPTIONS)

demo: .venv/base
	$(BIN)/sayso demo

# The shipped recipes with the published file: make train DATA=path/to/v6framework.csv
train: .venv/train
	@test -n "$(DATA)" || { echo "Say where the published comments are: make train DATA=file.csv"; exit 2; }
	$(BIN)/pip install --quiet --editable '.[train,teachers]'
	$(BIN)/sayso train training/recipes/fft.yaml --data $(DATA) --output runs/fft
	$(BIN)/sayso fit-sentiment runs/fft --data $(DATA)
	$(BIN)/sayso train training/recipes/uec_ics.yaml --data fft=$(DATA) --output runs/uec_ics

# Trains the peer and the n-gram baseline on the rows the shipped model learnt from; scores all.
benchmark: .venv/base
	@test -n "$(DATA)" || { echo "Say where the published comments are: make benchmark DATA=file.csv"; exit 2; }
	$(BIN)/sayso benchmark $(DATA)

# What a comment costs beside the peer, torch and the bare product, by length, rows and processes.
benchmark-speed: .venv/train
	@test -n "$(DATA)" || { echo "Say where the published comments are: make benchmark-speed DATA=file.csv"; exit 2; }
	$(BIN)/pip install --quiet --editable '.[train,ray]'
	$(BIN)/sayso benchmark-speed $(DATA) $(OPTIONS)

# Uploads, latency, a crowd of clients, and killed processes, on SQLite and PostgreSQL.
benchmark-service: .venv/dev
	$(BIN)/sayso benchmark-service $(OPTIONS)

# What a few examples a theme are worth, beside SetFit and n-grams.
learning-curve: .venv/train
	$(BIN)/pip install --quiet --editable '.[train,benchmark]'
	$(BIN)/sayso learning-curve labelled_data/examples/own_codebook/comments.csv \
	  --codebook labelled_data/examples/own_codebook/codebook.yaml

# Two at a time: many tests wait for a database or a process. Each goes through one half of the
# folders, and then helps the other, so that what the tests of a folder share is mostly made once.
test: .venv/dev
	$(BIN)/pytest -n 2 --dist worksteal

check: .venv/dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# The user guide as a site that loads nothing from elsewhere; open build/guide/index.html.
guide: .venv/dev
	$(BIN)/mkdocs build --strict --quiet
	@echo "The guide is at build/guide/index.html"

# Takes the guide's pictures of the pages anew, in Debian's chromium.
screenshots: .venv/dev
	$(BIN)/python docs/screenshots.py

format: .venv/dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
