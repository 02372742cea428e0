# The enclave service: aetherd, one program for all its roles (node/role/role.h). What it is made of besides libaether.a
# is libnode.a; only here is anything linked with OpenSSL's TLS, LMDB, libcurl or tpm2-tss.
NODE_ROLE_SRC := $(wildcard $(patsubst %,node/%/*.c,config message role log attest store io api keys egress main supervisor))
NODE_LIBS := -lssl -lcrypto -lcurl -llmdb -ltss2-esys -ltss2-mu -ltss2-tctildr -ltss2-rc

$(B)/host/libnode.a: $(patsubst %.c,$(B)/host/%.o,$(NODE_ROLE_SRC))
	@rm -f $@
	$(call say,AR)
	$(Q)$(AR) rcs $@ $^
$(B)/san/libnode.a: $(patsubst %.c,$(B)/san/%.o,$(NODE_ROLE_SRC))
	@rm -f $@
	$(call say,AR)
	$(Q)$(AR) rcs $@ $^
