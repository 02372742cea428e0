# Fuzz targets of what the node and its client read from outside; rules and campaigns: mk/fuzz.mk.
$(B)/fuzz/config: $(patsubst %.c,$(B)/fuzz/obj/%.o,$(wildcard node/config/*.c) tests/support/config_check.c)
FUZZ_MAX_LEN_config := 4096

# The client without its main(). Its check is beside its test: not every test is linked with the client.
REPLY_SRC := $(filter-out cli/enclave/main.c,$(wildcard cli/enclave/*.c)) $(patsubst %,cli/%.c,options files text json) tests/unit/cli/reply_check.c
$(B)/fuzz/reply: $(patsubst %.c,$(B)/fuzz/obj/%.o,$(REPLY_SRC) $(wildcard node/attest/*.c))
$(B)/fuzz/reply: FUZZ_LDFLAGS += -lssl -lcrypto
FUZZ_MAX_LEN_reply := 4096
$(foreach f,host san,$(eval $(B)/$(f)/tests/cli/test_reply_corpus: $(patsubst %.c,$(B)/$(f)/%.o,$(REPLY_SRC))))

$(B)/fuzz/log: $(patsubst %.c,$(B)/fuzz/obj/%.o,$(wildcard node/log/*.c) tests/support/log_check.c)
FUZZ_MAX_LEN_log := 4096

# Main and what it is made of, and the part of api that makes its answers replies.
$(B)/fuzz/serve: $(patsubst %.c,$(B)/fuzz/obj/%.o,$(wildcard $(patsubst %,node/%/*.c,main gate store message log world role config attest)) \
                   tests/support/serve_check.c) $(filter-out %/json_check.o,$(FUZZ_API_OBJ))
$(B)/fuzz/serve: FUZZ_LDFLAGS += -lcrypto
FUZZ_MAX_LEN_serve := 4096

$(B)/fuzz/quote: $(B)/fuzz/obj/tests/support/chain_check.o

# Files that aether(1) reads.
FILES_SRC := cli/elf_image.c cli/log_key.c tests/unit/cli/files_check.c
$(B)/fuzz/files: $(patsubst %.c,$(B)/fuzz/obj/%.o,$(FILES_SRC))
FUZZ_MAX_LEN_files := 8192
$(foreach f,host san,$(eval $(B)/$(f)/tests/cli/test_files_corpus: $(patsubst %.c,$(B)/$(f)/%.o,$(FILES_SRC))))
