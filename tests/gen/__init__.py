"""Seeded generator and mutator of WebAssembly modules: tests only, Python 3 standard library only.

A case is (seed, index): the same bytes on every machine and every Python 3. See tests/gen/README.md.
"""
from tests.gen.module import Case, generate
from tests.gen.mutate import mutate

__all__ = ["Case", "generate", "mutate"]
