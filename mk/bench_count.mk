# Instructions a unit of six kernels, in the host build's interpreter; BENCH_FLAGS=--update writes bench/counts.json.
$(B)/guest/bench/kernels.wasm: bench/kernels/kernels.c
	@mkdir -p $(@D)
	$(call say,GUEST)
	$(Q)$(CC) $(GUEST_CFLAGS) -Wno-unused-function -c $< -o $(@:.wasm=.o)
	$(Q)wasm-ld-19 $(GUEST_LDFLAGS) -o $@ $(@:.wasm=.o)

# Without debug information: Debian's valgrind does not read clang-19's.
$(B)/bench/aether: $(B)/bin/aether
	@mkdir -p $(@D)
	$(Q)$(OBJCOPY) --strip-debug $< $@

.PHONY: bench-count
bench-count: $(B)/bench/aether $(B)/guest/bench/kernels.wasm ## host instructions a unit of six kernels, by callgrind, beside bench/counts.json
	@$(PYTHON) bench/count.py $^ bench/counts.json $(BENCH_FLAGS)
FULL_TARGETS += bench-count
