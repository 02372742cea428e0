# Tests. One cmocka binary per tests/unit/<module>/test_<file>.c, built plain and under sanitizers; pytest suites are
# folders tests/<name>/. tests/run.py runs them and counts; it builds nothing.
# Included last. Other mk files add:
#   TEST_NEEDS   += files or targets that the pytest suites start or read
#   FULL_TARGETS += names of long campaigns (full-...); each honours SEED=n, and TENTH=1 where a tenth makes sense. Its
#                   last line may be `N passed, N failed, N skipped`; without one it counts as one test.
PYTHON := /usr/bin/python3
UNIT_SRC := $(wildcard tests/unit/*/test_*.c)
UNIT_SUPPORT := $(wildcard tests/support/*.c)
UNIT_BIN := $(patsubst tests/unit/%.c,$(B)/host/tests/%,$(UNIT_SRC))
UNIT_SAN := $(patsubst tests/unit/%.c,$(B)/san/tests/%,$(UNIT_SRC))

# An archive: a test links what it uses and no more, which is a tenth of it all.
$(B)/host/libsupport.a: $(patsubst %.c,$(B)/host/%.o,$(UNIT_SUPPORT))
$(B)/san/libsupport.a: $(patsubst %.c,$(B)/san/%.o,$(UNIT_SUPPORT))
$(B)/host/libsupport.a $(B)/san/libsupport.a:
	@rm -f $@
	$(call say,AR)
	$(Q)$(AR) rcs $@ $^
$(B)/host/tests/%: $(B)/host/tests/unit/%.o $(B)/host/libsupport.a $(B)/host/libnode.a $(B)/host/libaether.a
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(HOST_LDFLAGS) -o $@ $^ -lcmocka -lbearssl -Wl,--as-needed $(NODE_LIBS) -lm
$(B)/san/tests/%: $(B)/san/tests/unit/%.o $(B)/san/libsupport.a $(B)/san/libnode.a $(B)/san/libaether.a
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(SAN_LDFLAGS) -o $@ $^ -lcmocka -lbearssl -Wl,--as-needed $(NODE_LIBS) -lm

# T=wasm or T=wasm/leb128 narrows by suite, ONLY='u32_*' by test name. T of a unit test needs nothing else built.
T ?=
ONLY ?=
T_UNIT := $(if $(T),$(filter tests/unit/$(T)/% tests/unit/$(dir $(T))test_$(notdir $(T)).c,$(UNIT_SRC)),$(UNIT_SRC))
T_BIN := $(patsubst tests/unit/%.c,$(B)/host/tests/%,$(T_UNIT)) $(patsubst tests/unit/%.c,$(B)/san/tests/%,$(T_UNIT))
T_WHOLE := $(wildcard $(if $(T),tests/$(T) tests/$(dir $(T))test_$(notdir $(T)).py,tests/*/test_*.py))

.PHONY: test full ci unit
test: $(T_BIN) $(if $(filter-out tests/tools%,$(T_WHOLE)),$(TEST_NEEDS)) ## every test but the long campaigns; T=wasm/leb128 ONLY='u32_*' runs one
	@B=$(B) $(PYTHON) tests/run.py --suite '$(T)' --only '$(ONLY)'

unit: $(UNIT_BIN) $(UNIT_SAN) ## the unit tests alone, plain and under sanitizers
	@B=$(B) $(PYTHON) tests/run.py --kind unit --only '$(ONLY)'

full: ## make test, then every campaign; TENTH=1 SEED=n runs a seeded tenth of those that can
	@$(PYTHON) tests/steps.py '$(MAKE)' test $(FULL_TARGETS)

ci: ## what .ci/run does: make test, the campaigns, make lint; one sum at the end
	@$(PYTHON) tests/steps.py '$(MAKE)' test $(FULL_TARGETS) $(LINT_TARGETS)
