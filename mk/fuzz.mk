# Fuzz targets: fuzz/fuzz_NAME.c becomes $(B)/fuzz/NAME, the core built again with coverage feedback and sanitizers.
# Their corpora stand in tests/corpus/NAME and are replayed by a unit test.
FUZZ_CFLAGS := $(CSTD) $(WARN) -O1 -g -fno-omit-frame-pointer -D_GNU_SOURCE \
               -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
FUZZ_LDFLAGS := -fuse-ld=lld-19 -fsanitize=fuzzer,address,undefined
FUZZ_LIB_OBJ := $(patsubst %.c,$(B)/fuzz/obj/%.o,$(filter core/base/% core/crypto/% core/wasm/% core/proof/%,$(CORE_SRC)) \
                  tests/support/load_check.c tests/support/bundle_check.c tests/support/signer.c)

$(B)/fuzz/obj/%.o: %.c
	@mkdir -p $(@D)
	$(call say,FUZZ)
	$(Q)$(CC) $(FUZZ_CFLAGS) $(DEPS) -c $< -o $@
$(B)/fuzz/%: $(B)/fuzz/obj/fuzz/fuzz_%.o $(FUZZ_LIB_OBJ)
	$(call say,LINK)
	$(Q)$(CC) $(FUZZ_LDFLAGS) -o $@ $^ -lbearssl

# Each target over its corpus and a seeded number of mutants; what it adds is under $(B)/fuzz/found.
FUZZ_NAMES := $(patsubst fuzz/fuzz_%.c,%,$(wildcard fuzz/fuzz_*.c))
FUZZ_RUNS := $(if $(TENTH),100000,1000000)
.PHONY: full-fuzz
full-fuzz: $(FUZZ_NAMES:%=$(B)/fuzz/%) ## every fuzz target, a million inputs each; SEED=1 TENTH=1
	@for name in $(FUZZ_NAMES); do \
	    rm -rf $(B)/fuzz/found/$$name; mkdir -p $(B)/fuzz/found/$$name; \
	    echo "fuzz $$name: seed $(SEED), $(FUZZ_RUNS) inputs"; \
	    $(B)/fuzz/$$name -seed=$$(($(SEED) % 4294967295 + 1)) -runs=$(FUZZ_RUNS) -max_len=65536 -timeout=10 -verbosity=0 \
	        -artifact_prefix=$(B)/fuzz/$$name- $(B)/fuzz/found/$$name tests/corpus/$$name 2>&1 | grep -vE '^(INFO|"|#)|NEW_FUNC' || \
	        [ "$${PIPESTATUS[0]}" -eq 0 ]; \
	done
FULL_TARGETS += full-fuzz
