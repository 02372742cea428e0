# Branch coverage of core/wasm by the tests that are no fuzzers: unit tests, the specification's suite, and
# the replayed corpora. Few operand classes (decision 0005): a branch of a handler is one branch, not two hundred.
COV_CFLAGS := $(CLASSES_SMALL) $(CSTD) $(WARN) -O1 -g -D_GNU_SOURCE -fprofile-instr-generate -fcoverage-mapping -fPIE
COV_LDFLAGS := -pie -fuse-ld=lld-19 -fprofile-instr-generate
COV_UNIT := $(patsubst tests/unit/%.c,$(B)/cov/tests/%,$(wildcard tests/unit/wasm/test_*.c tests/unit/cell/test_*.c \
               tests/unit/suite/test_*.c))

$(B)/cov/obj/%.o: %.c mk/coverage.mk
	@mkdir -p $(@D)
	$(call say,COV)
	$(Q)$(CC) $(COV_CFLAGS) $(DEPS) -c $< -o $@
$(B)/cov/obj/core/wasm/interp%.o: COV_CFLAGS += $(HANDLER_CFLAGS)
$(B)/cov/libaether.a: $(patsubst %.c,$(B)/cov/obj/%.o,$(CORE_SRC) $(FAKE_SRC) $(SUITE_SRC))
	@rm -f $@
	$(call say,AR)
	$(Q)$(AR) rcs $@ $^
$(B)/cov/tests/%: $(B)/cov/obj/tests/unit/%.o $(patsubst %.c,$(B)/cov/obj/%.o,$(wildcard tests/support/*.c)) $(B)/cov/libaether.a
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(COV_LDFLAGS) -o $@ $^ -lcmocka -lbearssl -lcrypto -lm
$(B)/cov/bin/aether: $(patsubst %.c,$(B)/cov/obj/%.o,$(CLI_SRC)) $(B)/cov/libaether.a
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(COV_LDFLAGS) -o $@ $^ -lbearssl -lcrypto

# Folder of converted suite files: made if need be.
CONFORMANCE_JSON ?= $(B)/suite
.PHONY: coverage
coverage: $(COV_UNIT) $(B)/cov/bin/aether $(B)/suite/converted.stamp ## lines and branches of core/wasm that the tests reach (llvm-cov)
	@$(PYTHON) tools/coverage.py $(B) $(CONFORMANCE_JSON) -- $(B)/cov/bin/aether $(COV_UNIT)
