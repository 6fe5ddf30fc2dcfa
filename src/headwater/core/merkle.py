"""The Merkle tree of RFC 6962: one hash for a list, and proofs of what is in it and that it only grew.

Source: RFC 6962 section 2.1 (hash of a leaf is SHA-256 of 0x00 and the leaf, of a node SHA-256 of 0x01 and
its children; a list splits at the largest power of two below its length).
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def leaf_hash(leaf: bytes) -> bytes:
    """Return the hash of one leaf."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """Return the tree head of a list (32 bytes); of an empty list, SHA-256 of nothing.

    Pairs are hashed level by level, an odd last one rises as it is, which gives the same tree as the
    recursive definition in linear time.
    """
    return _head([leaf_hash(leaf) for leaf in leaves]) if leaves else hashlib.sha256(b"").digest()


def inclusion(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Return the audit path of one leaf, from the bottom up; empty for the only leaf of a list.

    Raises:
        IndexError: The list has no such leaf.
    """
    if not 0 <= index < len(leaves):
        raise IndexError(f"There is no leaf {index} in a list of {len(leaves)}.")
    level, path = [leaf_hash(leaf) for leaf in leaves], []
    while len(level) > 1:
        sibling = index ^ 1
        if sibling < len(level):
            path.append(level[sibling])
        level = _paired(level)
        index //= 2
    return path


def includes(leaf: bytes, index: int, size: int, path: Sequence[bytes], head: bytes) -> bool:
    """Return whether a path proves that the leaf is at `index` in the list of `size` with that tree head.

    Source: RFC 9162 section 2.1.3.2.
    """
    if not 0 <= index < size:
        return False
    place, last, value = index, size - 1, leaf_hash(leaf)
    for sibling in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            value = _node(sibling, value)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            value = _node(value, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and value == head


def consistency(leaves: Sequence[bytes], size: int) -> list[bytes]:
    """Return the proof that a list began with its first `size` leaves; empty when those are none or all of it.

    Source: RFC 6962 section 2.1.2.

    Raises:
        IndexError: The list is shorter than that.
    """
    if not 0 <= size <= len(leaves):
        raise IndexError(f"There are no first {size} leaves in a list of {len(leaves)}.")
    return _subproof([leaf_hash(leaf) for leaf in leaves], size, known=True) if size else []


def extends(size: int, head: bytes, larger: int, larger_head: bytes, proof: Sequence[bytes]) -> bool:
    """Return whether a proof shows that the list of `larger` leaves begins with the list of `size`.

    Source: RFC 9162 section 2.1.4.2; a list extends the empty one and itself without proof.
    """
    if size in (larger, 0):
        return not proof and head == (larger_head if size else root([]))
    path = [head, *proof] if size & (size - 1) == 0 else list(proof)
    if size > larger or not path:
        return False
    place, last = size - 1, larger - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old, new = _node(sibling, old), _node(sibling, new)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            new = _node(new, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and old == head and new == larger_head


def _subproof(hashes: list[bytes], size: int, *, known: bool) -> list[bytes]:
    """RFC 6962's SUBPROOF(m, D[n], b): `known` while the verifier has the head of what remains."""
    if size == len(hashes):
        return [] if known else [_head(hashes)]
    split = 1 << (len(hashes) - 1).bit_length() - 1
    if size <= split:
        return [*_subproof(hashes[:split], size, known=known), _head(hashes[split:])]
    return [*_subproof(hashes[split:], size - split, known=False), _head(hashes[:split])]


def _head(level: list[bytes]) -> bytes:
    while len(level) > 1:
        level = _paired(level)
    return level[0]


def _paired(level: list[bytes]) -> list[bytes]:
    pairs = [_node(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
    return pairs + level[len(level) & ~1 :]


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()
