# Fetches through the real parts without the rest of the service: what tests/egress drives.
$(B)/bin/egress_probe: $(B)/host/tests/tools/egress_probe.o $(B)/host/libnode.a $(B)/host/libaether.a
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(HOST_LDFLAGS) -o $@ $^ -lbearssl -Wl,--as-needed $(NODE_LIBS)
$(B)/san/bin/egress_probe: $(B)/san/tests/tools/egress_probe.o $(B)/san/libnode.a $(B)/san/libaether.a
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(SAN_LDFLAGS) -o $@ $^ -lbearssl -Wl,--as-needed $(NODE_LIBS)
TEST_NEEDS += $(B)/bin/egress_probe $(B)/san/bin/egress_probe
