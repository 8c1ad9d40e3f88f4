"""Bytes, politely: one request at a time for a host, only to public addresses, never more than was agreed."""

from __future__ import annotations
