# The names used here are the names used by continuous integration.
SHELL := /bin/bash
.DEFAULT_GOAL := build
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -s -w -X main.version=$(VERSION)
WEB := $(shell find web/src web/index.html web/vite.config.ts web/package.json i18n -type f 2>/dev/null)

.PHONY: build run office test check bench fuzz web deps gen prompts clean

build: web/dist/index.html ## build the web app and the binary
	CGO_ENABLED=0 go build -trimpath -ldflags '$(LDFLAGS)' -o bin/tandem ./cmd/tandem

run: build ## build everything and start Tandem on an embedded database in ./data
	./bin/tandem serve --data ./data

office: build ## a canned company whose simulated phones keep calling each other
	./bin/tandem office

web/node_modules: web/package.json web/package-lock.json
	cd web && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch web/node_modules

web/dist/index.html: web/node_modules $(WEB)
	cd web && npm run --silent build -- --logLevel warn

web: web/dist/index.html

deps: ## install what the tests need (Debian packages)
	./scripts/test-deps

test: deps web/dist/index.html check ## everything: units, stores, real phones, the browser
	go test -count=1 -race -timeout 10m ./bus ./directory ./call ./route ./switchboard ./sip/... ./media
	go test -count=1 -race -timeout 10m -run 'Revoked|Settled|Race' ./api ./command
	go test -count=1 -timeout 20m $$(go list ./... | grep -v /officetest)
	go test -count=1 -timeout 20m -run InTheBrowser ./officetest & browser=$$!; \
	go test -count=1 -timeout 20m -skip InTheBrowser ./officetest; phones=$$?; wait $$browser && exit $$phones

check: web/node_modules ## the quick loop: format, vet, staticcheck, house, types
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { echo "not gofmt-ed:"; gofmt -l $$(git ls-files '*.go'); exit 1; }
	go vet ./...
	go tool staticcheck ./...
	go test -count=1 -run 'TestHouse' .
	cd web && npm run --silent check

bench: ## figures of docs/performance.md
	./bench/run.sh

fuzz: ## every fuzz target for a while: make fuzz FUZZTIME=60s
	./scripts/fuzz $(or $(FUZZTIME),20s)

prompts: deps ## the sounds of texts that have changed (espeak-ng, opusenc); what they become is committed
	go test ./prompt -count=1 -timeout 30m -run TestSoundsBelongToTheirTexts -update
	go test ./prompt -count=1

gen: ## the API document and the client's types
	go test ./api -run TestDocument -update
	cd web && npm run --silent gen

clean:
	rm -rf bin web/dist/assets web/dist/index.html
