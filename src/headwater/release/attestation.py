"""Attestation: an in-toto statement about a manifest in a DSSE envelope, one Ed25519 signature per approver.

Source: in-toto Statement v1; DSSE v1 (pre-authentication encoding). Each signature carries its public key
as an extension (`publickey`), so that a release verifies without any server; whether that key is one to
trust is for the reader to decide.
"""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from headwater.core.canonical import canonical_json
from headwater.core.errors import VerificationError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PAYLOAD_TYPE = "application/vnd.in-toto+json"
PREDICATE_TYPE = "https://headwater.dev/attestation/release/v1"


def statement(manifest_digest: str, predicate: Mapping[str, object]) -> bytes:
    """Return the canonical in-toto statement whose subject is the manifest.

    Args:
        manifest_digest: `sha256:…` of `manifest.json`.
        predicate: What is said about it: dataset, version, approvals.
    """
    return canonical_json(
        {
            "_type": "https://in-toto.io/Statement/v1",
            "subject": [{"name": "manifest.json", "digest": {"sha256": manifest_digest.removeprefix("sha256:")}}],
            "predicateType": PREDICATE_TYPE,
            "predicate": predicate,
        }
    )


def sign(payload: bytes, *, public_key: bytes, signer: Callable[[bytes], bytes]) -> bytes:
    """Return the canonical DSSE envelope of a statement.

    Args:
        payload: The statement.
        public_key: Raw 32 bytes of the Ed25519 key.
        signer: Signs bytes with its private half.
    """
    return canonical_json(
        {
            "payload": _encode(payload),
            "payloadType": PAYLOAD_TYPE,
            "signatures": [
                {
                    "keyid": hashlib.sha256(public_key).hexdigest(),
                    "publickey": _encode(public_key),
                    "sig": _encode(signer(_preauthentication(payload))),
                }
            ],
        }
    )


def check(envelope: bytes) -> dict[str, Any]:
    """Return the statement of an envelope whose every byte holds.

    Raises:
        VerificationError: It is not canonical, carries no signature, or a signature does not hold.
    """
    try:
        document = json.loads(envelope)
        payload = base64.b64decode(document["payload"], validate=True)
        signatures = [
            (
                item["keyid"],
                base64.b64decode(item["publickey"], validate=True),
                base64.b64decode(item["sig"], validate=True),
            )
            for item in document["signatures"]
        ]
        statement_ = json.loads(payload)
        exact = canonical_json(document) == envelope and _encode(payload) == document["payload"]
    except (ValueError, KeyError, TypeError) as error:
        raise VerificationError("The attestation is not a DSSE envelope.") from error
    if not exact or document["payloadType"] != PAYLOAD_TYPE or not signatures:
        raise VerificationError("The attestation is not in its canonical form, or is not signed.")
    for keyid, public_key, signature in signatures:
        if hashlib.sha256(public_key).hexdigest() != keyid:
            raise VerificationError(f"The key of signature {keyid[:12]}… does not match its id.")
        try:
            Ed25519PublicKey.from_public_bytes(public_key).verify(signature, _preauthentication(payload))
        except (InvalidSignature, ValueError) as error:
            raise VerificationError(f"The signature of key {keyid[:12]}… does not hold.") from error
    if not isinstance(statement_, dict):
        raise VerificationError("The attestation holds no statement.")
    return statement_


def _preauthentication(payload: bytes) -> bytes:
    kind = PAYLOAD_TYPE.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def _encode(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
