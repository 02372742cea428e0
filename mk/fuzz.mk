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
