# One graph for four targets: host, host under sanitizers, freestanding (kernel, ring-3 cell), wasm guests.
# `make help` lists what there is. Folder rules live in mk/.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.SECONDARY:
MAKEFLAGS += --no-builtin-rules
.DEFAULT_GOAL := help

B ?= build
SUITES ?= ../shared/suites
SEED ?= 1

# toolchain first, host second (others use its library), then every other mk/*.mk by name: a new one needs no edit here.
MK_FIRST := mk/toolchain.mk mk/host.mk
include $(MK_FIRST) $(filter-out $(MK_FIRST),$(sort $(wildcard mk/*.mk)))

-include $(shell test -d $(B) && find $(B) -name '*.d')
