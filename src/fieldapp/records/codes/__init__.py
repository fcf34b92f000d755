"""Service codes: rules from minutes to units, tables of codes, and the public HCPCS Level II table in our words."""

from __future__ import annotations

from .hcpcs import BUILT_IN
from .table import CodeRow, Table

KNOWN_TABLES = {table.hash: table for table in (BUILT_IN,)}
"""Public tables that shipped with any version, by hash. A changed table is a new version beside the old one."""

__all__ = ["BUILT_IN", "KNOWN_TABLES", "CodeRow", "Table"]
