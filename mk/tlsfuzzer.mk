# tlsfuzzer's TLS 1.3 scripts against aetherd and openssl s_server (tests/tlsfuzzer). Python programs of others, at these
# commits, into PEERS; TLSFUZZER_FROM may be a folder of mirrors: TLSFUZZER_FROM/tlsfuzzer, TLSFUZZER_FROM/tlslite-ng.
TLSFUZZER_FROM ?= https://github.com/tlsfuzzer
TLSFUZZER_COMMIT := 14555fe211456c46deccc4b2d94751dbd894aece
TLSLITE_COMMIT := 0d0316905c685ac88f927d44b22830ab58217da8
TLSFUZZER_COUNT ?= 40

.PHONY: setup-tlsfuzzer full-tlsfuzzer
setup-tlsfuzzer: $(PEERS)/tlsfuzzer.stamp ## fetches tlsfuzzer and tlslite-ng into peers/
$(PEERS)/tlsfuzzer.stamp:
	@mkdir -p $(PEERS)
	@rm -rf $(PEERS)/tlsfuzzer $(PEERS)/tlslite-ng $(PEERS)/tlsfuzzer-python
	@git clone --quiet --no-checkout $(TLSFUZZER_FROM)/tlsfuzzer $(PEERS)/tlsfuzzer
	@git -C $(PEERS)/tlsfuzzer sparse-checkout set tlsfuzzer
	@git -C $(PEERS)/tlsfuzzer checkout --quiet $(TLSFUZZER_COMMIT)
	@git clone --quiet --no-checkout $(TLSFUZZER_FROM)/tlslite-ng $(PEERS)/tlslite-ng
	@git -C $(PEERS)/tlslite-ng sparse-checkout set tlslite
	@git -C $(PEERS)/tlslite-ng checkout --quiet $(TLSLITE_COMMIT)
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --no-deps --target $(PEERS)/tlsfuzzer-python ecdsa==0.19.2 six==1.17.0
	@touch $@

full-tlsfuzzer: $(PEERS)/tlsfuzzer.stamp enclave ## TLS 1.3 scripts of tlsfuzzer against aetherd and openssl s_server; SEED=1 TENTH=1
	@PYTHONDONTWRITEBYTECODE=1 $(PYTHON) -m tests.tlsfuzzer --peers $(PEERS) --seed $(SEED) \
	    --count $$(($(TLSFUZZER_COUNT) / $(if $(TENTH),10,1)))
FULL_TARGETS += $(if $(wildcard $(PEERS)/tlsfuzzer.stamp),full-tlsfuzzer,tlsfuzzer-without-scripts)
.PHONY: tlsfuzzer-without-scripts
tlsfuzzer-without-scripts:
	@echo "full-tlsfuzzer: skipped, $(PEERS) has no tlsfuzzer: make setup-tlsfuzzer fetches it"
