# Tests. One cmocka binary per tests/unit/<module>/test_<file>.c, built plain and under sanitizers.
UNIT_SRC := $(wildcard tests/unit/*/test_*.c)
UNIT_SUPPORT := $(wildcard tests/support/*.c)
UNIT_BIN := $(patsubst tests/unit/%.c,$(B)/host/tests/%,$(UNIT_SRC))
UNIT_SAN := $(patsubst tests/unit/%.c,$(B)/san/tests/%,$(UNIT_SRC))

$(B)/host/tests/%: $(B)/host/tests/unit/%.o $(patsubst %.c,$(B)/host/%.o,$(UNIT_SUPPORT)) $(B)/host/libaether.a
	@mkdir -p $(@D)
	$(CC) $(HOST_LDFLAGS) -o $@ $^ -lcmocka -lbearssl -lcrypto
$(B)/san/tests/%: $(B)/san/tests/unit/%.o $(patsubst %.c,$(B)/san/%.o,$(UNIT_SUPPORT)) $(B)/san/libaether.a
	@mkdir -p $(@D)
	$(CC) $(SAN_LDFLAGS) -o $@ $^ -lcmocka -lbearssl -lcrypto
