"""One suite over all chat adapters: what `bot.chat.adapter.Adapter` promises, on every platform.

To add a platform: write `<Name>Stage` in `tests/fakes/<name>.py` as `tests.fakes.stage.Stage` says (a fake that
speaks the platform's real protocol on 127.0.0.1, one private chat, one group, people who type) and add one
line to `STAGES`. Class attributes of the stage (`can`, `failures`) decide which tests it takes part in.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.fakes.stage import Stage

STAGES: list[type[Stage]] = []
"""One line for each platform."""


@pytest.fixture(params=STAGES, ids=lambda stage: stage.name)
async def stage(request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    running: Stage = request.param()
    await running.start()
    try:
        yield running
    finally:
        await running.stop()
