"""Which reports tell of one happening, and what is new about it. Pure: values in, decisions with reasons out.

candidates ─► similarity ─► decide ─► fold (apply) ─► summary ─► compose elsewhere
                              └── change: what deserves telling

The theory, its numbers and where it is known to fail: `docs/events.md`.
"""
