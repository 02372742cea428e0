# The sealed store's campaigns and its bench; docs/store.md has what they show.
STORE_TEST = $(B)/host/tests/store

FULL_TARGETS += full-store-kill full-store-flip
.PHONY: full-store-kill full-store-flip bench-store
full-store-kill: $(STORE_TEST)/test_kill ## 500 kill -9 under writes: no acknowledged write is lost; SEED=1 TENTH=1
	@STORE_KILLS=$(if $(TENTH),50,500) SEED=$(SEED) $<

# A tenth is every 97th bit (a prime: every place in a byte comes by), from one that SEED says.
full-store-flip: $(STORE_TEST)/test_flip ## every bit of a small store's file turned over: found, or without effect; SEED=1 TENTH=1
	@STORE_FLIP_STEP=$(if $(TENTH),97,1) SEED=$(SEED) $<

$(B)/bin/store_bench: $(B)/host/tests/tools/store_bench.o $(B)/host/tests/support/store_trial.o $(B)/host/tests/support/folder.o $(B)/host/libnode.a $(B)/host/libaether.a
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(HOST_LDFLAGS) -o $@ $^ -lcmocka -lbearssl $(NODE_LIBS) -lm

# On the disk that the build is on: files in memory would say nothing of what is durable.
bench-store: $(B)/bin/store_bench ## writes and reads a second through the whole store, beside plain LMDB
	@mkdir -p $(B)/bench-store; TMPDIR=$(B)/bench-store $<

# io is played by the fuzzer, keys are real: more is linked than of other targets.
FUZZ_STORE_OBJ := $(patsubst %.c,$(B)/fuzz/obj/%.o,$(wildcard $(patsubst %,node/%/*.c,message config role attest keys store)) \
                  $(wildcard node/io/store*.c) node/io/thread.c $(addprefix tests/support/,record_check.c store_judge.c store_trial.c folder.c))
FUZZ_MAX_LEN_record := 256
$(B)/fuzz/record: FUZZ_LDFLAGS += -Wl,--wrap=nanosleep
$(B)/fuzz/record: $(addprefix $(B)/fuzz/obj/fuzz/,fuzz_record.o caller_direct.o) $(filter-out %/caller.o,$(FUZZ_STORE_OBJ)) $(FUZZ_LIB_OBJ)
	$(call say,LINK)
	$(Q)$(CC) $(FUZZ_LDFLAGS) -o $@ $^ -lcmocka -lbearssl $(NODE_LIBS)
# The same io, honest, behind main's services of a call.
FUZZ_CALL_OBJ := $(patsubst %.c,$(B)/fuzz/obj/%.o,$(addprefix node/main/,http.c http_fetch.c http_grants.c http_link.c http_request.c output.c) \
                 $(wildcard node/log/*.c node/world/*.c) node/gate/session.c tests/support/call_check.c)
FUZZ_MAX_LEN_call := 2048
$(B)/fuzz/call: FUZZ_LDFLAGS += -Wl,--wrap=nanosleep
$(B)/fuzz/call: $(addprefix $(B)/fuzz/obj/fuzz/,fuzz_call.o caller_direct.o) $(FUZZ_CALL_OBJ) $(filter-out %/caller.o,$(FUZZ_STORE_OBJ)) $(FUZZ_LIB_OBJ)
	$(call say,LINK)
	$(Q)$(CC) $(FUZZ_LDFLAGS) -o $@ $^ -lcmocka -lbearssl $(NODE_LIBS)
