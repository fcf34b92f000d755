"""The roles of clinical.md 1.3, and the groups that its table speaks of."""

from __future__ import annotations

FIELD = frozenset({"tech", "peer", "casemgr", "clinician", "prescriber", "medasst"})
"""Roles that see clients."""
CLINICAL = FIELD | {"supervisor"}
""""All clinical" of the table: a supervisor who goes on a visit logs it like everybody else."""
REVIEWERS = frozenset({"supervisor", "manager"})
"""Who co-signs and sends back."""
READERS = CLINICAL | {"manager", "records"}
"""Who reads records of clients at all; not the biller, not the system administrator."""
AUTHORITY = "authority"
"""The organisation's own key: it attests the first `org` entries and every certificate (sync.md 2)."""
ROLES = READERS | {"biller", "sysadmin", AUTHORITY}
"""Every role that the app knows; any other is denied everything."""
