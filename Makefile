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

include mk/toolchain.mk
include mk/host.mk
include mk/metal.mk
include mk/guest.mk
include mk/test.mk
include mk/lint.mk
include mk/help.mk

-include $(shell test -d $(B) && find $(B) -name '*.d')
