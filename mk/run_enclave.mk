# The enclave service in one command, and its clients.
# The example is built from its sources: in C, or with APP=rust in Rust (Debian's, which is installed then, and crates.io).
# Where wasm-tools is not (make setup-peers), the kept component has the new module put in; a changed world needs the tool.
# APP=file.wasm takes another component with the same six functions.
APP ?= c
RUN_APP = $(if $(filter c rust,$(APP)),$(B)/$(if $(wildcard $(WASM_TOOLS)),component,run)/wasm_example_$(APP).wasm,$(APP))

.PHONY: run-enclave run-enclave-app
run-enclave-app:
	$(if $(filter $(B)/%,$(RUN_APP)),@$(MAKE) --no-print-directory $(RUN_APP),@:)
run-enclave: $(B)/bin/aetherd $(B)/bin/aether-cell $(B)/bin/aether-enclave run-enclave-app ## the enclave service: swtpm, aetherd, the example (APP=rust) called over attested TLS; 6 tests
	@B=$(B) $(PYTHON) tools/run_enclave.py --app $(RUN_APP)

# The client: aether(1) becomes it for `aether enclave`. The verifier is node/attest, without the rest of the node.
ENCLAVE_CLI_SRC := $(wildcard cli/enclave/*.c) $(patsubst %,cli/%.c,options files text json) $(wildcard node/attest/*.c)
$(B)/bin/aether-enclave: $(patsubst %.c,$(B)/host/%.o,$(ENCLAVE_CLI_SRC)) $(B)/host/libaether.a
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(HOST_LDFLAGS) -o $@ $^ -lssl -lcrypto -lbearssl
$(B)/bin/aether: | $(B)/bin/aether-enclave
host: $(B)/bin/aether-enclave
TEST_NEEDS += $(B)/bin/aether-enclave
