# How to work on Hustings. Needs python3 (3.11 or later) and make; everything else goes into .venv.

PYTHON ?= python3
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install -qq --disable-pip-version-check
# What `make test` installs, each release with its hashes; for Python 3.11 on Linux x86-64, as CI has it.
LOCK := requirements-dev.txt
BLUESKY := tests/bluesky_network

.DEFAULT_GOAL := help
.PHONY: help demo test test-real test-postgresql bench lock audit fuzz clean

help: ## show this list
	@sed -n 's/^\([a-z-]*\): .*## \(.*\)/make \1|\2/p' Makefile | awk -F'|' '{ printf "%-22s%s\n", $$1, $$2 }'

demo: .venv/installed ## run the main job on the example inside, and say where its report is
	@$(BIN)/hustings demo

test: .venv/installed-dev ## lint, types, and all tests that need no network
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest --numprocesses=auto --dist=worksteal --cov --cov-report=term

test-real: .venv/installed-real $(BLUESKY)/node_modules/installed ## tests with a browser, servers, an empty environment (.ci/run installs these); then test-postgresql
	$(BIN)/python -m pytest -m real
	$(MAKE) test-postgresql

test-postgresql: .venv/installed-real ## the tests that need no network once more, their archives on a PostgreSQL server
	$(BIN)/python tests/on_postgresql.py --numprocesses=auto --dist=worksteal

bench: .venv/installed-bench ## a table of ratios: import, analysis, report, search, start-up, memory (BENCH="--posts N --runs N --growth")
	$(BIN)/python benchmarks/bench.py --work "$$(mktemp -d)/bench" $(BENCH)

lock: .venv/installed-tools ## write the lock file of what the tests install anew, from the newest releases
	$(BIN)/uv pip compile pyproject.toml --group dev --python-version 3.11 \
		--python-platform x86_64-manylinux_2_28 --generate-hashes --upgrade \
		--custom-compile-command 'make lock' --quiet --output-file $(LOCK)

audit: .venv/installed-tools ## ask PyPI which locked releases have known vulnerabilities (needs the network)
	$(BIN)/pip-audit --require-hashes --disable-pip --requirement $(LOCK)

fuzz: .venv/installed-dev ## hand invented bytes to every parser, MINUTES=1 each (ENGINE=atheris: by libFuzzer)
	$(if $(filter atheris,$(ENGINE)),$(INSTALL) atheris)
	PYTHONPATH=.:tests $(BIN)/python benchmarks/fuzz.py --minutes $(or $(MINUTES),1) --engine $(or $(ENGINE),hypothesis)

clean: ## remove all that the other targets made
	rm -rf .venv demo build dist fuzz-found .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache $(BLUESKY)/node_modules
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp is younger than pyproject.toml as long as its installation is up to date.

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Hustings needs Python 3.11 or later")'
	@echo "Making .venv ..."
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "Python's venv module is incomplete (on Debian: apt-get install python3-venv)"; exit 1; }

.venv/installed: pyproject.toml | $(BIN)/python
	@echo "Installing into .venv ..."
	@$(INSTALL) --editable .
	@touch $@

# LOCKED=1: exactly what the lock file names, and nothing whose hash is another.
.venv/installed-dev: pyproject.toml $(if $(LOCKED),$(LOCK) | $(BIN)/python,.venv/installed)
ifdef LOCKED
	@echo "Installing what $(LOCK) names ..."
	@$(INSTALL) --require-hashes --requirement $(LOCK)
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch .venv/installed
else
	@$(INSTALL) --upgrade 'pip>=25.1'  # older ones know no dependency groups
	@$(INSTALL) --group dev
endif
	@touch $@

.venv/installed-tools: pyproject.toml | $(BIN)/python
	@$(INSTALL) uv pip-audit
	@touch $@

.venv/installed-real: pyproject.toml .venv/installed-dev
	@$(INSTALL) --upgrade 'pip>=25.1'
	@$(INSTALL) --group real
	@touch $@

.venv/installed-bench: pyproject.toml .venv/installed-dev
	@$(INSTALL) --group bench
	@touch $@

# Packages run no scripts of their own; the one that must be compiled finds Node's headers beside Node.
$(BLUESKY)/node_modules/installed: $(BLUESKY)/package.json $(BLUESKY)/package-lock.json
	@command -v npm >/dev/null || { echo "no npm here (on Debian: apt-get install nodejs npm)"; exit 1; }
	@echo "Installing a Bluesky network into $(BLUESKY) (a minute or two) ..."
	@cd $(BLUESKY) && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@cd $(BLUESKY) && npm_config_build_from_source=true \
		npm_config_nodedir="$$(node -p 'path.resolve(process.execPath, "../..")')" \
		npm rebuild better-sqlite3 --loglevel=error
	@touch $@
