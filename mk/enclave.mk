# The enclave service: aetherd, one program for all its roles (node/role/role.h). What it is made of besides libaether.a
# is libnode.a; only here is anything linked with OpenSSL's TLS, LMDB, libcurl or tpm2-tss.
NODE_ROLE_SRC := $(wildcard $(patsubst %,node/%/*.c,config message role attest store io api keys egress main supervisor))
NODE_LIBS := -lssl -lcrypto -lcurl -llmdb -ltss2-esys -ltss2-mu -ltss2-tctildr -ltss2-rc

$(B)/host/libnode.a: $(patsubst %.c,$(B)/host/%.o,$(NODE_ROLE_SRC))
	@rm -f $@
	$(call say,AR)
	$(Q)$(AR) rcs $@ $^
$(B)/san/libnode.a: $(patsubst %.c,$(B)/san/%.o,$(NODE_ROLE_SRC))
	@rm -f $@
	$(call say,AR)
	$(Q)$(AR) rcs $@ $^

# One binary for all roles.
AETHERD_OBJ := $(patsubst %.c,$(B)/host/%.o,$(wildcard node/aetherd/*.c))
AETHERD := $(B)/bin/aetherd
$(B)/bin/aetherd: $(AETHERD_OBJ) $(B)/host/libnode.a $(B)/host/libaether.a | $(B)/bin/aether-cell
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(HOST_LDFLAGS) -o $@ $^ -lbearssl $(NODE_LIBS)
# Roles that only prove how they were started: tests/roles.
$(B)/bin/aetherd-trial: $(AETHERD_OBJ) $(B)/host/tests/roles/trial.o $(B)/host/libnode.a $(B)/host/libaether.a | $(B)/bin/aether-cell
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(HOST_LDFLAGS) -o $@ $^ -lbearssl -Wl,--as-needed $(NODE_LIBS)
TEST_NEEDS += $(B)/bin/aetherd-trial $(AETHERD)

.PHONY: enclave
enclave: $(AETHERD) $(B)/bin/aether-cell ## the enclave service: aetherd with its cells (docs/enclave.md)

# What the service makes of calls, beside nginx (bench/enclave).
$(B)/bin/bench-load: $(B)/host/bench/enclave/load.o
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(HOST_LDFLAGS) -o $@ $^ -lssl -lcrypto
.PHONY: bench-enclave
bench-enclave: $(B)/bin/bench-load $(B)/bin/aetherd $(B)/bin/aether-cell ## calls per second of the enclave service over TLS, beside nginx's static answer; APP=rust S=3
	@B=$(B) $(PYTHON) bench/enclave/bench.py --app $(or $(APP),c) --seconds $(or $(S),3)

# Malicious builds of three roles (tests/drill), for tests/enclave/test_drills.py.
DRILLS := $(patsubst %,$(B)/bin/aetherd-drill-%,api egress io)
$(B)/bin/aetherd-drill-%: $(B)/host/tests/drill/%.o $(B)/host/tests/drill/common.o $(B)/host/libnode.a $(B)/host/libaether.a
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(HOST_LDFLAGS) -o $@ $^ -lbearssl $(NODE_LIBS)
# The real keys, which tells its secrets.
$(B)/bin/aetherd-drill-keys: $(B)/host/tests/drill/keys.o $(B)/host/libnode.a $(B)/host/libaether.a
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(HOST_LDFLAGS) -Wl,--wrap=secret_random,--wrap=secret_derive -o $@ $^ -lbearssl $(NODE_LIBS)
TEST_NEEDS += $(DRILLS) $(B)/bin/aetherd-drill-keys
