# The image: kernel, keyring, ring-3 cell and bundle in one ELF. The kernel is linked once (kernel.o);
# keys, cell and bundle are bytes beside it, so another payload compiles nothing.
#   make image PAYLOAD=x.wasm [IMAGE=out.elf] [SIGNFLAGS='--fuel 1000'] [KEYRING=..] [CELL=..]
KERNEL_SRC := $(filter-out $(TEXT_SRC),$(wildcard metal/*.c core/base/*.c core/base/free/*.c core/crypto/*.c)) \
  $(addprefix core/proof/,bundle.c bundle_split.c manifest.c journal.c receipt.c session.c keyring.c)
KERNEL_OBJ := $(patsubst %.c,$(B)/metal/%.o,$(KERNEL_SRC)) \
  $(patsubst %.S,$(B)/metal/%.o,$(wildcard metal/*.S))
BEARSSL_LIB = $(shell $(CC) -print-file-name=libbearssl.a)
BEARSSL_INCLUDE := $(B)/metal/include/bearssl

PAYLOAD ?= $(B)/guest/aerospace.wasm
IMAGE ?= $(B)/image.elf
SIGNFLAGS ?=
KEYRING ?= $(B)/keyring.bin
CELL ?= $(B)/cell/cell.bin.elf
ISO_WORDS ?= bench

# The library's headers without the rest of the system's.
$(BEARSSL_INCLUDE):
	@mkdir -p $(@D)
	$(Q)ln -sfn /usr/include/bearssl $@

$(B)/metal/%.o: %.c | $(BEARSSL_INCLUDE)
	@mkdir -p $(@D)
	$(call say,KERNEL)
	$(Q)$(CC) $(KERNEL_CFLAGS) -isystem $(B)/metal/include $(DEPS) -c $< -o $@
$(B)/metal/%.o: %.S
	@mkdir -p $(@D)
	$(call say,KERNEL)
	$(Q)$(CC) $(KERNEL_CFLAGS) $(DEPS) -c $< -o $@

$(B)/metal/kernel.o: $(KERNEL_OBJ)
	$(call say,LD)
	$(Q)$(LD) -r -o $@ $(KERNEL_OBJ) $(BEARSSL_LIB)

# The kernel of test images: page faults of guest memory come back as traps (docs/abi/gate.md 9).
$(B)/metal/kernel-test.o: $(filter-out $(B)/metal/metal/upcall.o,$(KERNEL_OBJ)) $(B)/metal/tests/metal/kernel/upcall.o
	$(call say,LD)
	$(Q)$(LD) -r -o $@ $^ $(BEARSSL_LIB)

$(B)/payload.bundle: $(B)/guest/aerospace.wasm $(KEYS)/dev.key $(B)/bin/aether
	$(Q)$(B)/bin/aether sign $< --key $(KEYS)/dev.key -o $@

KEYS ?= keys
IMAGE_PARTS := $(B)/metal/kernel.o metal/metal.ld tools/link_image

$(B)/aether.elf: $(IMAGE_PARTS) $(B)/keyring.bin $(B)/cell/cell.bin.elf $(B)/payload.bundle
	$(call say,IMAGE)
	$(Q)tools/link_image $(B)/metal/kernel.o $(B)/keyring.bin $(B)/cell/cell.bin.elf $(B)/payload.bundle $@

.PHONY: image size iso
image: $(IMAGE_PARTS) $(PAYLOAD) $(KEYS)/dev.key $(B)/bin/aether $(KEYRING) $(CELL) ## image of PAYLOAD=x.wasm as IMAGE=
	$(Q)$(B)/bin/aether sign $(PAYLOAD) --key $(KEYS)/dev.key $(SIGNFLAGS) -o $(IMAGE).bundle
	$(Q)tools/link_image $(B)/metal/kernel.o $(KEYRING) $(CELL) $(IMAGE).bundle $(IMAGE)
	@echo "$(IMAGE): $(notdir $(PAYLOAD)), $$(stat -c %s $(IMAGE)) bytes"

# A small BIOS ISO: only the GRUB modules that are used.
$(B)/aether.iso: $(B)/aether.elf
	$(call say,ISO)
	$(Q)rm -rf $(B)/iso && mkdir -p $(B)/iso/boot/grub && cp $< $(B)/iso/boot/aether.elf
	$(Q)printf 'set timeout=0\nmenuentry aether {\n multiboot2 /boot/aether.elf %s\n boot\n}\n' '$(ISO_WORDS)' \
	  >$(B)/iso/boot/grub/grub.cfg
	$(Q)grub-mkrescue -d /usr/lib/grub/i386-pc --install-modules="multiboot2 normal iso9660 biosdisk boot" \
	  --fonts= --themes= --locales= -o $@ $(B)/iso >$(B)/iso.log 2>&1 || { cat $(B)/iso.log; false; }
iso: $(B)/aether.iso ## bootable BIOS ISO of the default image (ISO_WORDS=bench)

RING0_TEXT_MAX := 65536
IMAGE_MAX := 786432
METAL_LINES_MAX := 4000
size: $(B)/aether.elf ## ring-0 text, image and lines of metal/ against their limits
	@tools/image_size.py $< $(B)/metal/kernel.o $(RING0_TEXT_MAX) $(IMAGE_MAX) $(METAL_LINES_MAX)
