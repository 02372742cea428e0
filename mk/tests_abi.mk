# Vectors of the canonical ABI, made by the reference definitions (tests/abi_vectors) and replayed by our lifting and
# lowering. definitions.py is data from outside, and is not fetched: DEFINITIONS= says where it is.
DEFINITIONS ?= $(PEERS)/component-model/design/mvp/canonical-abi/definitions.py
ABI_VECTORS = PYTHONDONTWRITEBYTECODE=1 $(PYTHON) -m tests.abi_vectors $(DEFINITIONS) --seed $(SEED)
.PHONY: abi-vectors abi-corpus full-abi-vectors
abi-vectors: $(B)/san/tests/component/test_abi_vectors ## N vectors of the canonical ABI; DEFINITIONS=definitions.py N=10000 SEED=1
	@$(ABI_VECTORS) --count $(if $(filter command%,$(origin N)),$(N),10000) --out $(B)/abi/vectors.bin
	@ABI_VECTORS=$(B)/abi/vectors.bin $(B)/san/tests/component/test_abi_vectors

abi-corpus: ## writes tests/corpus/abi/vectors.bin anew; DEFINITIONS=definitions.py
	@$(ABI_VECTORS) --count 5000 --longest 180 --out tests/corpus/abi/vectors.bin

FULL_TARGETS += full-abi-vectors
full-abi-vectors: ## abi-vectors as a campaign, where the definitions are; SEED=1 TENTH=1
	@if test -f $(DEFINITIONS); \
	then $(MAKE) --no-print-directory abi-vectors N=$(if $(TENTH),5000,20000); \
	else echo "full-abi-vectors: skipped, there is no $(DEFINITIONS): tests/abi_vectors/README.md says how to get it"; \
	     echo "0 passed, 0 failed, 1 skipped"; fi
