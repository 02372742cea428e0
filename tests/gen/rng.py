"""Numbers from (seed, index): SplitMix64, so that no change of Python's `random` moves a case."""

MASK = (1 << 64) - 1


def _mix(z):
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


class Rng:
    def __init__(self, seed, index=0):
        self.state = _mix((_mix(seed & MASK) + index * 0x9E3779B97F4A7C15 + 1) & MASK)

    def u64(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        return _mix(self.state)

    def below(self, n):
        """0 <= result < n."""
        return (self.u64() * n) >> 64

    def between(self, low, high):
        """low <= result <= high."""
        return low + self.below(high - low + 1)

    def chance(self, p):
        return self.u64() < p * 18446744073709551616.0

    def pick(self, items):
        return items[self.below(len(items))]

    def weighted(self, pairs):
        """One of [(weight, item), ...]; weights are non-negative integers, not all zero."""
        at = self.below(sum(w for w, _ in pairs))
        for weight, item in pairs:
            if at < weight:
                return item
            at -= weight
        raise AssertionError("weights changed under our feet")

    def bytes(self, n):
        return b"".join(self.u64().to_bytes(8, "little") for _ in range((n + 7) // 8))[:n]
