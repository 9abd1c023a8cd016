# What people type. `make demo` runs the main job once, `make test` runs every check; both set everything up.
export PATH := $(CURDIR)/.venv/bin:$(PATH)
export SAM_CLI_TELEMETRY := 0
# Trust what this machine trusts; companies often have an authority of their own.
export UV_SYSTEM_CERTS := true
export AWS_DEFAULT_REGION ?= us-east-1
RUNTIME_REQUIREMENTS = uv export --quiet --frozen --no-dev --no-emit-project --no-header --no-annotate \
	--no-emit-package boto3 --no-emit-package botocore --no-emit-package s3transfer \
	--no-emit-package python-dateutil --no-emit-package six

.PHONY: help run demo test fast bench lint types package requirements setup setup-all clean

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

run: setup ## start everything, make one call, print curl lines, serve until Ctrl-C
	@exec python -m local run

demo: setup ## the same once, then stop
	@exec python -m local demo

test: setup-all lint types package ## every check: lint, types, import rules, template, build, all tests on both servers
	pytest --cov --numprocesses 2 --dist worksteal

fast: setup ## for developers: lint, types and unit tests, in seconds
	@$(MAKE) --no-print-directory lint types
	pytest -q tests/unit

bench: setup-all ## measure, write build/bench.json and print a table
	python -m tests.benchmark

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
