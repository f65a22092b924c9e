# Sen. `make up` needs Python 3.11 or newer, make and git; it brings everything else.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.ONESHELL:
MAKEFLAGS += --no-print-directory
PYTHON ?= python3

# uv is looked for, and brought when it is missing, only by the targets that use it.
define uv
uv="$$("$(PYTHON)" toolchain/bootstrap.py)"
export PATH="$$PATH:$$(dirname "$$uv")"
endef
define ready
$(uv)
"$$uv" sync --locked --quiet
endef

.PHONY: help up down test lint system bench tools generate demo-portal demo-migration image chart

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' Makefile | while IFS= read -r line; do
	  printf 'make %-14s %s\n' "$${line%%:*}" "$${line#*## }"
	done

up: ## Bring everything, start the platform on this machine, build the demo
	@$(ready)
	"$$uv" run --no-sync sen tools build
	"$$uv" run --no-sync sen demo up

down: ## Stop the platform on this machine; its data stay
	@$(ready)
	"$$uv" run --no-sync sen local down

demo-portal: ## Start the portal on this machine with made-up people, until Ctrl-C
	@$(ready)
	"$$uv" run --no-sync sen tools build
	"$$uv" run --no-sync sen demo portal

demo-migration: ## Move a neglected portal to a tenant, back, and over, on real hosts (podman, root)
	@$(ready)
	"$(PYTHON)" toolchain/system.py --for-tests
	"$$uv" run --no-sync sen tools build
	"$$uv" run --no-sync python -m tests.demo_migration

tools: ## Build the pinned tools into the cache
	@$(ready)
	"$$uv" run --no-sync sen tools build

system: ## Install system packages for later parts (root, Debian or Ubuntu)
	@"$(PYTHON)" toolchain/system.py

lint: ## ruff, mypy, import-linter
	@$(ready)
	"$$uv" run --no-sync ruff check
	"$$uv" run --no-sync ruff format --check
	"$$uv" run --no-sync mypy
	"$$uv" run --no-sync lint-imports

# pytest comes last: its closing line is the last that is printed.
test: tools lint ## All checks and tests (system packages that tests use are installed as root)
	@$(ready)
	"$(PYTHON)" toolchain/system.py --for-tests
	"$$uv" run --no-sync pytest -n 2 --dist loadgroup --cov --cov-report=term

generate: ## Write the files that are made from code; tests compare them
	@$(ready)
	write() { "$$uv" run --no-sync python -m "$$1" > "$$2.new" && mv "$$2.new" "$$2"; }
	write policies.gates.admission policies/admission.yaml
	write policies.schema policies/rule.schema.json
	write policies.host_rule policies/host-rule.schema.json
	"$$uv" run --no-sync python -m policies.catalogue
	"$$uv" run --no-sync python -m stacks.models.schema
	"$$uv" run --no-sync python -m stacks.models.objects.crd
	"$$uv" run --no-sync python -m stacks.models.objects.admission
	"$$uv" run --no-sync python -m sen.charts.roles
	"$$uv" run --no-sync python -m sen.charts.values
	"$$uv" run --no-sync python -m sen.reference

bench: ## Measure against kubectl; writes docs/reference/benchmarks.md
	@$(ready)
	"$$uv" run --no-sync sen tools build
	"$$uv" run --no-sync python -m tests.bench

image: ## Build the container image of the last commit with podman (root); print name, size, digest
	@$(ready)
	"$$uv" run --no-sync sen tools build pulumi pulumi-kubernetes
	"$$uv" run --no-sync python -m images.build

chart: ## Hold the chart to helm, to its schema and to the rules of level 4
	@$(ready)
	"$$uv" run --no-sync sen tools build helm
	"$$uv" run --no-sync pytest -q tests/charts -m "not platform"
