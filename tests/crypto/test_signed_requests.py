"""RFC 9421, profile fieldapp-v1: what was not signed exactly so is refused (tests 24-28)."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.crypto import keys, requests

NOW = 1_790_000_000
HOST = "sync.example:8443"
IDENTITY = keys.Identity.from_bytes(bytes(range(32)))
OTHER = keys.Identity.from_bytes(bytes(32))
KNOWN = {"device-1": IDENTITY.public, "device-2": OTHER.public}
NONCE = "0123456789abcdef" * 2


@dataclass(frozen=True)
class Sent:
    """A request as the server receives it."""

    method: str = "POST"
    authority: str = HOST
    path: str = "/v1/sync"
    query: str = "a=1&b=%20"
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b'{"entries":[]}'

    def verify(self, now: int = NOW, **options: Any) -> requests.Verified:
        return requests.verify_request(
            self.method,
            self.authority,
            self.path,
            self.query,
            self.headers,
            self.body,
            public_for=KNOWN.get,
            now=now,
            **options,
        )

    def refused(self, now: int = NOW) -> str:
        with pytest.raises(requests.RequestRefused) as refused:
            self.verify(now)
        return refused.value.reason

    def with_header(self, name: str, value: str) -> Sent:
        return replace(self, headers={**self.headers, name: value})

    def without(self, name: str) -> Sent:
        return replace(self, headers={key: value for key, value in self.headers.items() if key != name})


def signed(created: int = NOW, nonce: str = NONCE, device: str = "device-1", **changes: Any) -> Sent:
    base = Sent(headers={"Content-Type": "application/json", "Content-Encoding": "zstd"})
    sent = replace(base, **changes)
    url = f"https://{sent.authority}{sent.path}" + (f"?{sent.query}" if sent.query else "")
    added = requests.sign_headers(
        IDENTITY, device, sent.method, url, sent.headers, sent.body, created=created, nonce=nonce
    )
    return replace(sent, headers={**sent.headers, **added})


def signed_by_hand(
    covered: list[str],
    parameters: str,
    sign: Callable[[bytes], bytes] = IDENTITY.private_key.sign,
    *,
    sent: Sent | None = None,
) -> Sent:
    """Sign any components with any parameters, as an attacker with a library of their own would."""
    sent = sent or Sent(headers={"content-type": "application/json"})
    digest = f"sha-256=:{base64.b64encode(hashlib.sha256(sent.body).digest()).decode()}:"
    sent = sent.with_header("content-digest", digest)
    values = {
        "@method": sent.method,
        "@authority": sent.authority,
        "@path": sent.path,
        "@query": f"?{sent.query}",
        **{name.lower(): value for name, value in sent.headers.items()},
    }
    listed = f"({' '.join(f'{chr(34)}{name}{chr(34)}' for name in covered)}){parameters}"
    lines = [*(f'"{name}": {values[name]}' for name in covered), f'"@signature-params": {listed}']
    signature = base64.b64encode(sign("\n".join(lines).encode())).decode()
    return sent.with_header("signature-input", f"fieldapp={listed}").with_header(
        "signature", f"fieldapp=:{signature}:"
    )


FULL = ["@method", "@authority", "@path", "@query", "content-type", "content-digest"]
GOOD = f';created={NOW};keyid="device-1";alg="ed25519";nonce="{NONCE}";tag="fieldapp-v1"'


def test_a_signed_request_is_accepted_and_says_who() -> None:
    assert signed().verify() == requests.Verified("device-1", NONCE, NOW)


def test_the_signature_is_plain_rfc_9421() -> None:
    """An independent construction of the signature base verifies, and is accepted."""
    assert signed_by_hand(FULL, GOOD).verify() == requests.Verified("device-1", NONCE, NOW)
    sent = signed(headers={"content-type": "application/json"})
    params = sent.headers["Signature-Input"].removeprefix("fieldapp=")
    base = (
        f'"@method": POST\n"@authority": {HOST}\n"@path": /v1/sync\n"@query": ?a=1&b=%20\n'
        f'"content-type": application/json\n"content-digest": {sent.headers["Content-Digest"]}\n'
        f'"@signature-params": {params}'
    )
    signature = base64.b64decode(sent.headers["Signature"].removeprefix("fieldapp=:").removesuffix(":"))
    Ed25519PublicKey.from_public_bytes(IDENTITY.public).verify(signature, base.encode())


def test_what_httpx_sends_is_what_was_signed() -> None:
    body = b"\x28\xb5\x2f\xfd" + bytes(500)
    request = httpx.Request(
        "POST",
        f"https://{HOST}/v1/sync",
        params={"q": "a b/ü"},
        headers={"Content-Type": "application/json", "Content-Encoding": "zstd"},
        content=body,
    )
    request.headers.update(
        requests.sign_headers(
            IDENTITY,
            "device-1",
            request.method,
            str(request.url),
            request.headers,
            body,
            created=NOW,
            nonce=NONCE,
        )
    )
    path, _, query = request.url.raw_path.decode().partition("?")
    seen = requests.verify_request(
        "POST", HOST, path, query, request.headers.multi_items(), body, public_for=KNOWN.get, now=NOW
    )
    assert seen.device == "device-1"


def test_a_get_without_body_or_query_is_signed_too() -> None:
    sent = signed(method="GET", query="", body=b"", headers={})
    assert sent.verify().device == "device-1"
    assert "Content-Digest" not in sent.headers
    assert '("@method" "@authority" "@path" "@query")' in sent.headers["Signature-Input"]
    assert replace(sent, query="all=1").refused() == "signature"


def test_nonces_are_16_random_bytes() -> None:
    first, second = requests.new_nonce(), requests.new_nonce()
    assert len(bytes.fromhex(first)) == 16
    assert first != second


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda sent: replace(sent, body=b'{"entries":[1]}'), "digest"),
        (lambda sent: replace(sent, body=b""), "digest"),
        (lambda sent: replace(sent, query="a=2&b=%20"), "signature"),
        (lambda sent: replace(sent, query=""), "signature"),
        (lambda sent: replace(sent, query="a=1&b= "), "malformed"),
        (lambda sent: replace(sent, path="/v1/enrol"), "signature"),
        (lambda sent: replace(sent, path="/v1/sync/"), "signature"),
        (lambda sent: replace(sent, method="PUT"), "signature"),
        (lambda sent: replace(sent, method="post"), "malformed"),
        (lambda sent: replace(sent, authority="evil.example:8443"), "signature"),
        (lambda sent: replace(sent, authority="sync.example"), "signature"),
        (lambda sent: sent.with_header("Content-Type", "text/plain"), "signature"),
        (lambda sent: sent.with_header("Content-Encoding", "gzip"), "signature"),
        (lambda sent: sent.without("Content-Type"), "malformed"),
        (lambda sent: sent.without("Content-Encoding"), "coverage"),
        (lambda sent: sent.without("Content-Digest"), "digest"),
        (lambda sent: sent.with_header("Content-Digest", requests.content_digest(b"other")), "digest"),
        (lambda sent: sent.without("Signature"), "malformed"),
        (lambda sent: sent.without("Signature-Input"), "malformed"),
        (lambda sent: sent.with_header("signature", sent.headers["Signature"]), "repeated field"),
        (lambda sent: sent.with_header("content-type", "application/json"), "repeated field"),
        (lambda sent: sent.with_header("content-digest", requests.content_digest(b"")), "repeated field"),
    ],
)
def test_any_change_is_refused(change: Callable[[Sent], Sent], reason: str) -> None:
    assert change(signed()).refused() == reason


def test_a_digest_swapped_together_with_the_body_breaks_the_signature() -> None:
    body = b'{"entries":[1]}'
    changed = replace(signed(), body=body).with_header("Content-Digest", requests.content_digest(body))
    assert changed.refused() == "signature"


def test_an_encoding_added_on_the_way_is_refused() -> None:
    plain = signed(headers={"Content-Type": "application/json"})
    assert plain.with_header("Content-Encoding", "zstd").refused() == "coverage"


@pytest.mark.parametrize("old", ["created=1790000000", 'nonce="0', 'keyid="device-1"'])
def test_a_changed_parameter_is_refused(old: str) -> None:
    new = {
        "created=1790000000": "created=1790000001",
        'nonce="0': 'nonce="1',
        'keyid="device-1"': 'keyid="device-2"',
    }
    sent = signed()
    inputs = sent.headers["Signature-Input"]
    assert old in inputs
    assert sent.with_header("Signature-Input", inputs.replace(old, new[old])).refused() == "signature"


def test_an_unknown_device_is_refused() -> None:
    assert signed(device="device-9").refused() == "unknown device"


def test_a_key_that_cannot_be_looked_up_now_is_no_refusal() -> None:
    """The library would take the failure for a wrong signature, and the laptop would be told that it is one."""

    def away(_: str) -> bytes | None:
        raise ConnectionError("the database is away")

    sent = signed()
    with pytest.raises(ConnectionError):
        requests.verify_request(
            sent.method,
            sent.authority,
            sent.path,
            sent.query,
            sent.headers,
            sent.body,
            public_for=away,
            now=NOW,
        )


def test_the_key_that_stands_in_for_unknown_devices_admits_nobody() -> None:
    """Its seed is public knowledge, so a good signature under it must not count."""
    seed = hashlib.sha256(b"fieldapp: stands in for an unknown device").digest()
    forged = signed_by_hand(
        FULL,
        GOOD.replace("device-1", "device-9"),
        keys.Identity.from_bytes(seed).private_key.sign,
    )
    assert forged.refused() == "unknown device"


def test_a_small_order_device_key_is_refused() -> None:
    sent = signed_by_hand(FULL, GOOD, lambda base: b"\1" + bytes(63))
    with pytest.raises(requests.RequestRefused) as refused:
        requests.verify_request(
            sent.method,
            sent.authority,
            sent.path,
            sent.query,
            sent.headers,
            sent.body,
            public_for=lambda device: b"\1" + bytes(31),
            now=NOW,
        )
    assert refused.value.reason == "bad key"


@pytest.mark.parametrize(
    ("covered", "parameters", "reason"),
    [
        (FULL[1:], GOOD, "coverage"),
        ([name for name in FULL if name != "@authority"], GOOD, "coverage"),
        ([name for name in FULL if name != "@path"], GOOD, "coverage"),
        ([name for name in FULL if name != "@query"], GOOD, "coverage"),
        ([name for name in FULL if name != "content-type"], GOOD, "coverage"),
        ([name for name in FULL if name != "content-digest"], GOOD, "coverage"),
        ([*FULL[1:], FULL[0]], GOOD, "coverage"),
        ([], GOOD, "coverage"),
        (FULL, GOOD.replace(f';nonce="{NONCE}"', ""), "parameters"),
        (FULL, GOOD.replace(f";created={NOW}", ""), "parameters"),
        (FULL, GOOD.replace(';keyid="device-1"', ""), "parameters"),
        (FULL, GOOD.replace(';alg="ed25519"', ""), "parameters"),
        (FULL, GOOD.replace(';tag="fieldapp-v1"', ""), "parameters"),
        (FULL, GOOD + f";expires={NOW + 60}", "parameters"),
        (FULL, GOOD + ";other=1", "parameters"),
        (FULL, GOOD.replace(NONCE, "short"), "parameters"),
        (FULL, GOOD.replace(NONCE, NONCE.upper()), "parameters"),
        (FULL, GOOD.replace("device-1", "device 1"), "parameters"),
        (FULL, GOOD.replace("fieldapp-v1", "fieldapp-v2"), "tag"),
        (FULL, GOOD.replace("ed25519", "hmac-sha256"), "algorithm"),
        (FULL, GOOD.replace("ed25519", "rsa-pss-sha512"), "algorithm"),
        (FULL, GOOD.replace(f"created={NOW}", f'created="{NOW}"'), "malformed"),
    ],
)
def test_a_good_signature_outside_the_profile_is_refused(
    covered: list[str], parameters: str, reason: str
) -> None:
    assert signed_by_hand(covered, parameters).refused() == reason


def test_an_hmac_with_the_public_key_as_secret_is_refused() -> None:
    def forge(base: bytes) -> bytes:
        return hmac.digest(IDENTITY.public, base, "sha512")

    assert signed_by_hand(FULL, GOOD, forge).refused() == "signature"
    assert signed_by_hand(FULL, GOOD.replace("ed25519", "hmac-sha256"), forge).refused() == "algorithm"


@pytest.mark.parametrize("second", ["extra", "fieldapp"])
def test_two_signatures_are_refused(second: str) -> None:
    sent = signed()
    inputs, signature = sent.headers["Signature-Input"], sent.headers["Signature"]
    doubled = sent.with_header(
        "Signature-Input", f"{inputs}, {inputs.replace('fieldapp=', f'{second}=', 1)}"
    ).with_header("Signature", f"{signature}, {signature.replace('fieldapp=', f'{second}=', 1)}")
    assert doubled.refused() == "malformed"


def test_a_second_signature_line_is_seen() -> None:
    sent = signed()
    lines = [*sent.headers.items(), ("Signature", sent.headers["Signature"])]
    with pytest.raises(requests.RequestRefused, match="administrator") as refused:
        requests.verify_request(
            sent.method, HOST, sent.path, sent.query, lines, sent.body, public_for=KNOWN.get, now=NOW
        )
    assert refused.value.reason == "repeated field"


@pytest.mark.parametrize(
    ("offset", "accepted"),
    [(-300, True), (-301, False), (-240, True), (300, True), (301, False), (-1200, False), (1200, False)],
)
def test_the_clock_may_be_five_minutes_off(offset: int, accepted: bool) -> None:
    sent = signed(created=NOW + offset)
    if accepted:
        assert sent.verify().created == NOW + offset
    else:
        assert sent.refused() == "time"


@pytest.mark.parametrize("created", [0, 1, 4_102_444_800])
def test_1970_and_2100_are_refused_for_time(created: int) -> None:
    assert signed(created=created).refused() == "time"


def test_only_an_authentic_request_learns_that_its_time_is_wrong() -> None:
    sent = signed(created=NOW - 9999)
    assert replace(sent, path="/v1/other").refused() == "signature"
    assert signed(created=NOW - 9999, device="device-9").refused() == "unknown device"


def test_a_replay_carries_the_same_nonce_for_the_caller_to_refuse() -> None:
    sent = signed(nonce=requests.new_nonce())
    assert sent.verify() == sent.verify(now=NOW + 299)
    assert sent.refused(NOW + 301) == "time"


def test_the_limits_can_be_narrowed() -> None:
    sent = signed(created=NOW - 61)
    with pytest.raises(requests.RequestRefused):
        sent.verify(max_age_s=60)
    with pytest.raises(requests.RequestRefused):
        signed(created=NOW + 11).verify(skew_s=10)


@pytest.mark.parametrize(
    "name", ["Host", "Forwarded", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-For"]
)
def test_forwarding_headers_have_no_effect(name: str) -> None:
    assert signed().with_header(name, "evil.example").verify().device == "device-1"
    elsewhere = signed(authority="evil.example")
    assert replace(elsewhere, authority=HOST).with_header(name, "evil.example").refused() == "signature"


def test_a_refusal_tells_the_user_nothing_but_what_to_do() -> None:
    with pytest.raises(requests.RequestRefused) as refused:
        signed(device="device-9").verify()
    assert "device-9" not in str(refused.value)
    assert "administrator" in str(refused.value)


@given(inputs=st.text(max_size=120), signature=st.text(max_size=120))
def test_any_header_text_is_refused_and_never_an_error(inputs: str, signature: str) -> None:
    sent = signed().with_header("Signature-Input", inputs).with_header("Signature", signature)
    assert sent.refused()


@given(st.integers(0, 400), st.characters(codec="latin-1"))
def test_any_character_changed_in_the_input_is_refused(at: int, letter: str) -> None:
    sent = signed()
    inputs = sent.headers["Signature-Input"]
    at %= len(inputs)
    changed = inputs[:at] + letter + inputs[at + 1 :]
    if changed != inputs:
        altered = sent.with_header("Signature-Input", changed)
        assert altered.refused()
