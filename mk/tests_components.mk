# Writes the components of tests/corpus/components anew from the text beside them (wasm-tools is a peer: make setup-peers).

.PHONY: corpus-components
corpus-components: $(WASM_TOOLS) ## tests/corpus/components/*.wasm from *.wat
	$(Q)for text in tests/corpus/components/*.wat; do $(WASM_TOOLS) parse $$text -o $${text%.wat}.wasm || exit 1; done

# Graphs of components at random, here and in wasmtime: GRAPHS=1000 of them from SEED on. JUDGE is a Python that has wasmtime.
JUDGE ?= $(PEERS)/venv/bin/python
GRAPHS ?= 1000
.PHONY: component-graphs
component-graphs: $(B)/bin/aether $(WASM_TOOLS) ## GRAPHS=1000 random graphs of components end alike here and in wasmtime; SEED=1 JUDGE=python
	@PYTHONDONTWRITEBYTECODE=1 $(JUDGE) tests/tools/component_graphs.py $(WASM_TOOLS) --compare $(B)/bin/aether $(SEED) $$(($(SEED) + $(GRAPHS)))
