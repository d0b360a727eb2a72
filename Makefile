# The README's commands. `demo` and `test` set up what they need by themselves.
VENV := .venv
BIN := $(VENV)/bin

.PHONY: setup demo test lint docs bench differential test-rootless lock clean

setup: $(VENV)/.ready

$(VENV)/.ready: pyproject.toml requirements.lock scripts/setup
	scripts/setup $(VENV)

demo: setup
	scripts/setup $(VENV) demo
	examples/ssm-demo/demo
	examples/private-api-everywhere/demo

test: setup lint
	scripts/setup $(VENV) test
	$(BIN)/pytest -n 2

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Rewrites the recorded output and the --help blocks of the docs.
docs: setup
	$(BIN)/pytest tests/docs --write-docs -n 2

bench: setup
	$(BIN)/python bench/coldstart.py
	$(BIN)/python bench/analyze.py
	$(BIN)/python bench/fabric.py

# The network's tests once more, as an ordinary user: one mapped id, no right over anything of the host.
test-rootless: setup
	unshare --user --map-user=1000 -- unshare --user --map-root-user -- \
		$(BIN)/pytest -n 2 tests/fabric tests/stack

# Engine against kernel on as many random clouds as you like.
N ?= 300
differential: setup
	NETFUL_CLOUDS=$(N) $(BIN)/pytest tests/fabric/test_agreement.py

# After a change of dependencies in pyproject.toml.
lock: setup
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header \
		--group dev pyproject.toml -o requirements.lock

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
