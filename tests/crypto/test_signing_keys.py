"""Ed25519 identities: domains, key checks, nothing secret in a repr."""

from __future__ import annotations

import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.crypto import keys

P = 2**255 - 19
SMALL_ORDER = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
]
"""All eight points of small order, in RFC 8032 encoding."""

PUBLIC_RFC8032 = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
SEED_RFC8032 = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")


def test_the_key_of_rfc_8032_comes_from_its_seed() -> None:
    identity = keys.Identity.from_bytes(SEED_RFC8032)
    assert identity.public == PUBLIC_RFC8032
    assert identity.seed == SEED_RFC8032


def test_signed_bytes_are_prefix_domain_and_data() -> None:
    identity = keys.Identity.generate()
    signature = identity.sign("entry", b"data")
    Ed25519PublicKey.from_public_bytes(identity.public).verify(
        signature, b"fieldapp-sig-v1\0" + b"entry\0" + b"data"
    )
    assert len(signature) == 64


@pytest.mark.parametrize("other", sorted(keys.DOMAINS - {"entry"}))
def test_a_signature_counts_in_its_own_domain_only(other: str) -> None:
    identity = keys.Identity.generate()
    signature = identity.sign("entry", b"data")
    assert keys.verify(identity.public, "entry", b"data", signature)
    assert not keys.verify(identity.public, other, b"data", signature)


def test_an_unknown_domain_is_never_signed_and_never_verifies() -> None:
    identity = keys.Identity.generate()
    with pytest.raises(ValueError, match="domain"):
        identity.sign("entry\0", b"data")
    raw = identity.private_key.sign(keys.DOMAIN + b"other\0data")
    assert not keys.verify(identity.public, "other", b"data", raw)


def test_another_key_other_data_or_a_changed_signature_do_not_verify() -> None:
    identity, other = keys.Identity.generate(), keys.Identity.generate()
    signature = identity.sign("entry", b"data")
    changed = bytes([signature[0] ^ 1]) + signature[1:]
    assert not keys.verify(other.public, "entry", b"data", signature)
    assert not keys.verify(identity.public, "entry", b"datum", signature)
    assert not keys.verify(identity.public, "entry", b"data", changed)


@given(public=st.binary(max_size=40), signature=st.binary(max_size=70), domain=st.text(max_size=8))
def test_verify_answers_whatever_it_is_given(public: bytes, signature: bytes, domain: str) -> None:
    assert keys.verify(public, domain, b"data", signature) is False
    assert keys.verify(PUBLIC_RFC8032, "entry", b"data", signature) is False


@pytest.mark.parametrize("encoded", SMALL_ORDER)
def test_small_order_keys_are_refused_everywhere(encoded: str) -> None:
    public = bytes.fromhex(encoded)
    with pytest.raises(keys.BadKey):
        keys.check_public_key(public)
    with pytest.raises(keys.BadKey):
        keys.VerifyingKey(public)
    forged = bytes.fromhex(SMALL_ORDER[0]) + bytes(32)
    assert not any(keys.verify(public, "entry", bytes([n]), forged) for n in range(32))


def test_the_library_alone_would_accept_a_forgery_under_a_small_order_key() -> None:
    public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(SMALL_ORDER[0]))
    public.verify(bytes.fromhex(SMALL_ORDER[0]) + bytes(32), b"any message")


@pytest.mark.parametrize(
    "public",
    [
        b"",
        PUBLIC_RFC8032[:31],
        PUBLIC_RFC8032 + b"\0",
        (2).to_bytes(32, "little"),
        (P + 3).to_bytes(32, "little"),
        (P + 1).to_bytes(32, "little"),
        b"\xff" * 32,
        bytes.fromhex(SMALL_ORDER[0])[:31] + b"\x80",
    ],
    ids=["empty", "short", "long", "no point", "y >= p", "identity as p+1", "all ones", "x=0 with sign"],
)
def test_what_is_not_a_canonical_point_is_refused(public: bytes) -> None:
    with pytest.raises(keys.BadKey):
        keys.check_public_key(public)


def test_a_good_y_written_past_p_is_refused() -> None:
    """3 encodes a point, p + 3 would be the same one: two names for one key."""
    keys.check_public_key((3).to_bytes(32, "little"))


@given(st.binary(min_size=32, max_size=32))
def test_every_generated_key_is_accepted(seed: bytes) -> None:
    keys.check_public_key(keys.Identity.from_bytes(seed).public)


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_a_seed_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(keys.BadKey):
        keys.Identity.from_bytes(bytes(length))


def test_a_repr_shows_no_secret() -> None:
    identity = keys.Identity.from_bytes(SEED_RFC8032)
    shown = repr(identity) + str(identity)
    assert SEED_RFC8032.hex() not in shown
    assert repr(SEED_RFC8032) not in shown
    assert "hidden" in shown


def test_fingerprint_and_organisation_id_are_sha256() -> None:
    assert keys.fingerprint(PUBLIC_RFC8032) == hashlib.sha256(PUBLIC_RFC8032).hexdigest()
    assert keys.org_id(PUBLIC_RFC8032) == keys.fingerprint(PUBLIC_RFC8032)
