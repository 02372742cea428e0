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

# What is read of guests and servers: the few files that do, not the whole core.
FUZZ_MAX_LEN_fetch := 4096
FUZZ_FETCH_OBJ := $(patsubst %.c,$(B)/fuzz/obj/%.o,$(wildcard core/base/*.c core/base/host/*.c) fuzz/fuzz_fetch.c tests/support/fetch_check.c \
                  node/egress/url.c node/egress/request.c node/main/http_request.c node/main/http_grants.c)
$(B)/fuzz/fetch: $(FUZZ_FETCH_OBJ)
	$(call say,LINK)
	$(Q)$(CC) $(FUZZ_LDFLAGS) -o $@ $^ -lcurl
