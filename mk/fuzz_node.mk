# Fuzz targets of what the node and its client read from outside; rules and campaigns: mk/fuzz.mk.
$(B)/fuzz/config: $(patsubst %.c,$(B)/fuzz/obj/%.o,$(wildcard node/config/*.c) tests/support/config_check.c)
FUZZ_MAX_LEN_config := 4096
