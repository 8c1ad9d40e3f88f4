"""What can be read, one module a kind. Each exports KIND, a `bot.sources.kind.SourceKind`."""

from __future__ import annotations
