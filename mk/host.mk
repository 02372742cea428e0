# Hosted programs: the core as a library, the tools, and the same again under sanitizers.
CORE_SRC := $(wildcard core/base/*.c core/base/host/*.c core/crypto/*.c core/wasm/*.c core/component/*.c core/wasi/*.c core/proof/*.c)
FAKE_SRC := $(wildcard cell/*.c cell/fake/*.c cell/program/*.c cell/inprocess/*.c)
NODE_SRC := $(wildcard node/gate/*.c node/world/*.c node/log/*.c)
SUITE_SRC := $(wildcard suite/*.c)
CAPI_SRC := $(wildcard capi/*.c)
CLI_SRC := $(wildcard cli/*.c)
BOARD_SRC := $(wildcard board/*.c)

HOST_LIB_OBJ := $(patsubst %.c,$(B)/host/%.o,$(CORE_SRC) $(FAKE_SRC) $(NODE_SRC) $(SUITE_SRC) $(CAPI_SRC))
SAN_LIB_OBJ := $(patsubst %.c,$(B)/san/%.o,$(CORE_SRC) $(FAKE_SRC) $(NODE_SRC) $(SUITE_SRC) $(CAPI_SRC))

$(B)/host/%.o: %.c mk/toolchain.mk
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(HOST_CFLAGS) $(DEPS) -c $< -o $@
$(B)/san/%.o: %.c mk/toolchain.mk
	@mkdir -p $(@D)
	$(call say,SAN)
	$(Q)$(CC) $(SAN_CFLAGS) $(DEPS) -c $< -o $@

$(B)/host/libaether.a: $(HOST_LIB_OBJ)
	@rm -f $@
	$(call say,AR)
	$(Q)$(AR) rcs $@ $^
$(B)/san/libaether.a: $(SAN_LIB_OBJ)
	@rm -f $@
	$(call say,AR)
	$(Q)$(AR) rcs $@ $^

# aether(1) is static and without OpenSSL: what `aether run` takes is mostly the start of programs (make bench-cell). Its
# commands with keys are in aether-keys.
KEY_COMMANDS := key keygen sign keyring verify
LEAN_CLI_SRC := $(filter-out $(KEY_COMMANDS:%=cli/%.c),$(CLI_SRC)) $(wildcard cli/lean/*.c)
STATIC_LDFLAGS := -static-pie -fuse-ld=lld-19 -Wl,-z,relro,-z,now -Wl,--pack-dyn-relocs=relr -Wl,--gc-sections
$(B)/bin/aether: $(patsubst %.c,$(B)/host/%.o,$(LEAN_CLI_SRC)) $(B)/host/libaether.a | $(B)/bin/aether-keys $(B)/bin/aether-cell
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(STATIC_LDFLAGS) -o $@ $^ -lbearssl
$(B)/bin/aether-keys: $(patsubst %.c,$(B)/host/%.o,$(CLI_SRC)) $(B)/host/libaether.a
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(HOST_LDFLAGS) -o $@ $^ -lbearssl -lcrypto
$(B)/bin/aether-board: $(patsubst %.c,$(B)/host/%.o,$(BOARD_SRC)) $(B)/host/libaether.a
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(HOST_LDFLAGS) -o $@ $^ -lbearssl
# Its cells are the product's: sanitizers need calls that the box forbids.
$(B)/san/bin/aether-cell: $(B)/bin/aether-cell
	@mkdir -p $(@D)
	$(Q)cp $< $@
$(B)/san/bin/aether: $(patsubst %.c,$(B)/san/%.o,$(CLI_SRC)) $(B)/san/libaether.a | $(B)/san/bin/aether-cell
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(SAN_LDFLAGS) -o $@ $^ -lbearssl -lcrypto

.PHONY: host
host: $(B)/bin/aether $(B)/bin/aether-cell $(B)/bin/aether-board ## the hosted programs: aether(1), its cells and the sensor board

# Handlers on 64-byte boundaries, or speed is a matter of luck: docs/decisions/0004-handler-encoding.md.
$(B)/host/core/wasm/interp%.o: HOST_CFLAGS += $(HANDLER_CFLAGS) -falign-functions=64
$(B)/san/core/wasm/interp%.o: SAN_CFLAGS += $(HANDLER_CFLAGS)
