"""Comparison of our engine with another one, module by module. Needs `make setup-peers`."""
