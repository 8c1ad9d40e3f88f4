"""Vestka tells people, once and at once, of releases of political prisoners and of sanctions in Belarus."""

__version__ = "0.1.0"
