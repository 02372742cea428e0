"""Guest RAM, looked at from outside after the machine has ended: what is not zero, and whether it may be so.

The list of pages that may is residue.json; docs/residue.md is the prose. A page off the list, or a scrub page whose
bytes are not those of the published ELF, is residue.
"""
import json
import mmap
from dataclasses import dataclass, field
from pathlib import Path

from elf import Elf

PAGE = 4096
RULES = json.loads((Path(__file__).resolve().parent / "residue.json").read_text())


@dataclass
class Verdict:
    firmware: list = field(default_factory=list)  # pages of the machine's own firmware
    scrub: list = field(default_factory=list)  # the page of public scrub code
    residue: list = field(default_factory=list)  # (page, sentence, non-zero bytes)
    ram_bytes: int = 0

    @property
    def is_clean(self):
        return not self.residue

    @property
    def residue_bytes(self):
        return sum(count for _, _, count in self.residue)

    def __str__(self):
        head = (f"{self.ram_bytes >> 20} MiB scanned: {self.residue_bytes} bytes of residue, "
                f"{len(self.firmware)} firmware pages, {len(self.scrub)} scrub page")
        return "\n".join([head] + [f"  0x{page:x}: {sentence} ({count} bytes)" for page, sentence, count in self.residue[:20]])


def nonzero_pages(ram_path):
    """[(physical address, bytes)]. RAM of our machines starts at file offset 0 and ends below 3 GiB."""
    zero_run, zero_page = bytes(256 * PAGE), bytes(PAGE)
    pages = []
    with open(ram_path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as ram:
        for start in range(0, len(ram), len(zero_run)):
            run = ram[start:start + len(zero_run)]
            if run == zero_run[:len(run)]:
                continue
            for at in range(0, len(run), PAGE):
                if run[at:at + PAGE] != zero_page[:len(run) - at]:
                    pages.append((start + at, run[at:at + PAGE]))
    return pages, Path(ram_path).stat().st_size


def is_firmware(machine, page):
    return any(int(first, 16) <= page <= int(last, 16) for first, last in RULES["machines"][machine]["firmware"])


def judge(ram_path, machine, image):
    """Verdict on the RAM file of `machine` after a run of `image`."""
    elf = Elf(Path(image))
    scrub = elf.scrub_page()
    published = elf.physical(scrub, PAGE)
    pages, size = nonzero_pages(ram_path)
    verdict = Verdict(ram_bytes=size)
    for page, content in pages:
        if page == scrub and content == published:
            verdict.scrub.append(page)
        elif page == scrub:
            different = sum(a != b for a, b in zip(content, published))
            verdict.residue.append((page, "scrub page is not the published one", different))
        elif is_firmware(machine, page):
            verdict.firmware.append(page)
        else:
            verdict.residue.append((page, "not on the list", PAGE - content.count(0)))
    return verdict


def firmware_differences(ram_path, machine, reference_path):
    """[(page, bytes that differ, bytes that may)] of firmware pages, against a run of the firmware alone."""
    ours, _ = nonzero_pages(ram_path)
    theirs, _ = nonzero_pages(reference_path)
    ours, theirs, zero = dict(ours), dict(theirs), bytes(PAGE)
    varies = {int(page, 16): count for page, count in RULES["machines"][machine]["varies"].items()}
    rows = []
    for page in sorted(page for page in ours.keys() | theirs.keys() if is_firmware(machine, page)):
        count = sum(a != b for a, b in zip(ours.get(page, zero), theirs.get(page, zero)))
        if count:
            rows.append((page, count, varies.get(page, 0)))
    return rows


def count_pattern(ram_path, pattern):
    """How often a run of bytes stands in RAM."""
    count = at = 0
    with open(ram_path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as ram:
        while (at := ram.find(pattern, at)) >= 0:
            count, at = count + 1, at + 1
    return count
