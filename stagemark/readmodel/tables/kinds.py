"""Which tables derive from which kind of neighbour."""

from __future__ import annotations

from types import ModuleType
from typing import Final

from stagemark.readmodel.tables import account, aftercare, collection, complaint

__all__ = ["KINDS"]

KINDS: Final[dict[str, ModuleType]] = {
    "account": account,
    "aftercare": aftercare,
    "collection": collection,
    "complaint": complaint,
}
"""Each has `TABLES` and `rows_of(key, state)`."""
