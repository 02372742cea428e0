# Test cells that attack: tests/metal/cells/hostile.c stands in the real cell's place.
$(B)/metal/cells/%.o: tests/metal/cells/%.c
	@mkdir -p $(@D)
	$(CC) $(CELL_CFLAGS) $(DEPS) -c $< -o $@
$(B)/metal/cells/%.o: tests/metal/cells/%.S
	@mkdir -p $(@D)
	$(CC) $(CELL_CFLAGS) $(DEPS) -c $< -o $@
TEST_NEEDS += $(B)/metal/cells/hostile.elf
$(B)/metal/cells/hostile.elf: $(B)/metal/cells/start.o $(B)/metal/cells/hostile.o $(B)/metal/cells/memory.o tests/metal/cells/cells.ld
	$(LD) -T tests/metal/cells/cells.ld -z max-page-size=4096 -z noexecstack --no-dynamic-linker -s -o $@ $(filter %.o,$^)

# make test tries 16 of the 256 software interrupts.
FULL_TARGETS += full-hostile
.PHONY: full-hostile
full-hostile: $(B)/metal/cells/hostile.elf $(B)/aether.elf $(B)/bin/aether
	@HOSTILE_INTERRUPTS=$(if $(TENTH),26,256) B=$(B) $(PYTHON) tests/run.py --suite metal/hostile --only '*software_interrupt_is_refused*'
