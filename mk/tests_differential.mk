# Our engine and wasmtime in one process (tests/differential). The peers live in peers/ (make setup-peers).
DIFF_SRC := $(wildcard tests/differential/*.c)
$(B)/bin/differential: $(DIFF_SRC:%.c=$(B)/host/%.o) $(B)/host/libaether.a
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(HOST_LDFLAGS) -o $@ $^ -lbearssl -ldl
$(B)/san/bin/differential: $(DIFF_SRC:%.c=$(B)/san/%.o) $(B)/san/libaether.a
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(SAN_LDFLAGS) -o $@ $^ -lbearssl -ldl

# N modules of each feature, executed in both; N=100 SEED=1 FEATURE=gc. MUTANTS verdicts, compared; FROM=folders of seeds.
DIFF_NEEDS = $(B)/bin/differential $(PEERS)/wasmtime-$(WASMTIME_VERSION).stamp $(PEERS)/wasm-tools/bin/wasm-tools $(PEERS)/v8/stamp
DIFF = PYTHONDONTWRITEBYTECODE=1 $(PYTHON) -m tests.differential --driver $(B)/bin/differential --peers $(PEERS) \
    --folder $(B)/differential --seed $(SEED) $(FEATURE:%=--feature %)
MUTANTS ?= 500000
.PHONY: differential differential-verdicts full-differential
differential: $(DIFF_NEEDS) ## returns, traps, memories, globals and fuel equal wasmtime's on N modules of each 3.0 feature; N=500 SEED=1
	@$(DIFF) --count $(N) run

differential-verdicts: $(DIFF_NEEDS) ## the loader's verdict equals wasmtime's on MUTANTS=500000 mutants; SEED=1
	@$(DIFF) --count $(MUTANTS) $(FROM:%=--from %) mutants

.PHONY: differential-mutants
differential-mutants: $(DIFF_NEEDS) ## MUTANTS=20000 executed as well, where they are valid; SEED=1
	@$(DIFF) --count $(if $(filter command%,$(origin MUTANTS)),$(MUTANTS),20000) run-mutants

# The peers come from registries: where one can not be had (no network, no cargo), the campaigns are left out and say so.
FULL_TARGETS += full-differential full-verdicts
full-differential: ## differential as a campaign; SEED=1 TENTH=1
full-verdicts: ## differential-verdicts as a campaign; SEED=1 TENTH=1
full-differential full-verdicts: full-%:
	@if $(MAKE) --no-print-directory setup-peers >$(B)/peers.log 2>&1; \
	then $(MAKE) --no-print-directory $(FULL_OF_$*); \
	else echo "full-$*: skipped, a peer can not be had: $$(tail -n 1 $(B)/peers.log)"; echo "0 passed, 0 failed, 1 skipped"; fi
FULL_OF_differential = differential N=$(if $(TENTH),50,500)
FULL_OF_verdicts = differential-verdicts MUTANTS=$(if $(TENTH),50000,500000)
.PHONY: full-verdicts
