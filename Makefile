# Jiesu. `make demo` shows it; `make test` proves it; `make help` lists the rest.

SHELL := /bin/bash
export GOFLAGS := -mod=readonly
export CGO_ENABLED ?= 0

CACHE   := .cache
ENGINE  := $(CACHE)/engine/libchdb.so
TOOLS   := $(CURDIR)/$(CACHE)/bin
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)

GOLANGCI_LINT_VERSION := v2.15.0
GOVULNCHECK_VERSION   := v1.1.4

.DEFAULT_GOAL := help

.PHONY: help
help: ## List the targets.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  %-12s %s\n", $$1, $$2}'

.PHONY: engine
engine: $(ENGINE) ## Fetch the embedded ClickHouse engine (pinned, checksummed).
$(ENGINE): scripts/fetch-engine
	@scripts/fetch-engine $(CACHE)/engine

.PHONY: build
build: ## Build bin/jiesu.
	go build -trimpath -ldflags '-s -w -X main.version=$(VERSION)' -o bin/jiesu ./cmd/jiesu

.PHONY: demo
demo: engine build ## Simulate a ledger, replay it through Kafka, open the console. CHECK=1 verifies and exits.
	bin/jiesu demo $(if $(CHECK),--check)

.PHONY: test
test: engine browser ## Run the whole suite with the race detector, on the real engine, broker and browser.
	CGO_ENABLED=1 go test -race -timeout 40m ./...

.PHONY: test-kafka
test-kafka: ## Run the broker's tests against a real Apache Kafka (wants Java 17 and Maven). KAFKA_PORT=n moves it.
	@directory=$$(mktemp -d) && trap 'scripts/real-kafka stop "$$directory"; rm -rf "$$directory"' EXIT && trap 'exit 130' INT TERM && \
	address=$$(scripts/real-kafka start "$$directory" $(KAFKA_PORT)) && \
	JIESU_TEST_KAFKA=$$address go test -count=1 -timeout 15m ./ingest/...

.PHONY: crash
crash: engine ## Kill -9 serve ten times during a full replay; the figures must still be exact.
	go test ./internal/app -run TestKilledServeLosesNothing -v -timeout 30m -kills 10 -letters 14400

.PHONY: recount
recount: build ## Count ledgers of every profile a third time, in Python, and compare (wants Python 3).
	for profile in zhanjiang-2024 stress-returns stress-extensions stress-calendar; do \
		for seed in 1 20240304 20261122; do \
			bin/jiesu simulate --profile $$profile --seed $$seed --out out/recount/$$profile-$$seed || exit 1; \
		done; \
	done
	scripts/recount out/recount/*
	rm -rf out/recount

.PHONY: lint
lint: $(TOOLS)/golangci-lint ## Lint and check formatting.
	go vet ./...
	$(TOOLS)/golangci-lint run --timeout 10m
	$(TOOLS)/golangci-lint fmt --diff

.PHONY: fmt
fmt: $(TOOLS)/golangci-lint ## Format the code.
	$(TOOLS)/golangci-lint fmt

$(TOOLS)/golangci-lint:
	GOFLAGS= GOBIN=$(TOOLS) go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_LINT_VERSION)

.PHONY: vuln
vuln: ## Check dependencies against the Go vulnerability database (needs to reach it).
	GOFLAGS= go run golang.org/x/vuln/cmd/govulncheck@$(GOVULNCHECK_VERSION) ./...

.PHONY: bench
bench: engine ## Run the benchmarks recorded in docs/BENCHMARKS.md.
	go test -run '^$$' -bench . -benchmem -timeout 60m ./...

.PHONY: bench-compare
bench-compare: build ## Classify the same letters with jieba and scikit-learn, and compare speeds (wants Python 3).
	scripts/compare-sklearn

.PHONY: eval
eval: build ## Cross-validate the classifier on labelled letters: make eval DATA=DIR (see docs/model-card.md).
	bin/jiesu eval --data $(DATA)/gold/dev.jsonl --aux $(DATA) --folds 5 --challenge classify/testdata/challenge/urgent.jsonl --further classify/testdata/further/labels.jsonl
	bin/jiesu eval --teddy $(DATA)/teddy2020c

.PHONY: fuzz
fuzz: ## Fuzz every decoder for FUZZTIME each (default 30s).
	scripts/fuzz $(or $(FUZZTIME),30s)

.PHONY: browser
browser: ## Install the browser and fonts that page tests use (Debian packages).
	@scripts/install-browser

.PHONY: clean
clean: ## Remove what was built; the fetched engine stays.
	rm -rf bin out data
