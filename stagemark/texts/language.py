"""In which languages people are spoken to."""

from __future__ import annotations

from typing import Literal

__all__ = ["Language"]

Language = Literal["zh", "en"]
"""Chinese or English."""
