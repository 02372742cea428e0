# The cell as a Linux process: core + cell/program + cell/linux, static, without libc (docs/sandbox.md), at an address of
# the kernel's choosing. Objects under $(B)/boxed.
BOXED_CFLAGS := $(CSTD) $(WARN) -O2 -g -fno-omit-frame-pointer -D_GNU_SOURCE -fPIE -fvisibility=hidden -fno-builtin-bcmp \
        -fno-stack-protector -fcf-protection=none -fno-asynchronous-unwind-tables -ffunction-sections -fdata-sections
BOXED_LIB_SRC := $(wildcard core/base/*.c core/wasm/*.c core/component/*.c core/wasi/*.c cell/*.c) core/base/free/memory.c core/proof/bundle_split.c
BOXED_LIB_OBJ := $(patsubst %.c,$(B)/boxed/%.o,$(BOXED_LIB_SRC))
BOXED_SRC := $(wildcard cell/linux/*.c)
BOXED_OBJ := $(patsubst %.c,$(B)/boxed/%.o,$(BOXED_SRC)) $(B)/boxed/cell/linux/start.o
BOXED_LDFLAGS := -pie --no-dynamic-linker -z noexecstack -z relro -z now -z separate-code --pack-dyn-relocs=relr \
        --build-id=none --gc-sections -e _start

$(B)/boxed/%.o: %.c mk/toolchain.mk mk/cell_linux.mk
	@mkdir -p $(@D)
	$(call say,BOXED)
	$(Q)$(CC) $(BOXED_CFLAGS) $(DEPS) -c $< -o $@
$(B)/boxed/%.o: %.S
	@mkdir -p $(@D)
	$(call say,BOXED)
	$(Q)$(CC) $(BOXED_CFLAGS) $(DEPS) -c $< -o $@
$(B)/boxed/core/base/free/%.o: BOXED_CFLAGS += -ffreestanding
$(B)/boxed/core/wasm/interp%.o: BOXED_CFLAGS += $(HANDLER_CFLAGS) -falign-functions=64

$(B)/boxed/libcell.a: $(BOXED_LIB_OBJ)
	@rm -f $@
	$(call say,AR)
	$(Q)$(AR) rcs $@ $^

$(B)/bin/aether-cell: $(BOXED_OBJ) $(patsubst %.c,$(B)/boxed/%.o,$(wildcard cell/program/*.c)) $(B)/boxed/libcell.a
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(LD) $(BOXED_LDFLAGS) -o $@ $^

# The same box with hostile code in the place of cell/program (tests/hostile_cell), and the gate that drives it.
HOSTILE_CELL_OBJ := $(patsubst %.c,$(B)/boxed/%.o,$(wildcard tests/hostile_cell/*.c))
$(B)/bin/hostile-cell: $(BOXED_OBJ) $(HOSTILE_CELL_OBJ) $(B)/boxed/libcell.a
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(LD) $(BOXED_LDFLAGS) -o $@ $^
$(B)/host/tests/node/test_cell $(B)/san/tests/node/test_cell: | $(B)/bin/hostile-cell
$(B)/host/tests/node/test_cell_files $(B)/san/tests/node/test_cell_files: | $(B)/bin/hostile-cell
$(B)/host/tests/node/test_rest $(B)/san/tests/node/test_rest: | $(B)/bin/hostile-cell

# What a cell costs (bench/cell): round trip, starts, and `aether run` beside an empty program. HELLO=x.wasm measures another.
HELLO ?= bench/cell/hello.wasm
HELLO_RUST := sdk/examples/wasm-example/wasm_example_rust.wasm
$(B)/bin/bench-rounds: $(BOXED_OBJ) $(B)/boxed/bench/cell/rounds.o $(B)/boxed/libcell.a
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(LD) $(BOXED_LDFLAGS) -o $@ $^
$(B)/bin/bench-cell: $(B)/host/bench/cell/bench.o $(B)/host/libaether.a
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(HOST_LDFLAGS) -o $@ $^ -lbearssl
$(B)/bin/bench-empty: bench/cell/empty.c
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(CSTD) $(WARN) -O2 -static -fuse-ld=lld-19 -o $@ $<

.PHONY: bench-cell
bench-cell: $(B)/bin/bench-cell $(B)/bin/bench-rounds $(B)/bin/bench-empty $(B)/bin/aether ## what a cell costs: gate round trip, starts, `aether run` of hello components (HELLO=x.wasm)
	@$< $(B)/bin/bench-rounds $(B)/bin/aether $(HELLO) $(B)/bin/bench-empty $(HELLO_RUST)

# Calls per second of one warm cell (bench/calls).
EXAMPLES_WASM := $(patsubst %,sdk/examples/wasm-example/wasm_example_%.wasm,c rust)
$(B)/bin/bench-calls: $(B)/host/bench/calls/calls.o $(B)/host/libnode.a $(B)/host/libaether.a
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(HOST_LDFLAGS) -o $@ $^ -lbearssl -Wl,--as-needed $(NODE_LIBS)

.PHONY: bench-calls
bench-calls: $(B)/bin/bench-calls $(B)/bin/aether-cell ## calls per second of one warm cell, and where the time goes; F=hello W=x.wasm for another
	@$< $(B)/bin/aether-cell $(or $(F),hello) $(or $(W),$(EXAMPLES_WASM))
TEST_NEEDS += $(B)/bin/aether-cell $(B)/bin/hostile-cell $(B)/host/tests/node/test_cell
