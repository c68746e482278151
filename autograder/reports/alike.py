"""Files of different students that are nearly the same, found without comparing every two.

Winnowing: a file is the set of its short runs of tokens, thinned so that two files with a long run in common always
keep one of its pieces. Names that a student chose are numbered within a run, so that renaming changes nothing; names
that were given out, and everything behind a dot, keep theirs. What was given out, and what a good part of the class
wrote alike, says nothing about two people and is left out. Source: Schleimer, Wilkerson and Aiken, "Winnowing: local
algorithms for document fingerprinting", SIGMOD 2003.

Then a join instead of pairs: two sets that share four fifths share one of the few rarest members of each (Bayardo, Ma
and Srikant, "Scaling up all pairs similarity search", WWW 2007). So an index of those is enough.
"""

from __future__ import annotations

import builtins
import io
import keyword
import tokenize
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from zlib import crc32

ALIKE = 0.8
"""Share of two files' fingerprints that both have, from which on they are listed."""
RUN_TOKENS = 12
"""About one statement. Shorter runs are everybody's Python; longer ones are broken by one changed word too often."""
WINDOW = 4
"""One in about two and a half runs is kept; a common stretch of 15 tokens always leaves a trace."""
FEWEST = 12
"""Fingerprints of a student's own below which a likeness is chance: some thirty tokens of code."""
COMMON_SHARE, COMMON_AT_LEAST = 0.25, 10
"""Written by more than a quarter of the class, and by more than ten: the way it is usually written."""
COMPARED_AT_MOST = 60
"""Files looked at for one fingerprint: a class in which hundreds hand in one solution stays linear. They are found
through each other, since a group is held together by any of its pairs."""

LAYOUT = frozenset({
    tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING,
    tokenize.ENDMARKER,
})  # fmt: skip


@dataclass(frozen=True)
class Group:
    """Students whose files hang together: each is near-identical to at least one of the others."""

    students: tuple[str, ...]
    least: float
    """Likeness of the loosest tie that holds the group together; 1.0 where all are equal but for names and layout."""
    same_text: bool
    """Equal but for comments and layout."""


@dataclass(frozen=True)
class Likeness:
    """What came of comparing a class's files of one name."""

    groups: tuple[Group, ...] = ()
    compared: int = 0
    too_little: tuple[str, ...] = ()
    """Students whose file has hardly anything of its own."""
    unreadable: tuple[str, ...] = ()
    """Whose file is not Python that can be split into tokens."""


def likeness(files: Mapping[str, str], released: str) -> Likeness:
    """`files`: student → text. `released`: the file as it was given out, "" when there was none."""
    given = _tokens(released) or []
    known = {word for word, is_name in given if is_name} | set(dir(builtins)) | set(keyword.kwlist)
    boilerplate = set(_runs(given, known))  # all of them, not only those that would be kept
    words: dict[str, list[str]] = {}
    prints: dict[str, frozenset[int]] = {}
    unreadable = []
    for student, text in files.items():
        tokens = _tokens(text)
        if tokens is None:
            unreadable.append(student)
            continue
        words[student] = [word for word, _ in tokens]
        prints[student] = frozenset(_winnowed(_runs(tokens, known))) - boilerplate
    counted = Counter(one for own in prints.values() for one in own)
    limit = max(COMMON_AT_LEAST, COMMON_SHARE * len(prints))
    common = {one for one, count in counted.items() if count > limit}
    own = {student: kept - common for student, kept in prints.items()}
    enough = {student: kept for student, kept in own.items() if len(kept) >= FEWEST}
    # Equal ones are gathered first: however many they are, they cost no comparison.
    whole: dict[tuple, list[str]] = defaultdict(list)
    for student, kept in prints.items():
        if len(kept) >= FEWEST:
            # Where all of it is what many wrote, only the very same words are news.
            whole[kept, None if student in enough else tuple(words[student])].append(student)
    ties = [(same[0], other, 1.0) for same in whole.values() for other in same[1:]]
    first = (same[0] for same in whole.values())
    ties += _near({student: enough[student] for student in first if student in enough}, counted)
    groups = [
        Group(tuple(sorted(members)), least, len({tuple(words[student]) for student in members}) == 1)
        for members, least in _joined(ties)
    ]
    tied = {student for group in groups for student in group.students}
    return Likeness(
        tuple(sorted(groups, key=lambda group: (-group.least, -len(group.students), group.students))),
        len(prints),
        tuple(student for student in prints if student not in enough and student not in tied),
        tuple(unreadable),
    )


def _tokens(text: str) -> list[tuple[str, bool]] | None:
    """(word, whether it is a name) without comments, layout and docstrings; None if it is not Python."""
    found: list[tuple[str, bool]] = []
    before, line_begins = "", True
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type in LAYOUT:
                line_begins = line_begins or token.type != tokenize.COMMENT
            elif token.type == tokenize.STRING and line_begins:
                continue  # a docstring, or a text that does nothing
            else:
                found.append((token.string, token.type == tokenize.NAME and before != "."))
                before, line_begins = token.string, False
    except (tokenize.TokenError, SyntaxError, ValueError):
        return None
    return found


def _runs(tokens: Sequence[tuple[str, bool]], known: set[str]) -> Iterator[int]:
    """The hash of each run; crc32, since `hash` of a string differs from process to process."""
    for start in range(len(tokens) - RUN_TOKENS + 1):
        numbers: dict[str, str] = {}
        run = [
            numbers.setdefault(word, f"\0{len(numbers)}") if is_name and word not in known else word
            for word, is_name in tokens[start : start + RUN_TOKENS]
        ]
        yield crc32("\1".join(run).encode("utf-8", "replace"))


def _winnowed(runs: Iterable[int]) -> Iterator[int]:
    """The least of each window; each once where it stays the least."""
    hashes = list(runs)
    for start in range(max(1, len(hashes) - WINDOW + 1)):
        if window := hashes[start : start + WINDOW]:
            yield min(window)


def _near(sets: Mapping[str, frozenset[int]], counted: Counter[int]) -> list[tuple[str, str, float]]:
    """Pairs with a Jaccard likeness of `ALIKE` or more, but no more of a group than hold it together."""
    index: dict[int, list[str]] = defaultdict(list)
    ties = []
    for student, own in sorted(sets.items(), key=lambda one: (len(one[1]), one[0])):
        rarest = sorted(own, key=lambda one: (counted[one], one))
        prefix = rarest[: len(own) - int(ALIKE * len(own) - 1e-9)]
        seen: set[str] = set()
        for one in prefix:
            for other in index[one][-COMPARED_AT_MOST:]:
                if other not in seen:
                    seen.add(other)
                    shared = len(own & sets[other])
                    alike = shared / (len(own) + len(sets[other]) - shared)
                    if alike >= ALIKE:
                        ties.append((other, student, alike))
            index[one].append(student)
    return ties


def _joined(ties: Iterable[tuple[str, str, float]]) -> list[tuple[list[str], float]]:
    """Groups of whoever is tied, strongest ties first, with the loosest tie that was needed."""
    group_of: dict[str, list[str]] = {}
    least: dict[int, float] = {}
    for one, other, alike in sorted(ties, key=itemgetter(2), reverse=True):
        a, b = group_of.setdefault(one, [one]), group_of.setdefault(other, [other])
        if a is b:
            continue
        if len(a) < len(b):
            a, b = b, a
        least[id(a)] = min(least.get(id(a), 1.0), least.get(id(b), 1.0), alike)
        a += b
        for member in b:
            group_of[member] = a
    return [(members, least[id(members)]) for members in {id(one): one for one in group_of.values()}.values()]
