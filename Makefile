# Verbs for people who build, test, try and install the provider. `make` lists them.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

VERSION := $(shell sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
TARGET_DIR := $(or $(CARGO_TARGET_DIR),target)
OS := $(shell uname -s | tr '[:upper:]' '[:lower:]')
TARGET := $(shell rustc -vV 2>/dev/null | sed -n 's/^host: //p')
ARCH := $(patsubst aarch64,arm64,$(patsubst x86_64,amd64,$(shell uname -m)))

# Terraform looks here for providers without being told to. Another folder: make install PLUGIN_DIR=/some/where
PLUGIN_DIR ?= $(if $(XDG_DATA_HOME),$(XDG_DATA_HOME)/terraform/plugins,$(HOME)/.terraform.d/plugins)
# A provider that is built already, to install instead of building one.
BINARY ?=
PROVIDER = $(or $(BINARY),$(TARGET_DIR)/$(TARGET)/release/terraform-provider-thatdot)
# The two registries' host names: Terraform and OpenTofu read the same `source = "thatdot/thatdot"` each as its own.
HOSTS := registry.terraform.io registry.opentofu.org

.PHONY: help
help: ## List the verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' Makefile

.PHONY: build
build: cargo ## Build the provider for use, as a release has it
	@release/build.sh "$(TARGET)"

.PHONY: install
install: $(if $(BINARY),,build) ## Put the provider where your own Terraform finds it
	@for host in $(HOSTS); do \
	    folder="$(PLUGIN_DIR)/$$host/thatdot/thatdot/$(VERSION)/$(OS)_$(ARCH)"; \
	    mkdir -p "$$folder"; \
	    install -m 755 "$(PROVIDER)" \
	        "$$folder/terraform-provider-thatdot_v$(VERSION)"; \
	    echo "installed $$folder/terraform-provider-thatdot_v$(VERSION)"; \
	done
	@echo 'In a configuration: required_providers { thatdot = { source = "thatdot/thatdot", version = "$(VERSION)" } }'

# Where `make release-dry-run` puts what it makes. Another folder: DIST=/some/where
DIST ?= $(TARGET_DIR)/dist

.PHONY: release-dry-run
release-dry-run: $(if $(BINARY),,build) ## Make what a release holds, for this machine, in target/dist
	@release/dry-run.sh "$(PROVIDER)" "$(OS)_$(ARCH)" "$(DIST)"

.PHONY: demo
demo: ## Apply, show, re-plan and destroy a whole deployment on a local stand-in for AWS
	@acceptance-tests/demo.sh

.PHONY: test
test: tools format-check lint test-stand-in test-provider ## Everything that must pass: format, lints, unit and acceptance tests

.PHONY: test-provider
test-provider: cargo tools stand-in checkers ## Unit tests, then acceptance tests through the real terraform, and tofu where it is
	cargo test --locked
	@if command -v terraform >/dev/null && command -v tofu >/dev/null && [ -z "$${TF_ACC_TERRAFORM_PATH:-}" ]; then \
	    TF_ACC_TERRAFORM_PATH=tofu cargo test --locked --test acceptance; \
	fi

# Acceptance tests that look at Terraform and AWS alone. One: make testacc TESTS=network_resource::basic::a_network_is_applied
TESTS ?= network_resource::basic::a_network_is_applied network_resource::updates_of_nat::nat_goes \
    detector::basic::a_deployment_is_applied detector::basic::aws_holds detector::import::a_plain_deployment \
    modules::the_detectors

.PHONY: testacc
testacc: cargo tools stand-in ## Acceptance tests on a real AWS account, which costs money: see acceptance-tests/README.md
	TF_ACC=1 cargo test --locked --test acceptance -- --test-threads 1 $(TESTS)

.PHONY: faults
faults: cargo tools stand-in ## The whole fault matrix, going on where it was broken off, and kills and Ctrl-C (a sample is in `make test`)
	FAULTS=all cargo test --locked --profile matrix --test faults -- --nocapture whatever_befalls
	INTERRUPTS=all cargo test --locked --profile matrix --test acceptance interrupted -- --nocapture

.PHONY: denials
denials: cargo stand-in ## Each action taken away in turn: some operation must fail and say so (a sample is in `make test`)
	DENIALS=all cargo test --locked --test faults denials -- --nocapture

# What to measure: all, or some of start plan lives peers many incremental clean.
PARTS ?=

.PHONY: bench
bench: cargo tools stand-in ## Measure how fast the provider is, and write BENCHMARKS.md and its timelines (half an hour)
	THATDOT_PROVIDER=$${THATDOT_PROVIDER:-$$(release/build.sh "$(TARGET)")} && export THATDOT_PROVIDER && \
	IDLE_PROVIDER=$${IDLE_PROVIDER:-$$(release/build.sh "$(TARGET)" idle-provider)} && export IDLE_PROVIDER && \
	PYTHONPATH=acceptance-tests $(TARGET_DIR)/stand-in/venv/bin/python -B -m bench $(PARTS)

.PHONY: order
order: cargo tools stand-in ## Find anew which functions a start and a plan run, for a release to lay out together (with valgrind)
	provider=$$(CARGO_PROFILE_RELEASE_STRIP=none release/build.sh "$(TARGET)") && \
	PYTHONPATH=acceptance-tests $(TARGET_DIR)/stand-in/venv/bin/python -B -m bench.order "$$provider"

.PHONY: test-stand-in
test-stand-in: stand-in ## The tests of the stand-in itself
	$(TARGET_DIR)/stand-in/venv/bin/python -B -m pytest acceptance-tests/stand-in

.PHONY: stand-in
stand-in: ## Set up the local stand-in for AWS, in target/stand-in
	@acceptance-tests/stand-in/setup.sh

.PHONY: checkers
checkers: ## Set up cfn-lint and checkov, in target/checkers
	@acceptance-tests/stand-in/setup.sh acceptance-tests/checkers

.PHONY: lint
lint: cargo ## clippy on everything, warnings denied
	cargo clippy --locked --all-targets -- -D warnings

# Modules that a macro lists, into which cargo fmt does not look.
LISTED = $(wildcard crates/components/src/*.rs crates/products/src/*/mod.rs)

.PHONY: fmt
fmt: cargo ## Format the code
	cargo fmt --all
	rustfmt $(LISTED)

.PHONY: format-check
format-check: cargo
	cargo fmt --all --check
	rustfmt --check $(LISTED)

.PHONY: golden
golden: cargo tools stand-in ## Write the golden files anew after a wanted change of the schema
	UPDATE_GOLDEN=1 cargo test --locked --test acceptance golden

.PHONY: docs
docs: cargo tools stand-in ## Write the pages in docs/ anew, from schema, examples and component graphs
	UPDATE_DOCS=1 cargo test --locked --test acceptance docs::the_documentation

.PHONY: pictures
pictures: ## Record the terminal session that the README shows, anew, from a real run
	@acceptance-tests/pictures/session.sh

# A missing tool is an error that says how to get it; no test is skipped for it.
.PHONY: cargo tools
cargo:
	@command -v cargo >/dev/null || { echo 'cargo is missing: install Rust from https://rustup.rs' >&2; exit 1; }
	@command -v cc >/dev/null || { echo 'A C compiler (cc) is missing: apt-get install build-essential, or xcode-select --install' >&2; exit 1; }
tools:
	@command -v terraform >/dev/null || command -v tofu >/dev/null || { echo 'terraform (or tofu) is missing: see https://developer.hashicorp.com/terraform/install' >&2; exit 1; }
	@command -v python3 >/dev/null || { echo 'python3 is missing: apt-get install python3 python3-venv, or brew install python' >&2; exit 1; }
