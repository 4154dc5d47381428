# make lab    the course, in the browser
# make test   everything, proven
#
# Both make the environment first, if it is not there or not up to date.

PYTHON ?= python3
ARGS ?=
NB ?=

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
TRUSTED := $(VENV)/trusted
PIP := $(BIN)/python -m pip install --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help lab test lint render exercises site film bench lock clean

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile | expand -t 18

# pyproject.toml counts too: the tests and the package read it.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "This course needs Python 3.11 or newer; try: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@echo "Making the environment in $(VENV) (once; a minute or two, plus the download)"
	$(PYTHON) -m venv $(VENV)
	$(PIP) --requirement requirements.lock
	$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

# Stored outputs of a chapter that JupyterLab does not know show only in part, with a warning.
$(TRUSTED): $(READY) $(wildcard notebooks/*.ipynb)
	@$(BIN)/jupyter trust $(wildcard notebooks/*.ipynb) > $@ 2>&1

lab: $(TRUSTED) ## open the course (more flags: make lab ARGS="--no-browser --port 9999")
	@$(BIN)/python tools/git_setup.py
	$(BIN)/jupyter lab --config=jupyter_lab_config.py $(ARGS)

test: lint ## check style, then every example, test, chapter and lab
	$(BIN)/python -m pytest $(ARGS)

lint: $(READY) ## check style only
	$(BIN)/ruff check
	$(BIN)/ruff format --check

render: $(READY) ## run all chapters and store clean outputs (one chapter: make render NB=02)
	$(BIN)/python tools/render.py $(NB)

exercises: $(READY) ## all exercises with their solutions on one page, to print: dist/exercises.html
	@$(BIN)/python tools/exercise_sheet.py

site: $(READY) ## the static edition, pages whose labs need no Python: dist/site
	$(BIN)/python -m gdlab.site dist/site

film: $(READY) ## the moving picture of README, docs/lab.webp (needs Chromium)
	$(BIN)/python tools/moving_picture.py

bench: $(READY) ## measure how fast the labs answer (one: make bench ARGS=latency)
	cd tests && ../$(BIN)/python -m benchmarks $(ARGS)

lock: ## choose new versions for requirements.lock
	$(PYTHON) tools/lock.py

clean: ## remove the environment and everything made
	rm -rf $(VENV) dist .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +
