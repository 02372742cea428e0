# Verdicts on mutants of components, ours beside those of wasm-tools (tests/verdicts). FROM=folders of more seeds, TEXTS=of
# .wast files; those of the suite are taken where they are unpacked.
TEXTS ?= $(wildcard $(B)/suite/wast/component)
VERDICTS_NEEDS = $(B)/bin/aether $(PEERS)/wasm-tools/bin/wasm-tools
VERDICTS_COUNT = $(if $(filter command%,$(origin MUTANTS)),$(MUTANTS),$(if $(TENTH),1000,10000))
.PHONY: component-verdicts full-component-verdicts
component-verdicts: $(VERDICTS_NEEDS) ## the loader's verdict on MUTANTS=10000 components equals that of wasm-tools; SEED=1 FROM=folder
	@PYTHONDONTWRITEBYTECODE=1 $(PYTHON) -m tests.verdicts --aether $(B)/bin/aether --wasm-tools $(PEERS)/wasm-tools/bin/wasm-tools \
	    --folder $(B)/verdicts --count $(VERDICTS_COUNT) --seed $(SEED) $(FROM:%=--from %) $(TEXTS:%=--texts %)

# wasm-tools comes from a registry: where it can not be had, the campaign is left out and says so.
FULL_TARGETS += full-component-verdicts
full-component-verdicts: ## component-verdicts as a campaign; SEED=1 TENTH=1
	@if $(MAKE) --no-print-directory $(PEERS)/wasm-tools/bin/wasm-tools >$(B)/peers-verdicts.log 2>&1; \
	then $(MAKE) --no-print-directory component-verdicts; \
	else echo "full-component-verdicts: skipped, wasm-tools can not be had"; echo "0 passed, 0 failed, 1 skipped"; fi
