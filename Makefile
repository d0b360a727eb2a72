# The README's commands. `demo` and `test` set up what they need by themselves.
VENV := .venv
BIN := $(VENV)/bin
# `UNTIL=1795938899` begins no test after that moment (seconds since 1970), and names the files whose tests are left.
LIMIT := $(if $(UNTIL),--until $(UNTIL))
PYTEST := $(BIN)/pytest -n 3 --dist worksteal $(LIMIT)
CLIENTS := awscli sam node sceptre chalice ansible
OWN := --ignore tests/recorded --ignore tests/clients --ignore tests/attack --ignore tests/installed
# Hundreds of processes of netful start in the tests: none compiles the modules again, also where the machine asks for no bytecode.
export PYTHONDONTWRITEBYTECODE :=
SHARED := $(or $(NETFUL_SHARED),../shared)

.PHONY: setup demo test suite programs again test-fast wheel-test ray ray-test test-rootless attack properties coverage mutants fuzz recorded clients clients-test image image-test lint docs messages site bench bench-docs bench-peers differential differential-faults lock sbom audit clean

setup: $(VENV)/.ready

$(VENV)/.ready: pyproject.toml requirements.lock scripts/setup
	scripts/setup $(VENV)

demo: setup
	scripts/setup $(VENV) demo
	examples/ssm-demo/demo
	examples/private-api-everywhere/demo
	examples/orders-with-postgres/demo

# Everything that the repository can test by itself; the linters run beside. Tests with packets and programs wait for most of
# their time.
test: setup
	$(MAKE) -j 2 lint suite

suite: programs
	$(PYTEST) -n 5 --hypothesis-profile quick $(OWN)

programs: setup
	scripts/setup $(VENV) test
	-scripts/clients .clients axe # its test is skipped where npm's registry cannot be reached

# What failed in the last run, at most twenty tests, once more without anything beside them; the linters again too.
again: lint
	@test -f .pytest_cache/v/cache/lastfailed || { echo "no test has failed: what failed came before them" >&2; exit 1; }
	@$(BIN)/python -c 'import json, sys; failed = json.load(open(".pytest_cache/v/cache/lastfailed")); \
		print("failed, and run again:", *failed, sep="\n  "); sys.exit(len(failed) > 20)'
	$(BIN)/pytest -n 0 --last-failed --last-failed-no-failures none $(OWN)

# Without packets, without programs and without what takes half a second or more; properties are tried with a fifth of their
# examples. Each worker collects all tests, so there is one for each processor. Thousands of small files are written in memory where a gigabyte of it is free.
FREE_MEMORY = $(shell df --output=avail /dev/shm 2>/dev/null | awk 'NR == 2 && $$1 > 1000000 { print "/dev/shm" }')
test-fast: export PYTEST_DEBUG_TEMPROOT = $(FREE_MEMORY)
test-fast: setup
	$(PYTEST) -n $$(nproc) $(OWN) -m "not packets and not programs and not slow" --hypothesis-profile quick -o tmp_path_retention_count=1

# Every property with all its examples, different ones in each run.
properties: setup
	$(PYTEST) $(OWN) -m "not packets and not programs" --hypothesis-profile random

# Attacks on the command line, on running stacks and on what they keep; as an ordinary user what has not run as both.
attack: setup
	scripts/setup $(VENV) test
	$(PYTEST) tests/attack
	unshare --user --map-user=1000 --map-group=1000 -- \
		$(PYTEST) tests/attack -m "packets or programs" -k "not root and not ordinary"

# The wheel in empty environments, from the package index; with each Python from 3.11 to 3.14 that the machine has.
wheel-test: setup
	$(BIN)/pytest tests/installed

# Ray is large, and only `--on ray://` needs it.
ray: setup
	$(BIN)/uv pip install -q --python $(BIN)/python --no-build --require-hashes -r scripts/ray.lock

ray-test: ray
	$(BIN)/pytest tests/cli/cluster

# One room of src/netful, or another folder of tests: `make test-gateway`, `make test-docs`.
test-%: setup
	$(PYTEST) tests/$*

# Branches that the tests run in their own process; what they start (stacks, workers, sandboxes) is not measured.
coverage: setup
	scripts/setup $(VENV) test
	$(PYTEST) $(OWN) --ignore tests/stack --ignore tests/console --ignore tests/docs --cov

# A sample of N mutants of the engine; each is judged by the tests that run its line. `make mutants SEED=7` draws the same again.
mutants: N = 1500
mutants: setup
	$(BIN)/python bench/mutants.py --number $(N) $(if $(SEED),--seed $(SEED))

# Drawn requests, templates and bytes, for a time: what stops other clients, raises what it should not, or takes quadratic time.
# `make fuzz MINUTES=60 SEED=7` draws those of another run again.
MINUTES ?= 10
fuzz: setup
	$(BIN)/python -m tests.fuzz --minutes $(MINUTES) $(if $(SEED),--seed $(SEED))

# The tests on recorded facts of real AWS, which are not part of the repository.
recorded: setup
	@test -d $(SHARED)/corpus -a -d $(SHARED)/labs || \
		{ echo "make recorded needs the folders corpus and labs in $(SHARED) (or set NETFUL_SHARED)" >&2; exit 1; }
	$(PYTEST) tests/recorded

# Deployment tools, pinned, from PyPI and npm; `make clients CLIENTS=awscli` installs one.
clients: setup
	scripts/clients .clients $(CLIENTS)

# The tools as their users run them, against an empty account. `node` stands for CDK and the Serverless Framework.
clients-test: clients
	scripts/setup $(VENV) test
	$(BIN)/pytest $(LIMIT) $(patsubst %,tests/clients/test_%.py,$(subst node,cdk cdk_plugin serverless,$(CLIENTS)))

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Rewrites the recorded output and the --help blocks of the docs.
docs: setup
	$(BIN)/pytest tests/docs --write-docs -n 2
	$(BIN)/pytest tests/docs/test_translations.py --write-docs -n 0 # after the English pages, from which it copies

# The catalogues of messages in other languages: new messages are added, old ones removed.
messages: setup
	$(BIN)/python -m tests.helpers.messages

# The container image, from Debian's; `make image BASE=localhost/debian` begins with another image.
BASE ?= docker.io/library/debian:trixie-slim
image:
	podman build --build-arg BASE=$(BASE) -t netful .

# The demo in the image, with the fewest rights.
image-test:
	scripts/image-test netful

# The documentation as a site, in build/site/html, beside the versions that are there.
site: setup
	$(BIN)/python scripts/site build/site

# Every benchmark that needs nothing from elsewhere, in at most half an hour; the tables go to build/benchmarks.md.
bench: ray
	scripts/setup $(VENV) bench
	$(BIN)/python bench/all.py

# Copies the tables of the last `make bench` into docs/benchmarks.md.
bench-docs:
	$(BIN)/python bench/all.py --docs

# Other local clouds and netful in one run, installed from PyPI and npm; the table goes to build/peers.md.
bench-peers: setup
	scripts/setup $(VENV) bench
	scripts/clients .peers ministack moto localstack serverless
	$(BIN)/python bench/beside_peers.py .peers

# The network's tests once more, as an ordinary user: one mapped id, no right over anything of the host. Without those that run as both.
test-rootless: setup
	unshare --user --map-user=1000 --map-group=1000 -- $(PYTEST) tests/fabric tests/stack -k "not root and not ordinary"

# Engine against kernel on 300 clouds that are always the same; that, and `trace` against the gateway, on N others.
N ?= 300
differential: setup
	NETFUL_CLOUDS=$(N) $(BIN)/pytest tests/fabric/test_agreement.py tests/gateway/test_trace_agrees.py tests/gateway/sockets/test_drawn_messages.py

# What-if against faults on N random clouds with up to three failures each, different in each run.
differential-faults: N = 1000
differential-faults: setup
	NETFUL_FAULTS=$(N) $(BIN)/pytest tests/fabric/test_faults_agree.py -n 2

# After a change of dependencies in pyproject.toml.
lock: setup
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header \
		$(addprefix --extra ,sam run debug mcp lsp otel) --group dev pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header \
		--extra ray --constraint requirements.lock pyproject.toml -o scripts/ray.lock
	echo 'pip-audit>=2.9' | $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header \
		- -o scripts/audit.lock

# The bill of materials: what the lock installs, as CycloneDX.
sbom: setup
	@$(BIN)/python scripts/sbom

# Known weaknesses of what the locks install; says so where no advisory database can be reached.
audit: setup .audit/.ready
	$(BIN)/python scripts/audit .audit/bin/pip-audit

.audit/.ready: scripts/audit.lock
	$(BIN)/uv venv -q --allow-existing .audit
	$(BIN)/uv pip install -q --python .audit/bin/python --no-build --require-hashes -r scripts/audit.lock
	touch $@

clean:
	rm -rf $(VENV) .audit .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
