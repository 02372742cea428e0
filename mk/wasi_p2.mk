# Programs that others made, as components: CPython (mk/wasi_p1.mk) through the adapter, and JavaScript by npm's
# componentize-qjs, whose engine is QuickJS.
QJS_VERSION := 0.4.5
QJS = $(PEERS)/componentize-qjs-$(QJS_VERSION)/node_modules/.bin/componentize-qjs
$(PEERS)/componentize-qjs-$(QJS_VERSION)/node_modules/.bin/componentize-qjs:
	@command -v npm >/dev/null || { echo "programs-p2: componentize-qjs needs npm to be fetched"; exit 1; }
	@mkdir -p $(PEERS)/componentize-qjs-$(QJS_VERSION)
	@echo "programs-p2: componentize-qjs $(QJS_VERSION) into $(PEERS)"
	@cd $(PEERS)/componentize-qjs-$(QJS_VERSION) && echo '{"private": true}' >package.json && \
	    npm install --silent --no-audit --no-fund --ignore-scripts --save-exact componentize-qjs@$(QJS_VERSION) >npm.log 2>&1

$(B)/programs/js.wasm: tests/wasi/js/app.js tests/wasi/js/world.wit | $(QJS)
	@mkdir -p $(@D)
	$(call say,JS)
	$(Q)$(QJS) --sync --wit tests/wasi/js/world.wit --js tests/wasi/js/app.js -o $@ >$@.log

$(B)/programs/python.component.wasm: $(PYTHON_WASI) $(WASI_JCO)/unpacked.stamp
	@mkdir -p $(@D)
	$(call say,ADAPT)
	$(Q)$(WASM_TOOLS) component new $< --adapt wasi_snapshot_preview1=$(WASI_JCO)/package/lib/wasi_snapshot_preview1.command.wasm -o $@

.PHONY: programs-p2
programs-p2: $(B)/bin/aether $(B)/bin/aether-cell $(B)/programs/js.wasm $(B)/programs/python.component.wasm ## CPython and JavaScript as components, in a cell
	@$(PYTHON) tests/wasi/programs_p2.py --aether $(B)/bin/aether --js $(B)/programs/js.wasm --python $(B)/programs/python.component.wasm
# As full-programs is; full-differential, which comes before, has fetched wasm-tools.
FULL_TARGETS += full-programs-p2
.PHONY: full-programs-p2
full-programs-p2: ## programs-p2 as a campaign, where they can be had; needs wasm-tools
	@mkdir -p $(B)
	@if test -x $(WASM_TOOLS) && $(MAKE) --no-print-directory $(B)/programs/js.wasm $(B)/programs/python.component.wasm >$(B)/programs-p2.log 2>&1; \
	then $(MAKE) --no-print-directory programs-p2; \
	else echo "full-programs-p2: skipped, a program can not be had, or $(WASM_TOOLS)"; echo "0 passed, 0 failed, 1 skipped"; fi
