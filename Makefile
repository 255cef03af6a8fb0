# make rehearse   deploy dev into an AWS emulator inside this process and show what stands there
# make test       lint and every test
# Both set up .venv first, once. Nothing here needs an AWS account, Docker or, but for test-boot, root.

STACK ?= dev
BASE ?= origin/main
VENV := .venv
PY := $(VENV)/bin/python
SET_UP := $(VENV)/.set-up

# The first of these that is there and new enough makes the virtual environment.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)

.PHONY: help rehearse preview graph preview-local up-local destroy-local stop-local diff diff-comment diff-post pulumi-preview pulumi-up backup restore test test-boot test-thorough check lint types requirements schema bench clean

help: ## what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 22

rehearse: $(SET_UP) ## deploy STACK (default dev) into the embedded emulator and show what stands there
	@$(PY) -m rehearsal up --stack $(STACK)

preview: $(SET_UP) ## what a first `pulumi up` of STACK would create
	@$(PY) -m rehearsal preview --stack $(STACK)

graph: $(SET_UP) ## every resource of STACK as JSON
	@$(PY) -m rehearsal graph --stack $(STACK) --json

preview-local: $(SET_UP) ## the real `pulumi preview` of STACK, on an emulator in place of AWS
	@$(PY) -m rehearsal pulumi preview --stack $(STACK)

up-local: $(SET_UP) ## the real `pulumi up` of STACK there; the emulator stays until `make stop-local`
	@$(PY) -m rehearsal pulumi up --yes --stack $(STACK)

destroy-local: $(SET_UP) ## the real `pulumi destroy` of STACK there
	@$(PY) -m rehearsal pulumi destroy --yes --stack $(STACK)

stop-local: $(SET_UP) ## end that emulator and forget what stood in it
	@$(PY) -m rehearsal stop

diff: $(SET_UP) ## what STACK would become against BASE (default origin/main): exit 2 for changes, 3 for dangerous ones
	@$(PY) -m rehearsal diff --base "$(BASE)" $(if $(HEAD),--head "$(HEAD)") --stack "$(STACK)"

diff-comment: $(SET_UP) ## the same as the comment on a pull request, in dist/diff
	@mkdir -p dist/diff
	@$(PY) -m rehearsal diff --base "$(BASE)" $(if $(HEAD),--head "$(HEAD)") --stack "$(STACK)" --format markdown \
		> "dist/diff/$(STACK).md" || test $$? -gt 1

diff-post: ## post it (in the workflow preview-comment)
	@python3 .github/scripts/post_diff.py

# The region of STACK, unless AWS_REGION is set.
region = $(or $(AWS_REGION),$(shell sed -n 's/^ *aws:region: *//p' "Pulumi.$(STACK).yaml" 2>/dev/null))

backup: $(SET_UP) ## take a backup of STACK's data on AWS now, with your credentials; ONLY=database|files|volume
	@AWS_REGION="$(region)" $(PY) -m components.commands backup --stack "$(STACK)" $(if $(ONLY),--only "$(ONLY)") \
		$(if $(KEPT_DAYS),--kept-days "$(KEPT_DAYS)")

restore: $(SET_UP) ## restore STACK's data TO a time, beside what is there; PLAN=1 only shows what would be done
	@AWS_REGION="$(region)" $(PY) -m components.commands restore --stack "$(STACK)" --to "$(TO)" \
		$(if $(ONLY),--only "$(ONLY)") $(if $(PLAN),--plan)

pulumi-preview: ## `pulumi preview` of STACK against AWS, with your CLI and credentials
	@pulumi install
	@mkdir -p dist/diff
	@pulumi preview --stack "$(STACK)" --non-interactive --color never --diff > "dist/diff/$(STACK).txt" 2>&1; status=$$?; \
		cat "dist/diff/$(STACK).txt"; \
		{ echo '```'; head -c 900000 "dist/diff/$(STACK).txt"; echo; echo '```'; } >> "$${GITHUB_STEP_SUMMARY:-/dev/null}"; \
		exit $$status

pulumi-up: ## `pulumi up` of STACK on AWS, with your CLI and credentials, without asking
	@pulumi install
	@pulumi up --stack "$(STACK)" --non-interactive --yes

test: lint ## lint and every test but test-boot; what is skipped, and why, is said at the end
	@$(PY) -m pytest -q -n auto --dist loadgroup -m "not boot"

test-boot: $(SET_UP) ## start machines in throw-away Debians (as root: docs/boot-test.md)
	@$(PY) -m pytest -q -m boot tests/boot

test-thorough: check ## types, too, and twenty times the generated examples
	@THOROUGH=20 $(PY) -m pytest -q -n auto --dist loadgroup -m "not boot"

check: lint types ## lint and types only

lint: $(SET_UP)
	@$(VENV)/bin/ruff check --quiet .
	@$(VENV)/bin/ruff format --quiet --check .

types: $(SET_UP)
	@$(VENV)/bin/basedpyright --level error

schema: $(SET_UP) ## write settings.schema.json, by which editors check Pulumi.*.yaml
	@$(PY) -m settings > settings.schema.json

bench: $(SET_UP) ## measure evaluation and rehearsal of prod
	@$(PY) -m rehearsal bench

requirements: $(SET_UP) ## pin what pyproject.toml asks for
	@$(VENV)/bin/uv --version >/dev/null 2>&1 || $(PY) -m pip install --quiet uv
	@$(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --no-header --no-annotate --no-emit-index-url \
		pyproject.toml --group program --output-file requirements.txt
	@$(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --no-header --no-annotate --no-emit-index-url \
		--constraint requirements.txt pyproject.toml --group dev --output-file requirements-dev.txt
	@$(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --no-header --no-annotate --no-emit-index-url \
		--constraint requirements.txt pyproject.toml --output-file components/requirements.txt

clean: ## remove what set-up, rehearsals and tests left behind
	@rm -rf $(VENV) .rehearsal .pytest_cache .ruff_cache .hypothesis dist

$(SET_UP): requirements.txt requirements-dev.txt
	@test -n "$(PYTHON)" || { echo "elasticweb needs Python 3.11 or newer with its venv module; set PYTHON=/path/to/python3"; exit 1; }
	@echo "Setting up $(VENV) with $(PYTHON) (once, a minute or two) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(PY) -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@
	@echo "Done. It is used again by every command."
