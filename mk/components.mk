# Components of sdk/examples: C by clang-19 and the glue of wit-bindgen, made into a component by wasm-tools. Both tools
# are peers, fetched where they are missing; what they make is kept in the tree, so that a build needs neither. No test
# needs wit-bindgen, which takes minutes to build: make setup-peers leaves it out.
WIT_BINDGEN_VERSION := 0.63.0
WIT_BINDGEN = $(PEERS)/wit-bindgen/bin/wit-bindgen
WASM_TOOLS = $(PEERS)/wasm-tools/bin/wasm-tools

$(PEERS)/wit-bindgen/bin/wit-bindgen:
	@command -v cargo >/dev/null || { echo "wit-bindgen needs cargo: rustup, or tools/setup install mk/packages-components.txt"; exit 1; }
	@echo "wit-bindgen $(WIT_BINDGEN_VERSION) into $(PEERS)/wit-bindgen (some minutes)"
	@cargo install --quiet wit-bindgen-cli --locked --version $(WIT_BINDGEN_VERSION) --root $(PEERS)/wit-bindgen

EXAMPLE := sdk/examples/wasm-example
EXAMPLE_WIT := $(patsubst %,sdk/wit/deps/wasi-%.wit,io clocks random filesystem) sdk/wit/enclave-os.wit $(EXAMPLE)/wit/world.wit

COMPONENT_CFLAGS := --target=wasm32-unknown-unknown $(CSTD) -O2 -nostdlib -ffreestanding -fvisibility=hidden -mbulk-memory \
	-Isdk/c/include
$(B)/component/sdk/c/memory.o: COMPONENT_CFLAGS += -fno-builtin
$(B)/component/$(EXAMPLE)/c/app.o: COMPONENT_CFLAGS += $(WARN) -I$(EXAMPLE)/c/glue
$(B)/component/%.o: %.c
	@mkdir -p $(@D)
	$(call say,GUEST)
	$(Q)$(CC) $(COMPONENT_CFLAGS) $(DEPS) -c $< -o $@

$(B)/component/wasm_example_c.core.wasm: $(patsubst %,$(B)/component/%.o,sdk/c/memory $(EXAMPLE)/c/app $(EXAMPLE)/c/glue/wasm_example)
	$(call say,LINK)
	$(Q)wasm-ld-19 --no-entry -z stack-size=16384 --stack-first --strip-all --keep-section=component-type:wasm-example \
		-o $@ $^ $(EXAMPLE)/c/glue/wasm_example_component_type.o

$(B)/component/wasm_example_c.wasm: $(B)/component/wasm_example_c.core.wasm $(WASM_TOOLS)
	$(Q)$(WASM_TOOLS) component new $< -o $@

.PHONY: wasm-example wasm-example-glue
wasm-example-glue: $(WIT_BINDGEN) ## makes the glue of the example component in C again by wit-bindgen
	$(WIT_BINDGEN) c --world aether:wasm-example/wasm-example@0.1.0 --out-dir $(EXAMPLE)/c/glue $(EXAMPLE_WIT)

wasm-example: $(B)/component/wasm_example_c.wasm ## makes the example component in C again
	cp $< $(EXAMPLE)/wasm_example_c.wasm

# Rust, with a library built from source: Debian has none for wasm32-unknown-unknown. The registry's sources are named
# alike whoever builds, so that the same bytes come out.
CARGO_WASM = MAKEFLAGS= MFLAGS= RUSTC_BOOTSTRAP=1 RUSTC=/usr/bin/rustc CARGO_TARGET_DIR=$(abspath $(B))/component/rust \
	CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=wasm-ld-19 RUSTFLAGS="--remap-path-prefix=$${CARGO_HOME:-$$HOME/.cargo}/registry=registry" \
	/usr/bin/cargo build --quiet --release -Zbuild-std=std,panic_abort --target wasm32-unknown-unknown
$(B)/component/wasm_example_rust.core.wasm: $(EXAMPLE)/rust/src/lib.rs $(EXAMPLE)/rust/Cargo.toml $(EXAMPLE_WIT) mk/packages-components.txt
	@tools/setup install mk/packages-components.txt
	@mkdir -p $(@D)
	$(call say,CARGO)
	$(Q)cd $(EXAMPLE)/rust && $(CARGO_WASM) --locked
	$(Q)cp $(B)/component/rust/wasm32-unknown-unknown/release/wasm_example.wasm $@

$(B)/component/wasm_example_rust.wasm: $(B)/component/wasm_example_rust.core.wasm $(WASM_TOOLS)
	$(Q)$(WASM_TOOLS) component new $< -o $@

# The same without wasm-tools: the kept component with the new core in it, as long as the world is the same.
$(B)/run/wasm_example_%.wasm: $(B)/component/wasm_example_%.core.wasm $(EXAMPLE)/wasm_example_%.wasm tools/component_core.py
	@mkdir -p $(@D)
	$(call say,WRAP)
	$(Q)$(PYTHON) tools/component_core.py $(EXAMPLE)/wasm_example_$*.wasm $< -o $@

.PHONY: wasm-example-rust
wasm-example-rust: $(B)/component/wasm_example_rust.wasm ## makes the example component in Rust again
	cp $< $(EXAMPLE)/wasm_example_rust.wasm
