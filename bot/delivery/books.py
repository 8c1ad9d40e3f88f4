"""What becomes of claims, written down: storage's compare-and-set statements, in commits that are shared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.chat.departures import end_chat
from bot.chat.place import ChatRef
from bot.clock import Clock
from bot.crypt import Keyring
from bot.delivery.claims import Claimed
from bot.delivery.commits import SharedCommits
from bot.errors import Closed
from bot.model import DeliveryClass, DeliveryState
from bot.storage import chats, deliveries
from bot.storage.deliveries import Sent
from bot.storage.engine import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """The claims of one holder. Each method returns when what it says is committed."""

    commits: SharedCommits
    keyring: Keyring
    clock: Clock
    holder: str

    async def begin(self, together: Sequence[Claimed]) -> bool:
        """A call is about to be made for these; whether it still may be."""
        return bool(await self.commits.begin([(one.event.id, one.chat.id) for one in together]))

    async def sent(self, accepted: Sequence[Sent], one: Claimed) -> None:
        """The platform took them; their message named the events of unknown fate that `one` knew of."""

        async def name(tx: Tx) -> None:
            await deliveries.named(tx, one.chat.id, one.unsure)

        await self.commits.sent(accepted)
        if one.unsure:
            await self.commits.write(name)

    async def put_back(
        self, one: Claimed, at: datetime, *, ambiguous: int | None = None, tried: bool = True
    ) -> None:
        """Owed again from `at` on; `ambiguous`: so many attempts of unknown fate by now."""
        doubtful = one.delivery.ambiguous if ambiguous is None else ambiguous

        async def write(tx: Tx) -> None:
            await deliveries.put_back(
                tx, one.event.id, one.chat.id, self.holder, not_before=at, ambiguous=doubtful, tried=tried
            )

        await self.commits.write(write)

    async def hold(self, one: Claimed, until: datetime, delivery_class: DeliveryClass) -> None:
        """Owed from then on, in this class; nothing was tried."""

        async def write(tx: Tx) -> None:
            await deliveries.put_back(
                tx, one.event.id, one.chat.id, self.holder, not_before=until, tried=False,
                ambiguous=one.delivery.ambiguous, delivery_class=delivery_class,
            )

        await self.commits.write(write)

    async def give_up(self, together: Sequence[Claimed], state: DeliveryState) -> None:
        """Not tried again."""

        async def write(tx: Tx) -> None:
            for one in together:
                await deliveries.give_up(
                    tx, one.event.id, one.chat.id, self.holder, state, shown=one.delivery.wanted
                )

        await self.commits.write(write)

    async def close(self, together: Sequence[Claimed], closed: Closed) -> None:
        """The platform takes nothing for the chat any more; where only a right is missing, what is owed
        waits.
        """
        chat, now = together[0].chat, self.clock.now()

        async def write(tx: Tx) -> None:
            await end_chat(tx, chat, closed, now)

        await self.commits.write(write)
        if closed is Closed.FORBIDDEN:
            for one in together:
                await self.put_back(one, now, tried=False)

    async def move(self, together: Sequence[Claimed], to: str) -> None:
        """The chat lives on under this id, and what is owed goes there."""
        chat, now = together[0].chat, self.clock.now()
        place = ChatRef(chat.place.platform, to, chat.place.thread)

        async def write(tx: Tx) -> None:
            await chats.move(tx, self.keyring, chat.id, place)

        await self.commits.write(write)
        for one in together:
            await self.put_back(one, now, tried=False)

