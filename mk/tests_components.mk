# Writes the components of tests/corpus/components anew from the text beside them (wasm-tools is a peer: make setup-peers).

.PHONY: corpus-components
corpus-components: ## tests/corpus/components/*.wasm from *.wat
	$(Q)for text in tests/corpus/components/*.wat; do $(WASM_TOOLS) parse $$text -o $${text%.wat}.wasm || exit 1; done
