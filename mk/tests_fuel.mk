# Our engine beside wasmtime: fuel, results, traps, memory. The peer lives in peers/ (make setup-peers).
FUEL_BATCH_LIBS := -lbearssl
$(B)/bin/fuel_batch: $(B)/host/tests/tools/fuel_batch.o $(B)/host/libaether.a
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(HOST_LDFLAGS) -o $@ $^ $(FUEL_BATCH_LIBS)
$(B)/san/bin/fuel_batch: $(B)/san/tests/tools/fuel_batch.o $(B)/san/libaether.a
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(SAN_LDFLAGS) -o $@ $^ $(FUEL_BATCH_LIBS)

# N modules that return in both engines, half as many of every kind, whatever they end in, and N mutants.
N ?= 1000
ORACLE_NEEDS = $(B)/bin/fuel_batch $(PEERS)/wasmtime-$(WASMTIME_VERSION).stamp
ORACLE = PYTHONDONTWRITEBYTECODE=1 $(PEERS)/venv/bin/python -m tests.oracle --batch $(B)/bin/fuel_batch \
    --folder $(B)/oracle --seed $(SEED)
.PHONY: fuel-oracle full-fuel oracle-case oracle-shrink oracle-corpus
fuel-oracle: $(ORACLE_NEEDS) ## fuel, results and traps of N generated modules equal wasmtime's; N=1000 SEED=1
	@$(ORACLE) --count $(N) --any $$(( $(N) / 2 )) --mutants $(N)

oracle-case: $(ORACLE_NEEDS) ## both engines' records of one generated module; SEED=1 CASE=0 KIND=returns
	@$(ORACLE) --case $(CASE) --kind $(or $(KIND),returns)

oracle-shrink: $(ORACLE_NEEDS) ## the module of IN=x.wasm, as small as it still differs, as OUT=y.wasm
	@PYTHONDONTWRITEBYTECODE=1 $(PEERS)/venv/bin/python -m tests.oracle.shrink --batch $(B)/bin/fuel_batch $(IN) $(OUT)

oracle-corpus: $(ORACLE_NEEDS) ## writes what wasmtime says of tests/corpus/modules
	@PYTHONDONTWRITEBYTECODE=1 $(PEERS)/venv/bin/python -m tests.oracle.corpus

FULL_TARGETS += full-fuel
full-fuel: $(ORACLE_NEEDS) ## fuel-oracle as a campaign; SEED=1 TENTH=1
	@$(ORACLE) --count $(if $(TENTH),100,1000) --any $(if $(TENTH),60,600) --mutants $(if $(TENTH),200,2000)
TEST_NEEDS += $(B)/bin/fuel_batch
