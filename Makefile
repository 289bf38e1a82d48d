# Every target sets up what it needs; `make help` lists them.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV_PYTHON := .venv/bin/python
TESTS ?= tests
export PATH := $(PATH):$(CURDIR)/.tools/bin
# Without compiled files every process compiles all that it imports: 3 s for boto3 and awswrangler.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help packages setup demo test test-fast coverage lint deploy report destroy clean

help: ## List the targets.
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 18

packages: ## Install packages into .venv, Terraform and its AWS provider: all that AWS needs, and lint.
	@$(or $(PYTHON),$(error No Python found: install Python 3.11)) -m toolchain $(if $(filter test test-fast coverage lint,$(MAKECMDGOALS)),--development)

setup: packages ## The same, and find or install Java 17 and archive Spark's classes: what the sandbox needs.
	@$(VENV_PYTHON) -m sandbox prepare || test $$? = 1

demo: setup ## The whole lakehouse on this machine: deploy, run, validate, report. DATA=DIR, or SCALE=N.
	@$(VENV_PYTHON) -m sandbox demo $(if $(DATA),--data "$$DATA") $(if $(SCALE),--scale "$$SCALE") $(if $(KEEP),--keep)

test: setup ## Run all tests. TESTS=tests/validation runs some.
	@$(VENV_PYTHON) -m pytest --numprocesses=auto --dist=loadfile $(TESTS)

coverage: setup ## The same with coverage, which takes a third more.
	@$(VENV_PYTHON) -m pytest --numprocesses=auto --dist=loadfile --cov --cov-report=term $(TESTS)

test-fast: setup ## Run the tests that need no Spark, Terraform or sandbox of their own.
	@$(VENV_PYTHON) -m pytest --numprocesses=auto --dist=loadfile -m "not spark and not terraform and not end_to_end and not slow" $(TESTS)

lint: packages ## Format check, lint, types, visual jobs, Terraform format.
	@$(VENV_PYTHON) -m ruff format --check . && $(VENV_PYTHON) -m ruff check . && $(VENV_PYTHON) -m mypy && $(VENV_PYTHON) -m glue_studio check && $(VENV_PYTHON) -m glue_studio generate --check && $(VENV_PYTHON) -m validation.counts --check && env -u TF_CLI_CONFIG_FILE terraform fmt -check -recursive terraform

deploy: packages ## Deploy to the AWS account of this environment, run, report. DATA=DIR YES=1
	@$(VENV_PYTHON) -m deploy all $(if $(DATA),--data "$$DATA") $(if $(YES),--yes)

report: packages ## Validate what is deployed, again.
	@$(VENV_PYTHON) -m validation.report

destroy: packages ## Destroy all that was deployed, data included. YES=1
	@$(VENV_PYTHON) -m deploy destroy $(if $(YES),--yes)

clean: ## Remove reports and caches; .venv and .tools stay.
	@rm -rf build .sandbox .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage*
