# The sealed store's campaigns and its bench; docs/store.md has what they show.
STORE_TEST = $(B)/host/tests/store

FULL_TARGETS += full-store-kill full-store-flip
.PHONY: full-store-kill full-store-flip bench-store
full-store-kill: $(STORE_TEST)/test_kill ## 500 kill -9 under writes: no acknowledged write is lost; SEED=1 TENTH=1
	@STORE_KILLS=$(if $(TENTH),50,500) SEED=$(SEED) $<

full-store-flip: $(STORE_TEST)/test_flip ## every bit of a small store's file turned over: found, or without effect; SEED=1 TENTH=1
	@STORE_FLIP_STEP=$(if $(TENTH),10,1) SEED=$(SEED) $<

$(B)/bin/bench_store: $(B)/host/bench/store.o $(B)/host/tests/support/store_trial.o $(B)/host/tests/support/folder.o $(B)/host/libnode.a $(B)/host/libaether.a
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(HOST_LDFLAGS) -o $@ $^ -lcmocka -lbearssl $(NODE_LIBS) -lm

bench-store: $(B)/bin/bench_store ## writes and reads a second through the whole store, beside plain LMDB
	@$<
