"""How long ago somebody proved who is there, and the session PIN; in memory only."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading

from .clock import Clock
from .failures import not_ready

GOOD_MS = 10 * 60_000
TRIES = 3
_SHORTEST, _LONGEST = 4, 8


class Proof:
    """The last proof of presence, good for ten minutes of signing."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._at_ms: int | None = None
        self._salt = b""
        self._pin = b""
        self._left = 0
        self._lock = threading.Lock()

    def given(self) -> None:
        """Note that the passphrase was right just now."""
        with self._lock:
            self._at_ms = self._clock.now_ms()
            self._left = TRIES if self._pin else 0

    def forget(self) -> None:
        """Forget proof and PIN."""
        with self._lock:
            self._at_ms, self._pin, self._salt, self._left = None, b"", b"", 0

    @property
    def is_old(self) -> bool:
        """Whether it was too long ago; a clock that was set back counts as long ago."""
        at_ms = self._at_ms
        return at_ms is None or not 0 <= self._clock.now_ms() - at_ms < GOOD_MS

    @property
    def has_pin(self) -> bool:
        """Whether a PIN is set and not used up."""
        return bool(self._pin)

    def set_pin(self, pin: str) -> None:
        """Set a PIN of 4 to 8 digits; raises NotReady."""
        if not (_SHORTEST <= len(pin) <= _LONGEST and pin.isascii() and pin.isdigit()):
            raise not_ready("pin", f"A PIN has {_SHORTEST} to {_LONGEST} digits.")
        with self._lock:
            self._salt = secrets.token_bytes(16)
            self._pin = self._digest(pin)
            self._left = TRIES

    def check_pin(self, pin: str) -> int | None:
        """Return None for the right PIN, else how many tries are left; at 0 the PIN is forgotten."""
        with self._lock:
            if not self._pin:
                return 0
            if hmac.compare_digest(self._digest(pin), self._pin):
                self._left = TRIES
                self._at_ms = self._clock.now_ms()
                return None
            self._left -= 1
            if self._left <= 0:
                self._pin = b""
            return max(0, self._left)

    def _digest(self, pin: str) -> bytes:
        # Plain text would lie in memory dumps as typed; a slow hash gains nothing for a few digits.
        return hashlib.sha256(self._salt + pin.encode()).digest()
