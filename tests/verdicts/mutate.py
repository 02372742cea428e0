"""Components with something changed: a mutant is a function of (seeds, seed, index).

A component is read as a tree of sections, so that a change in a nested component keeps every length around it right and
is not lost at the first one."""
import random

HEADER = b"\0asm\x0d\0\x01\0"
COMPONENT = 4
TELLING = [0, 1, 2, 3, 4, 5, 6, 7, 0x10, 0x11, 0x12, 0x3F, 0x40, 0x41, 0x42, 0x50, 0x60] + list(range(0x63, 0x80)) + [0x80, 0xFF]


def leb(number):
    out = bytearray()
    while True:
        out.append(number & 0x7F | (0x80 if number > 0x7F else 0))
        number >>= 7
        if not number:
            return bytes(out)


def unleb(data, at):
    number = shift = 0
    while True:
        number |= (data[at] & 0x7F) << shift
        shift += 7
        at += 1
        if data[at - 1] < 0x80:
            return number, at


def read(data):
    """[[id, bytes or a tree]]"""
    at, tree = len(HEADER), []
    while at < len(data):
        section = data[at]
        size, at = unleb(data, at + 1)
        content = data[at:at + size]
        tree.append([section, read(content) if section == COMPONENT else bytearray(content)])
        at += size
    return tree


def write(tree):
    out = bytearray(HEADER)
    for section, content in tree:
        content = write(content) if isinstance(content, list) else bytes(content)
        out += bytes([section]) + leb(len(content)) + content
    return bytes(out)


def copy(tree):
    return [[section, copy(content) if isinstance(content, list) else bytearray(content)] for section, content in tree]


def leaves(tree):
    """Sections that are no components; custom sections and core modules count as one each, however long."""
    for entry in tree:
        if isinstance(entry[1], list):
            yield from leaves(entry[1])
        elif entry[0] > 1 and entry[1]:
            yield entry


def trees(tree):
    yield tree
    for entry in tree:
        if isinstance(entry[1], list):
            yield from trees(entry[1])


def change_bytes(tree, chance):
    found = list(leaves(tree))
    if not found:
        return
    content = chance.choice(found)[1]
    at = chance.randrange(len(content))
    kind = chance.randrange(8)
    if kind < 3:
        content[at] = chance.choice(TELLING)
    elif kind == 3:
        content[at] = max(0, min(255, content[at] + chance.choice((-2, -1, 1, 2))))
    elif kind == 4:
        content[at] = content[chance.randrange(len(content))]
    elif kind == 5:
        content.insert(at, chance.choice(TELLING))
    elif kind == 6:
        del content[at]
    else:
        end = min(len(content), at + chance.randrange(1, 8))
        content[at:at] = content[at:end]


def change_sections(tree, chance):
    level = chance.choice(list(trees(tree)))
    if not level:
        return
    at = chance.randrange(len(level))
    kind = chance.randrange(4)
    if kind == 0:
        del level[at]
    elif kind == 1:
        level.insert(chance.randrange(len(level) + 1), copy([level[at]])[0])
    elif kind == 2:
        other = chance.randrange(len(level))
        level[at], level[other] = level[other], level[at]
    else:
        level[at][0] = chance.randrange(13) if not isinstance(level[at][1], list) else COMPONENT


def mutant(seeds, seed, index):
    chance = random.Random("%d:%d" % (seed, index))
    tree = copy(chance.choice(seeds))
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        (change_sections if chance.randrange(6) == 0 else change_bytes)(tree, chance)
    return write(tree)
