# `make run` and `make test` are all a newcomer needs: Python 3.11 or later, make, and nothing else.
.DEFAULT_GOAL := help
.PHONY: help run test check fmt bench lock clean
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
SOURCES := stagemark workflows activities worker.py tests benchmarks examples
PYTEST_ARGS ?= -n 2 --dist loadfile

help:
	@echo "make run    start the server, play the demo, show the durations"
	@echo "make test   run every test       (PYTEST_ARGS='-k word' to choose)"
	@echo "make check  format, lint, types, import rules"
	@echo "make fmt    write the format     make bench  measure"
	@echo "make lock   pin dependencies     make clean  remove what make made"

run: $(READY)
	$(BIN)/stagemark up

test: $(READY)
	$(BIN)/pytest $(PYTEST_ARGS)

check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy $(wildcard $(SOURCES))
	$(BIN)/lint-imports --no-logo

fmt: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(READY)
	$(BIN)/python -m benchmarks

# For every platform and Python from 3.11 on, with hashes and without the address of an index.
# LOCK_ARGS=--upgrade takes newer versions; without it only what pyproject.toml asks for changes.
lock: $(BIN)/uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-emit-find-links --custom-compile-command "make lock" --group dev $(LOCK_ARGS) \
		pyproject.toml -o requirements.lock

clean:
	rm -rf $(VENV) dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# Everything that is installed is pinned by hash, uv itself and the build backend included.
$(READY): requirements.lock pyproject.toml $(BIN)/uv
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

$(BIN)/uv:
	@for python in python3.11 python3; do \
		if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then break; fi; python=; \
	done; [ -n "$$python" ] || { echo "stagemark needs Python 3.11 or later on the PATH" >&2; exit 1; }; \
	$$python -m venv $(VENV) || { echo "stagemark needs Python's venv module (Debian: python3-venv)" >&2; exit 1; }
	@sed -n '/^uv==/,/# via/p' requirements.lock > $(VENV)/uv.lock
	$(BIN)/python -m pip install --quiet --require-hashes -r $(VENV)/uv.lock
