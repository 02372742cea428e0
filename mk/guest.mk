# Guests in C: sdk/examples/NAME/*.c -> $(B)/guest/NAME.wasm. One page of memory, 8 KiB of stack in it.
# Components (wasm-example) are made by mk/components.mk; embed is a program of the host (mk/capi.mk).
GUEST_NAMES := $(filter-out wasm-example embed,$(notdir $(patsubst %/,%,$(wildcard sdk/examples/*/))))
GUEST_WASM := $(patsubst %,$(B)/guest/%.wasm,$(GUEST_NAMES))

# What clang-19 makes by default: the MVP and a few later features, no SIMD.
GUEST_CFLAGS := --target=wasm32-unknown-unknown $(CSTD) $(WARN) -O2 -nostdlib -ffreestanding -fvisibility=hidden
GUEST_LDFLAGS := --no-entry --export-memory -z stack-size=8192 --stack-first --initial-memory=65536 --max-memory=131072 --strip-all

$(B)/guest/%.o: sdk/examples/%.c
	@mkdir -p $(@D)
	$(call say,GUEST)
	$(Q)$(CC) $(GUEST_CFLAGS) $(DEPS) -c $< -o $@

# $(1): an example's name.
define guest_rule
$(B)/guest/$(1).wasm: $(patsubst sdk/examples/%.c,$(B)/guest/%.o,$(wildcard sdk/examples/$(1)/*.c))
	$$(call say,LINK)
	$$(Q)wasm-ld-19 $$(GUEST_LDFLAGS) -o $$@ $$^
endef
$(foreach name,$(GUEST_NAMES),$(eval $(call guest_rule,$(name))))

.PHONY: guests
guests: $(GUEST_WASM) ## the example guests of sdk/examples as WebAssembly

$(foreach t,examples metal,$(B)/host/tests/cell/test_$(t) $(B)/san/tests/cell/test_$(t)): | $(GUEST_WASM)
