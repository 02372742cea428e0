"""Components in the text format with something changed, so that every mutant is well-formed and validation has to think:
names and identifiers of the same text take each other's places, words become others of their kind, definitions go, come
twice or move."""
import random
import re

TOKEN = re.compile(r'\(;.*?;\)|;;[^\n]*|"(?:[^"\\]|\\.)*"|[()]|[^\s()";]+', re.S)
LONGEST = 1500
KINDS = [
    ("own", "borrow"), ("import", "export"), ("export", "alias"), ("eq", "sub"), ("param", "result"), ("lift", "lower"),
    ("u8", "s8", "u32", "s32", "u64", "string", "char", "bool", "f32"), ("i32", "i64", "f32"), ("field", "case"),
    ("record", "tuple", "list", "option", "result", "variant", "enum", "flags"), ("func", "type", "instance", "component"),
    ("resource.new", "resource.drop", "resource.rep"), ("memory", "realloc", "post-return"),
]


def tokens(text):
    return [token for token in TOKEN.findall(text) if not token.startswith((";;", "(;"))]


def group_end(words, start):
    depth = 0
    for at in range(start, len(words)):
        depth += (words[at] == "(") - (words[at] == ")")
        if depth == 0:
            return at + 1
    return len(words)


def components(text):
    """The components of a .wat or .wast that are written out."""
    words, at = tokens(text), 0
    while at + 1 < len(words):
        if words[at] == "(" and words[at + 1] == "component":
            end = group_end(words, at)
            if not {"quote", "binary"} & set(words[at:at + 4]) and end - at < LONGEST:
                yield words[at:end]
            at = end
        else:
            at += 1


def swap(words, chance, is_one):
    places = [at for at, word in enumerate(words) if is_one(word)]
    if places:
        words[chance.choice(places)] = words[chance.choice(places)]


def change_word(words, chance):
    places = [(at, kind) for at, word in enumerate(words) for kind in KINDS if word in kind]
    if places:
        at, kind = chance.choice(places)
        words[at] = chance.choice(kind)


def change_group(words, chance):
    places = [at for at, word in enumerate(words) if word == "(" and at > 0]
    if not places:
        return
    start = chance.choice(places)
    end = group_end(words, start)
    kind = chance.randrange(3)
    if kind == 0:
        del words[start:end]
    elif kind == 1:
        words[end:end] = words[start:end]
    else:
        to = chance.choice(places)
        words[to:to] = words[start:end]


def mutant(seeds, seed, index):
    chance = random.Random("text:%d:%d" % (seed, index))
    words = list(chance.choice(seeds))
    for _ in range(chance.choice((1, 1, 2))):
        kind = chance.randrange(9)
        if kind < 4:
            swap(words, chance, lambda word: word.startswith("$"))
        elif kind == 4:
            swap(words, chance, lambda word: word.startswith('"'))
        elif kind == 5:
            change_word(words, chance)
        else:
            change_group(words, chance)
    return " ".join(words)
