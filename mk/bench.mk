# Small measurements behind decision pages. `make bench-metal` is in mk/run.mk.
$(B)/bin/handler_encoding: $(B)/host/bench/handler_encoding.o $(B)/host/libaether.a
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(HOST_LDFLAGS) -o $@ $^
$(B)/host/bench/handler_encoding.o: HOST_CFLAGS += $(HANDLER_CFLAGS)

.PHONY: bench-handlers
bench-handlers: $(B)/bin/handler_encoding ## ns an operator, by how a cell names its handler (decision 0004)
	@$<

$(B)/bin/bench_lift: $(B)/host/bench/lift.o $(B)/host/libaether.a
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(HOST_LDFLAGS) -o $@ $^ -lbearssl

.PHONY: bench-lift
bench-lift: $(B)/bin/bench_lift ## lifting a list<u8> of 1 MB beside a memcpy: at most twice as long
	@$<
