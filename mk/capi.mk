# The example of the C API of components (include/aether/component.h), as an embedder builds it.
$(B)/bin/embed: $(B)/host/sdk/examples/embed/embed.o $(B)/host/libaether.a
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(HOST_LDFLAGS) -o $@ $^ -lbearssl
$(B)/san/bin/embed: $(B)/san/sdk/examples/embed/embed.o $(B)/san/libaether.a
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(SAN_LDFLAGS) -o $@ $^ -lbearssl
TEST_NEEDS += $(B)/bin/embed $(B)/san/bin/embed
