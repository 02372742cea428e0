# `make help`: every target that carries a `## comment` on its rule line.
.PHONY: help
help: ## this list
	@grep -hE '^[a-zA-Z][a-zA-Z0-9_-]*:.*## ' $(wildcard mk/*.mk) | sed -E 's/^([^:]*):.*## /\1\t/' | sort -u | \
	    while IFS=$$'\t' read -r name text; do printf '  %-21s %s\n' "$$name" "$$text"; done
	@printf '\n  %s\n' 'Variables: B=build  T=wasm/leb128  ONLY=u32_*  SEED=1  TENTH=1  PAYLOAD=x.wasm  SUITES=../shared/suites'
