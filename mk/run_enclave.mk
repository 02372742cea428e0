# The enclave service in one command, and its clients.
# make run-enclave APP=rust takes the Rust example; APP=file.wasm another component with the same six functions. The C one
# is built from its sources where wasm-tools is (make setup-peers); the Rust one, and C without the tool, is the kept file.
APP ?= c
RUN_APP = $(if $(filter c,$(APP)),$(if $(wildcard $(WASM_TOOLS)),$(B)/component/wasm_example_c.wasm,$(EXAMPLE)/wasm_example_c.wasm),$(APP))

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
