from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headwater.core import merkle

# Tree heads of the test vectors that accompany RFC 6962, for lists of 0 to 8 leaves.
LEAVES = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)


def test_tree_heads_equal_the_published_ones() -> None:
    assert [merkle.root(LEAVES[:n]).hex() for n in range(9)] == list(ROOTS)


def test_an_empty_list_has_the_hash_of_nothing() -> None:
    assert merkle.root([]) == hashlib.sha256(b"").digest()


@given(st.lists(st.binary(max_size=4), min_size=1, max_size=40), st.data())
def test_every_leaf_can_be_proven_and_no_other(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    head, path = merkle.root(leaves), merkle.inclusion(leaves, index)
    assert merkle.includes(leaves[index], index, len(leaves), path, head)
    assert not merkle.includes(leaves[index] + b"x", index, len(leaves), path, head)
    assert not merkle.includes(leaves[index], index, len(leaves), [*path, head], head)


def test_audit_paths_equal_the_published_ones() -> None:
    # Audit paths of the same test vectors: (leaf, size) → path.
    assert merkle.inclusion(LEAVES[:1], 0) == []
    assert [node.hex() for node in merkle.inclusion(LEAVES, 0)] == [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]
    assert [node.hex() for node in merkle.inclusion(LEAVES[:3], 2)] == [ROOTS[2]]


def test_consistency_proofs_equal_the_published_ones() -> None:
    assert merkle.consistency(LEAVES[:1], 1) == []
    assert [node.hex() for node in merkle.consistency(LEAVES, 1)] == [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]
    assert [node.hex() for node in merkle.consistency(LEAVES, 6)] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


def test_a_leaf_or_a_size_beyond_the_list_has_no_proof() -> None:
    with pytest.raises(IndexError, match="no leaf 8 in a list of 8"):
        merkle.inclusion(LEAVES, 8)
    with pytest.raises(IndexError, match="no first 9 leaves in a list of 8"):
        merkle.consistency(LEAVES, 9)


@given(st.lists(st.binary(max_size=3), max_size=40), st.data())
def test_a_list_is_proven_to_extend_its_own_beginning_and_no_other(leaves: list[bytes], data: st.DataObject) -> None:
    size = data.draw(st.integers(0, len(leaves)))
    old, new = merkle.root(leaves[:size]), merkle.root(leaves)
    proof = merkle.consistency(leaves, size)
    assert merkle.extends(size, old, len(leaves), new, proof)
    assert not merkle.extends(size, old, len(leaves), new, [*proof, new])
    if proof:
        assert not merkle.extends(size, old, len(leaves), new, proof[:-1])
        other = [leaves[0] + b"x", *leaves[1:size]]
        assert not merkle.extends(size, merkle.root(other), len(leaves), new, proof)
    assert not merkle.extends(len(leaves) + 1, old, len(leaves), new, proof)
