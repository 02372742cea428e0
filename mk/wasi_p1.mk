# The suite of preview 1, and programs that others made, unmodified. Data and tools are no part of this repository:
# WASI_SUITE=folder (mk/wasi.mk); a package manager and Go for the programs, which go into peers/.
.PHONY: wasi-suite-p1
wasi-suite-p1: $(B)/bin/aether $(B)/bin/aether-cell ## the 72 programs of preview 1's suite; WASI_SUITE=folder
	@test -d $(WASI_SUITE) || { echo "WASI_SUITE=$(WASI_SUITE): there is no such folder; say WASI_SUITE=folder, tests/ of wasi-testsuite"; exit 1; }
	@$(PYTHON) tests/wasi/suite_p1.py --suite $(WASI_SUITE) --aether $(B)/bin/aether --expect 72

FULL_TARGETS += $(if $(wildcard $(WASI_SUITE)),wasi-suite-p1,wasi-suite-p1-without-suite)
.PHONY: wasi-suite-p1-without-suite
wasi-suite-p1-without-suite:
	@echo "wasi-suite-p1: skipped, there is no folder WASI_SUITE=$(WASI_SUITE)"
	@echo "0 passed, 0 failed, 1 skipped"
