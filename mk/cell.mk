# The ring-3 cell: core + cell + cell/metal, freestanding, linked at CELL_IMAGE_BASE (abi/cell.h).
# Text of numbers is for tools and components, which are not on metal.
TEXT_SRC := core/base/text.c core/base/float_text.c core/base/big.c
CELL_SRC := $(filter-out $(TEXT_SRC) core/wasm/type_text.c,$(wildcard core/base/*.c core/base/free/*.c core/wasm/*.c cell/*.c cell/metal/*.c))
CELL_ASM := $(wildcard cell/metal/*.S)
CELL_OBJ := $(patsubst %.c,$(B)/cell/%.o,$(CELL_SRC)) $(patsubst %.S,$(B)/cell/%.o,$(CELL_ASM))
CELL_TUNE := -march=x86-64-v2 -ffp-contract=off -Wframe-larger-than=2048
# Only the handlers are made for speed, and without padding: they run the guest. All else runs once a cycle, and the
# image is small.
$(B)/cell/%.o: CELL_LEVEL := -Oz
$(B)/cell/core/wasm/interp%.o: CELL_LEVEL := -Os
$(B)/cell/core/wasm/interp%.o: CELL_CFLAGS += $(HANDLER_CFLAGS)

$(B)/cell/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CELL)
	$(Q)$(CC) $(CELL_CFLAGS) $(CELL_TUNE) $(CELL_LEVEL) $(DEPS) -c $< -o $@
$(B)/cell/%.o: %.S
	@mkdir -p $(@D)
	$(call say,CELL)
	$(Q)$(CC) $(CELL_CFLAGS) $(DEPS) -c $< -o $@

$(B)/cell/cell.elf: $(CELL_OBJ) cell/metal/cell.ld
	$(call say,LINK)
	$(Q)$(LD) -T cell/metal/cell.ld -static --gc-sections --icf=all -z max-page-size=4096 -z noexecstack \
	  --no-dynamic-linker --build-id=none --orphan-handling=error -o $@ $(CELL_OBJ)
# What the image embeds: program headers and segments, no sections.
$(B)/cell/cell.bin.elf: $(B)/cell/cell.elf
	$(Q)$(OBJCOPY) --strip-all --strip-sections $< $@

.PHONY: cell size-cell
cell: $(B)/cell/cell.bin.elf ## the ring-3 cell program
size-cell: $(B)/cell/cell.elf $(B)/cell/cell.bin.elf ## bytes of the cell, by section and file
	@llvm-size-19 -A $(B)/cell/cell.elf | awk '/^\./ && $$1 !~ /debug|symtab|strtab|comment/ {print $$1, $$2}'
	@stat -c '%n %s' $(B)/cell/cell.bin.elf

TEST_NEEDS += $(B)/cell/cell.bin.elf $(GUEST_WASM)
$(B)/host/tests/cell/test_metal $(B)/san/tests/cell/test_metal: | $(B)/cell/cell.bin.elf
