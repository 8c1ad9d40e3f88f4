"""One interaction: somebody used a command or pressed a button, and is answered.

Discord wants an answer or a deferral within 3 seconds and takes further answers for 15 minutes. A deferral
must choose who sees the answer before there is one, so in a server it is hidden: a late answer is seen by the
person who asked, and by nobody else. A pressed button is deferred without a sign and leaves the choice open.
(discord.com/developers/docs/interactions/receiving-and-responding)
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from enum import Enum, auto
from typing import Any

import discord
from discord.http import Route

from adapters.discord.payload import Body, bodies, edited
from adapters.discord.wire import Wire
from bot.chat.command import Heard, Reply
from bot.chat.message import Message, Receipt
from bot.chat.place import ChatKind, ChatRef
from bot.clock import Clock
from bot.errors import SendError

log = logging.getLogger(__name__)

DEFER_AFTER = 2.0         # seconds; a third of Discord's 3 is left for the way there

_ANSWER, _DEFERRED_ANSWER, _DEFERRED_UPDATE = 4, 5, 6
_HIDDEN = discord.MessageFlags(ephemeral=True).value


class _State(Enum):
    FRESH = auto()        # Discord still waits for the first sign
    THINKING = auto()     # deferred: the next answer takes the place of "… is thinking"
    OPEN = auto()         # answers follow as messages of their own


class Conversation:
    """Answers one interaction. `reply` is the `bot.chat.command.Reply` of its Heard."""

    def __init__(self, wire: Wire, interaction: discord.Interaction[Any]) -> None:
        self._wire = wire
        self._keys: dict[str, Any] = {
            "webhook_id": interaction.application_id, "webhook_token": interaction.token,
        }
        self._id = interaction.id
        self._pressed = interaction.type is discord.InteractionType.component
        self._in_server = interaction.guild_id is not None
        self._state = _State.FRESH
        self._turn = asyncio.Lock()
        self.answered = asyncio.Event()

    async def reply(self, message: Message, *, only_sender: bool = False) -> Receipt | None:
        """Answer in as many messages as it takes; no receipt for what is hidden. Raises SendError."""
        ids: list[str] = []
        async with self._turn:
            for body in bodies(message, hidden=only_sender):
                hidden = only_sender or (self._state is _State.THINKING and self._in_server)
                self.answered.set()
                answer = await self._say(body)
                ids += [] if hidden else [str(answer["id"])]
        return Receipt(tuple(ids)) if ids else None

    async def defer(self) -> None:
        """Tell Discord that the answer comes later, unless it is there already. Raises SendError."""
        async with self._turn:
            if self._state is not _State.FRESH:
                return
            if self._pressed:
                await self._call_back({"type": _DEFERRED_UPDATE})
                self._state = _State.OPEN
            else:
                await self._call_back({"type": _DEFERRED_ANSWER,
                                       "data": {"flags": _HIDDEN if self._in_server else 0}})
                self._state = _State.THINKING

    async def finish(self) -> None:
        """What was never answered must not think for ever. Raises SendError."""
        async with self._turn:
            if self._state is _State.THINKING:
                self._state = _State.OPEN
                await self._wire.request(self._route("DELETE", "/messages/@original"))

    async def _say(self, body: Body) -> Any:
        match self._state:
            case _State.FRESH:
                self._state = _State.OPEN     # also when it fails: Discord takes no second first answer
                answer = await self._call_back_with(body.within(type=_ANSWER, data=None))
                return answer["resource"]["message"]
            case _State.THINKING:
                self._state = _State.OPEN
                route = self._route("PATCH", "/messages/@original")
                return await self._wire.request(route, **edited(body).request())
            case _State.OPEN:
                return await self._wire.request(
                    self._route("POST", ""), params={"wait": "true"}, patient=True, **body.request()
                )

    async def _call_back(self, answer: dict[str, Any]) -> None:
        await self._wire.request(self._callback(), json=answer)

    async def _call_back_with(self, body: Body) -> Any:
        return await self._wire.request(self._callback(), params={"with_response": "true"}, **body.request())

    def _callback(self) -> Route:
        return Route("POST", "/interactions/{interaction_id}/{webhook_token}/callback",
                     interaction_id=self._id, webhook_token=self._keys["webhook_token"])

    def _route(self, method: str, rest: str) -> Route:
        return Route(method, "/webhooks/{webhook_id}/{webhook_token}" + rest, **self._keys)


async def attend(conversation: Conversation, hearing: asyncio.Future[None], clock: Clock) -> None:
    """Keep Discord's deadline while `hearing` answers."""
    answered = asyncio.create_task(conversation.answered.wait())
    deadline = asyncio.create_task(clock.sleep(DEFER_AFTER))
    try:
        await asyncio.wait({answered, deadline}, return_when=asyncio.FIRST_COMPLETED)
        if not answered.done():
            await _quietly(conversation.defer)
        await hearing
        await _quietly(conversation.finish)
    finally:
        for task in (hearing, answered, deadline):
            task.cancel()


async def _quietly(acknowledge: Callable[[], Awaitable[None]]) -> None:
    """The person sees "did not respond", or their answer all the same: nothing else depends on it."""
    try:
        await acknowledge()
    except SendError as error:
        log.warning("an interaction was not acknowledged: %s", error)


def heard_from(interaction: discord.Interaction[Any], reply: Reply) -> Heard | None:
    """What the person said; None for kinds of interaction that we do not ask for."""
    data: dict[str, Any] = dict(interaction.data or {})
    if interaction.channel_id is None or interaction.type not in _KINDS:
        return None
    pressed = interaction.type is discord.InteractionType.component
    in_server = interaction.guild_id is not None

    async def is_admin() -> bool:
        return not in_server or interaction.permissions.manage_guild or interaction.permissions.administrator

    return Heard(
        place=ChatRef("discord", str(interaction.channel_id)),
        kind=ChatKind.GROUP if in_server else ChatKind.PRIVATE,
        name="" if pressed else str(data.get("name", "")),
        options=None if pressed else {option["name"]: option["value"] for option in data.get("options", ())},
        action=str(data.get("custom_id", "")) if pressed else "",
        language=str(interaction.locale).partition("-")[0],
        at=interaction.created_at,
        sender=f"discord:{interaction.user.id}",
        reply=reply,
        is_admin=is_admin,
    )


_KINDS = frozenset({discord.InteractionType.application_command, discord.InteractionType.component})
