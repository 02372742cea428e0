# The specification's test suite. SUITES=folder holds wast.tar.xz and wast2json.mjs; they are not part of this repository.
# The text files become JSON and modules under $(B)/suite, by an npm package that lives in peers/ and, for the older
# exception instructions, by wabt. tests/suite/skips.txt says what may be skipped, and why.
SUITES ?= ../shared/suites
PEERS ?= peers
JCO_VERSION := 0.15.0
JCO := $(PEERS)/jco-transpile-$(JCO_VERSION)
SUITE_STAMP := $(B)/suite/converted.stamp

# Reached only when the file is not there.
$(SUITES)/%:
	@echo "SUITES=$(SUITES): there is no $* in it; say SUITES=folder, the one with wast.tar.xz and wast2json.mjs" >&2; false

.PHONY: setup-suite
setup-suite: $(JCO)/installed.stamp ## fetches the converter of the specification's tests (npm) into peers/

$(JCO)/installed.stamp:
	@mkdir -p $(@D)
	@echo "setup-suite: @bytecodealliance/jco-transpile $(JCO_VERSION) into $(JCO)"
	@cd $(JCO) && echo '{"private": true}' >package.json && \
	    npm install --silent --no-audit --no-fund --ignore-scripts --save-exact @bytecodealliance/jco-transpile@$(JCO_VERSION) >npm.log 2>&1 || \
	    { cat npm.log >&2; false; }
	@touch $@

SUITE_PROPOSALS := threads custom-page-sizes
SUITE_COMPONENTS := binary linking resources validation values async
$(SUITE_STAMP): $(SUITES)/wast.tar.xz $(SUITES)/wast2json.mjs | $(JCO)/installed.stamp
	$(call say,SUITE)
	$(Q)rm -rf $(B)/suite && mkdir -p $(B)/suite/legacy
	$(Q)tar -xJf $(SUITES)/wast.tar.xz -C $(B)/suite
	$(Q)cp $(SUITES)/wast2json.mjs $(JCO)/
	$(Q)cd $(B)/suite && node $(abspath $(JCO))/wast2json.mjs core wast/core/*.wast >core.log
	$(Q)cd $(B)/suite && for name in $(SUITE_PROPOSALS); do \
	    node $(abspath $(JCO))/wast2json.mjs $$name wast/proposals/$$name/*.wast >$$name.log; done
	$(Q)cd $(B)/suite && for name in $(SUITE_COMPONENTS); do \
	    node $(abspath $(JCO))/wast2json.mjs component/$$name wast/component/$$name/*.wast >component_$$name.log; done
	$(Q)cd $(B)/suite && for file in wast/legacy/*.wast; do \
	    wast2json --enable-all -o legacy/$$(basename $$file .wast).json $$file; done
	$(Q)touch $@

CONFORMANCE = B=$(B) PYTHONDONTWRITEBYTECODE=1 $(PYTHON) tests/suite/conformance.py --suite $(B)/suite --skips tests/suite/skips.txt
.PHONY: conformance conformance-san
conformance: $(SUITE_STAMP) $(B)/bin/aether ## every command of the specification's tests; SUITES=../shared/suites
	@$(CONFORMANCE) --aether $(B)/bin/aether

conformance-san: $(SUITE_STAMP) $(B)/san/bin/aether ## the same under sanitizers
	@$(CONFORMANCE) --aether $(B)/san/bin/aether

# Without the data the campaigns are left out, and say so.
FULL_TARGETS += $(if $(wildcard $(SUITES)/wast.tar.xz),conformance conformance-san conformance-metal,conformance-without-suites)
.PHONY: conformance-without-suites
conformance-without-suites:
	@echo "conformance, conformance-san, conformance-metal: skipped, there is no wast.tar.xz in SUITES=$(SUITES)"
	@echo "0 passed, 0 failed, 3 skipped"
TEST_NEEDS += $(B)/metal/cells/suite_cell.elf

# The same in ring 3: the runner as a cell of tests, with the objects of the real cell's engine.
SUITE_CELL_OBJ := $(filter $(B)/cell/core/% $(B)/cell/cell/metal/entry.o,$(CELL_OBJ)) $(patsubst %.c,$(B)/cell/%.o,$(filter-out suite/pack_write.c suite/component_run.c suite/component_value.c,$(SUITE_SRC))) \
  $(B)/metal/cells/suite/suite_cell.o
$(B)/metal/cells/suite_cell.elf: $(SUITE_CELL_OBJ) cell/metal/cell.ld
	$(call say,LINK)
	$(Q)$(LD) -T cell/metal/cell.ld -static --gc-sections --icf=all -z max-page-size=4096 -z noexecstack \
	  --no-dynamic-linker --build-id=none --orphan-handling=error -o $@.whole $(SUITE_CELL_OBJ)
	$(Q)$(OBJCOPY) --strip-all --strip-sections $@.whole $@

# A cell that tells the engine of memory that is not there (tests/metal/test_faults.py). The file with symbols is kept.
FAULT_CELL_OBJ := $(filter-out %/suite_cell.o $(B)/cell/suite/%,$(SUITE_CELL_OBJ)) $(B)/metal/cells/suite/fault_cell.o
TEST_NEEDS += $(B)/metal/cells/fault_cell.elf $(B)/metal/kernel-test.o
$(B)/metal/cells/fault_cell.elf: $(FAULT_CELL_OBJ) cell/metal/cell.ld
	$(call say,LINK)
	$(Q)$(LD) -T cell/metal/cell.ld -static --gc-sections --icf=all -z max-page-size=4096 -z noexecstack \
	  --no-dynamic-linker --build-id=none --orphan-handling=error -o $@.whole $(FAULT_CELL_OBJ)
	$(Q)$(OBJCOPY) --strip-all --strip-sections $@.whole $@

METAL_SUITE_NEEDS := $(B)/metal/cells/suite_cell.elf $(B)/metal/kernel-test.o $(B)/keyring.bin $(B)/bin/aether-board
.PHONY: conformance-metal
conformance-metal: $(SUITE_STAMP) $(B)/bin/aether $(METAL_SUITE_NEEDS) ## the same in ring 3 under QEMU, each verdict beside the hosted one; TENTH=1 SEED=n
	@$(CONFORMANCE) --aether $(B)/bin/aether --metal $(B)/metal/cells/suite_cell.elf $(if $(TENTH),--tenth $(SEED))
