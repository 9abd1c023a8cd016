# `make demo` starts the bundle and makes example calls, `make test` runs every check; both install what they need.
export PATH := $(CURDIR)/.venv/bin:$(PATH)
export SAM_CLI_TELEMETRY := 0
# Use the certificate authorities of this machine; a company often has its own.
export UV_SYSTEM_CERTS := true
export AWS_DEFAULT_REGION ?= us-east-1
RUNTIME_REQUIREMENTS = uv export --quiet --frozen --no-dev --no-emit-project --no-header --no-annotate \
	--no-emit-package boto3 --no-emit-package botocore --no-emit-package s3transfer \
	--no-emit-package python-dateutil --no-emit-package six

.PHONY: help run demo test check fast bench bench-peers docs lint types package requirements setup setup-all clean

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

run: setup ## start everything, make one call, print curl commands, serve until Ctrl-C
	@exec python -m local run

demo: setup ## start everything, make one call per operation, stop
	@exec python -m local demo

test: setup-all lint types package ## every check: lint, types, import rules, template, build, all tests on both servers, coverage
	pytest --cov --numprocesses 2 --dist worksteal
	python -m tests.support.coverage_gate

check: setup ## before a commit: lint, types and all but the slow tests on one database server, in minutes
	@$(MAKE) --no-print-directory lint types
	HUB_SERVERS=$${HUB_SERVERS:-any} pytest -q -m "not slow" --numprocesses 2 --dist worksteal

fast: setup ## while working: lint, types and unit tests, in seconds
	@$(MAKE) --no-print-directory lint types
	pytest -q tests/unit

bench: setup-all ## measure, write build/bench.json and print a table
	python -m tests.benchmark

bench-peers: setup-all ## compare limits, breaker and idempotency with their peers (needs redis-server)
	uv sync --frozen --quiet --group peers
	python -m tests.benchmark.peers

docs: setup ## rewrite the generated tables of the documents
	PYTHONPATH=functions:layers/hub:. python docs/generate.py

lint:
	ruff check --quiet
	ruff format --check --quiet
	PYTHONPATH=functions:layers/hub:. lint-imports --no-cache

types:
	mypy

package: ## template checks and the deployable bundle in .aws-sam
	sam validate --lint
	sam build --parallel > build/sam-build.log 2>&1 || { cat build/sam-build.log; exit 1; }

requirements: ## after a change of uv.lock: what the layer carries
	$(RUNTIME_REQUIREMENTS) --output-file layers/hub/requirements.txt

setup:
	@local/setup.sh any

setup-all:
	@local/setup.sh all
	@mkdir -p build

clean: ## remove what was built and installed here
	rm -rf .venv .aws-sam build .coverage .mypy_cache .ruff_cache .pytest_cache .hypothesis
