"""aether image-hash: the hash of what is loaded, and hostile ELF files that can only fail."""
import hashlib
import random

import pytest
from support import BUNDLE_FLAG, RODATA, TEXT, aether, aether_json, an_image, elf


@pytest.fixture(name="image")
def a_path(tmp_path):
    return tmp_path / "image.elf"


def put(path, content):
    path.write_bytes(content)
    return path


def test_it_is_the_hash_of_text_and_constants_as_loaded(image):
    content, wanted = an_image()

    text, _ = aether("image-hash", put(image, content))
    said = aether_json("image-hash", image)

    assert text == wanted + "\n"
    assert said == {"image_hash": wanted, "start": 0x100000, "end": 0x103000}


def test_data_and_bundle_do_not_matter(image):
    content, wanted = an_image()
    other = elf([(5, 0x100000, TEXT, 5000), (4, 0x102000, RODATA, len(RODATA)), (4 | BUNDLE_FLAG, 0x900000, b"another one", 11)])
    assert other != content

    assert aether("image-hash", put(image, other))[0].strip() == wanted


def test_every_byte_of_text_and_constants_matters(image):
    content, wanted = an_image()
    for needle in (TEXT[:50], RODATA):
        changed = bytearray(content)
        changed[content.index(needle)] ^= 1
        assert aether("image-hash", put(image, bytes(changed)))[0].strip() != wanted


def test_zeros_behind_the_file_are_part_of_it(image):
    said = aether_json("image-hash", put(image, elf([(5, 0x100000, b"code", 0x1801)])))

    assert said["image_hash"] == hashlib.sha256(b"code".ljust(0x2000, b"\0")).hexdigest()
    assert said["end"] == 0x102000


@pytest.mark.parametrize("segments,text", [
    ([(5, 0x100010, b"x", 1)], "does not start on a page"),
    ([(5, 0x100000, b"x", 1), (4, 0x102000, b"y", 1)], "a gap or an overlap"),
    ([(5, 0x100000, b"x", 1), (4, 0x100000, b"y", 1)], "a gap or an overlap"),
    ([(5, 0x100000, b"xx", 1)], "longer than its memory"),
    ([(5, 0x100000, b"x", 1 << 40)], "over 64 MiB"),
    ([(5, 0xFFFFFFFFFFFFF000, b"x", 1)], None),
    ([(6, 0x100000, b"x", 1)], "no segment is executable"),
    ([(5, 0x1000 * i, b"x", 1) for i in range(33)], "more than 32 segments"),
])
def test_a_layout_that_the_kernel_would_hash_otherwise_is_refused(image, segments, text):
    path = put(image, elf(segments))
    if text is None:
        segments.append((4, 0, b"y", 1))
        _, errors = aether("image-hash", put(image, elf(segments)), code=1)
        return
    _, errors = aether("image-hash", path, code=1)
    assert text in errors


def test_a_cut_file_is_refused(image):
    content, _ = an_image()
    for length in (0, 1, 4, 63, 64, 100, 64 + 56 * 4 - 1, len(content) // 2):
        aether("image-hash", put(image, content[:length]), code=1)


def test_damaged_headers_never_crash(image):
    content, _ = an_image()
    chance = random.Random(6)
    for _ in range(150):
        changed = bytearray(content[:400] + content[-400:])
        for _ in range(chance.randint(1, 4)):
            changed[chance.randrange(64 + 56 * 4)] = chance.choice((0, 1, 0x7F, 0x80, 0xFF, chance.randrange(256)))
        path = put(image, bytes(changed))
        try:
            aether("image-hash", path, code=1)
        except AssertionError as error:
            assert str(error).startswith("exit 0"), str(error)


def test_wrong_calls_are_usage(image):
    aether("image-hash", code=2)
    aether("image-hash", "a", "b", code=2)
    aether("image-hash", image, code=3)
