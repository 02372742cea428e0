"""Every group of cases."""
from tests.hostile import control, decoder, limits, memories, running, start, typed, validator, vectors

MODULES = (decoder, validator, start, running, typed, control, vectors, memories)
GROUPS = [group for module in MODULES for group in module.GROUPS]
BIG = limits.GROUPS
