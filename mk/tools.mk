# Tools for tests: hosted programs over the core that no product needs.
$(B)/bin/wasm_%: $(B)/host/tests/tools/wasm_%.o $(B)/host/tests/tools/wasm_host.o $(B)/host/libaether.a
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(HOST_LDFLAGS) -o $@ $^ -lbearssl
$(B)/san/bin/wasm_%: $(B)/san/tests/tools/wasm_%.o $(B)/san/tests/tools/wasm_host.o $(B)/san/libaether.a
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(SAN_LDFLAGS) -o $@ $^ -lbearssl
