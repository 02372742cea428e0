# What tests of WASI 0.2 need from outside: the official WIT and the adapter from preview 1, both in npm's package of jco
# (nothing of it is run), and wasm-tools, a peer. The dummy components are kept in the tree.
WASI_JCO_VERSION := 1.35.0
WASI_JCO := $(PEERS)/jco-$(WASI_JCO_VERSION)
WASI_WIT_VERSION := 0.2.12
WASI_CORPUS := tests/corpus/wasi
WASI_PACKAGES := io clocks random cli filesystem sockets http

$(WASI_JCO)/unpacked.stamp:
	@mkdir -p $(@D)
	@echo "setup: the WIT of WASI $(WASI_WIT_VERSION) and its adapter into $(@D)"
	@cd $(@D) && npm pack --silent @bytecodealliance/jco@$(WASI_JCO_VERSION) >npm.log && tar -xzf *.tgz package/lib && touch $(@F)

# A component of functions that trap, which imports all that a world has. $(1) name, $(2) folder of WIT, $(3) world
define wasi_dummy
	$(Q)$(WASM_TOOLS) component embed --dummy --all-features --world $(3) $(2) -o $(B)/wasi/$(1).core.wasm
	$(Q)$(WASM_TOOLS) component new $(B)/wasi/$(1).core.wasm -o $(B)/wasi/$(1).named.wasm
	$(Q)$(WASM_TOOLS) strip --all $(B)/wasi/$(1).named.wasm -o $(WASI_CORPUS)/$(1).wasm
endef

.PHONY: wasi-corpus
wasi-corpus: $(WASI_JCO)/unpacked.stamp $(WASM_TOOLS) ## makes tests/corpus/wasi again: dummies that import all of WASI 0.2
	$(Q)rm -rf $(B)/wasi/wit $(B)/wasi/first $(B)/wasi/enclave && mkdir -p $(B)/wasi/wit/deps $(B)/wasi/first $(B)/wasi/enclave $(WASI_CORPUS)
	$(Q)for name in $(WASI_PACKAGES); do \
	    cp -r $(WASI_JCO)/package/lib/wit/builtin/$(WASI_WIT_VERSION)/wasi-$$name $(B)/wasi/wit/deps/; done
	$(Q)echo 'package aether:dummy; world dummy {}' >$(B)/wasi/wit/world.wit
	$(Q)cp -r $(B)/wasi/wit/. $(B)/wasi/first && sed -i 's/@0\.2\.12/@0.2.0/' $(B)/wasi/first/deps/*/package.wit
	$(Q)rm -rf $(B)/wasi/enclave-records && mkdir -p $(B)/wasi/enclave-records
	$(Q)cp sdk/wit/enclave-os-records.wit $(B)/wasi/enclave-records/ && \
	    echo 'world all { import https; import auth; }' >>$(B)/wasi/enclave-records/enclave-os-records.wit
	$(Q)cp sdk/wit/enclave-os.wit $(B)/wasi/enclave/ && echo 'world all { import https; import auth; }' >>$(B)/wasi/enclave/enclave-os.wit
	$(call wasi_dummy,cli,$(B)/wasi/wit,wasi:cli/imports@0.2.12)
	$(call wasi_dummy,http,$(B)/wasi/wit,wasi:http/imports@0.2.12)
	$(call wasi_dummy,cli-0.2.0,$(B)/wasi/first,wasi:cli/imports@0.2.0)
	$(call wasi_dummy,enclave,$(B)/wasi/enclave,all)
	$(call wasi_dummy,enclave-records,$(B)/wasi/enclave-records,all)

# The suite of preview 1 as components. WASI_SUITE=folder is tests/ of WebAssembly/wasi-testsuite with its programs built
# (branch prod/testsuite-base); it is not part of this repository. Three of the 72 can not pass: they end in assertions of
# the adapter itself, or test what it does with descriptors.
WASI_SUITE ?= ../shared/wasi-testsuite/tests
.PHONY: wasi-suite-p2
wasi-suite-p2: $(B)/bin/aether $(B)/bin/aether-cell $(WASI_JCO)/unpacked.stamp ## the 72 programs of preview 1's suite as components; WASI_SUITE=folder
	@test -d $(WASI_SUITE) || { echo "WASI_SUITE=$(WASI_SUITE): there is no such folder"; exit 1; }
	@$(PYTHON) tests/wasi/suite_p2.py --aether $(B)/bin/aether --suite $(WASI_SUITE) --tools $(WASM_TOOLS) \
	    --adapter $(WASI_JCO)/package/lib/wasi_snapshot_preview1.command.wasm --work $(B)/wasi/suite
FULL_TARGETS += $(if $(and $(wildcard $(WASI_SUITE)),$(wildcard $(WASM_TOOLS))),wasi-suite-p2,wasi-suite-p2-without-suite)
.PHONY: wasi-suite-p2-without-suite
wasi-suite-p2-without-suite:
	@echo "wasi-suite-p2: skipped, there is no folder WASI_SUITE=$(WASI_SUITE), or no $(WASM_TOOLS)"
	@echo "0 passed, 0 failed, 1 skipped"
TEST_NEEDS += $(B)/bin/aether $(B)/bin/aether-cell

.PHONY: wasi-programs
wasi-programs: $(WASM_TOOLS) ## tests/corpus/wasi/programs/*.wasm from *.wat
	$(Q)for text in $(WASI_CORPUS)/programs/*.wat; do $(WASM_TOOLS) parse $$text -o $${text%.wat}.wasm || exit 1; done
