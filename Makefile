# One graph for four targets: host, host under sanitizers, freestanding (kernel, ring-3 cell), wasm guests.
# `make help` lists what there is. Folder rules live in mk/.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.SECONDARY:
# As many jobs as there are cores, unless the user says; a make inside of make shares the outer one's.
MAKEFLAGS += --no-builtin-rules $(if $(filter 0,$(MAKELEVEL)),-j$(shell nproc))
.DEFAULT_GOAL := help

B ?= build
SEED ?= 1
# V=1 shows whole commands; without it a rule says what it makes: `$(call say,CC)` first, `$(Q)command` after.
V ?= 0
Q := $(if $(filter 0,$(V)),@)
say = @printf '  %-6s %s\n' $(1) $@

# Toolchain and host first (others use their variables), test and lint last (others add to theirs); between them every
# other mk/*.mk by name, so that a new one needs no edit here.
MK_FIRST := mk/toolchain.mk mk/host.mk
MK_LAST := mk/test.mk mk/lint.mk mk/help.mk
include $(MK_FIRST) $(filter-out $(MK_FIRST) $(MK_LAST),$(sort $(wildcard mk/*.mk))) $(MK_LAST)

-include $(shell test -d $(B) && find $(B) -name '*.d')
