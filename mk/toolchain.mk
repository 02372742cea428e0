# Compilers and their flags. clang-19 is the compiler; gcc-12 is a second opinion (make lint-gcc).
CC := clang-19
LD := ld.lld-19
AR := llvm-ar-19
OBJCOPY := llvm-objcopy-19
NM := llvm-nm-19

WARN := -Wall -Wextra -Wconversion -Wsign-conversion -Wshadow -Wvla -Wstrict-prototypes -Wmissing-prototypes \
        -Wundef -Wpointer-arith -Wwrite-strings -Werror
# The folder of operand classes says how many handlers the interpreter has: full for hosts; small, in front of it, for
# metal and under sanitizers (decision 0005).
CSTD := -std=c17 -I. -Iinclude -Icore/wasm/full
CLASSES_SMALL := -Icore/wasm/small
DEPS = -MMD -MP -MF $@.d

HOST_CFLAGS := $(CSTD) $(WARN) -O2 -g -fno-omit-frame-pointer -D_GNU_SOURCE -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE
HOST_LDFLAGS := -pie -fuse-ld=lld-19 -Wl,-z,relro,-z,now
SAN_CFLAGS := $(CLASSES_SMALL) $(CSTD) $(WARN) -O1 -g -fno-omit-frame-pointer -D_GNU_SOURCE -fsanitize=address,undefined -fno-sanitize-recover=all -fPIE
SAN_LDFLAGS := -pie -fuse-ld=lld-19 -fsanitize=address,undefined

# core/wasm/interp*.c: handlers must not touch the stack (no frame pointer, no protector), floats are exact (nothing
# contracted, no errno), roundings are single instructions (x86-64-v2: SSE4.1, POPCNT; the kernel refuses a CPU without).
HANDLER_CFLAGS := -fomit-frame-pointer -fno-stack-protector -fcf-protection=none -ffp-contract=off -fno-math-errno \
        -march=x86-64-v2

FREE_CFLAGS := $(CSTD) $(WARN) --target=x86_64-unknown-none-elf -ffreestanding -nostdlibinc -Icore/base/free/include -fno-pic -fno-pie -mno-red-zone \
        -fno-stack-protector -fcf-protection=none -fno-asynchronous-unwind-tables -ffunction-sections -fdata-sections \
        -fno-omit-frame-pointer -g -D__NO_FORTIFY
KERNEL_CFLAGS := $(FREE_CFLAGS) -Os -mgeneral-regs-only -mcmodel=small
CELL_CFLAGS := $(CLASSES_SMALL) $(FREE_CFLAGS) -O2 -mcmodel=small -fno-builtin-memcpy
