"""The adapter: REST through Wire, hearing through the gateway, one attempt at each thing."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

import discord
from discord.http import Route

from adapters.discord.departures import Watch
from adapters.discord.errors import FORUM_CODES, RefusedError
from adapters.discord.gateway import pause, redirect, stay_connected
from adapters.discord.listening import Listening
from adapters.discord.options import DiscordOptions
from adapters.discord.payload import Body, bodies, edited, nonce_of, title_of
from adapters.discord.rights import find_missing
from adapters.discord.slash import slash_commands
from adapters.discord.wire import Wire
from bot.chat.adapter import Departures, Identity, Scope, Window
from bot.chat.command import CommandSpec, Listener
from bot.chat.message import Message, Receipt
from bot.chat.place import ChatRef
from bot.clock import Clock
from bot.errors import Closed, SendError

log = logging.getLogger(__name__)

ANSWER_WITHIN = 20.0      # seconds without a byte before the fate of a request is called unknown

_UNKNOWN_MESSAGE, _UNKNOWN_CHANNEL = 10008, 10003


class DiscordAdapter:
    """Places: a channel's or thread's own id; "@<user id>" stands for the conversation with that user.

    Ids of messages are Discord's, for a message in a forum "<post>/<message>".
    """

    name = "discord"
    answers: int | None = None        # an interaction's answer has a window of its own
    limits: tuple[Window, ...] = (
        Window(Scope.ALL, 45, 1.0),       # Discord allows 50; the rest is for edits and answers
        Window(Scope.GROUP, 5, 5.0),      # seen in X-RateLimit-Limit of messages; the headers correct it
        Window(Scope.PRIVATE, 5, 5.0),
    )

    def __init__(
        self, options: DiscordOptions, clock: Clock, *, answer_within: float = ANSWER_WITHIN
    ) -> None:
        self._options = options
        self._clock = clock
        self._answer_within = answer_within
        self._client: discord.Client | None = None
        self._wire: Wire | None = None
        self._conversations: dict[str, int] = {}      # user id → channel id
        self._forums: set[int] = set()                # channels that refused a plain message for being forums

    async def connect(self) -> Identity:
        """Ask by REST who the bot is. Raises SendError."""
        logging.getLogger("discord").setLevel(logging.WARNING)   # below, it writes ids, texts and keys
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False   # this bot never speaks aloud
        await self.close()
        self._client = client = discord.Client(
            intents=discord.Intents(guilds=True), allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None, chunk_guilds_at_startup=False, guild_ready_timeout=0,
        )
        token = self._options.token.get_secret_value()
        self._wire = Wire(
            self._options.api_url, token, client.http.user_agent, self._clock, self._answer_within
        )
        client.http.request = self._wire.request  # type: ignore[method-assign]
        redirect(client, self._options.gateway_url)
        try:
            await client.login(token)
        except SendError:
            await self.close()
            raise
        except (KeyError, TypeError, ValueError) as error:
            await self.close()
            raise SendError("who answers at api_url is not Discord", certainly_not_sent=True) from error
        return Identity(handle=str(client.user), id=str(client.application_id))

    async def ask(self) -> None:
        """Ask who the bot is: that an answer comes through. Raises SendError."""
        _, wire = self._connected()
        await wire.request(Route("GET", "/users/@me"))

    async def listen(self, commands: Sequence[CommandSpec], heard: Listener, gone: Departures) -> None:
        """Register the commands and hear people until cancelled.

        Raises SendError when Discord will never let us in (token, intents), ValueError for commands that
        break its rules.
        """
        client, wire = self._connected()
        body = slash_commands(commands)
        listening = Listening(wire, heard, self._clock)
        client.event(listening.on_interaction)
        Watch(gone, self._clock).over(client)
        registering = asyncio.create_task(self._register(client, body))
        try:
            await stay_connected(client, self._clock)
        finally:
            registering.cancel()
            if client.ws is not None and client.ws.open:
                await client.ws.close(code=1000)
            await listening.finish()

    async def answer_waiting(
        self, commands: Sequence[CommandSpec], heard: Listener, gone: Departures
    ) -> int:
        """Discord keeps nothing for those who do not listen."""
        return 0

    async def send(
        self, place: ChatRef, message: Message, *, nonce: str, reply_to: str | None = None
    ) -> Receipt:
        """One attempt; a forum gets a post of its own. Raises SendError."""
        parts = _with_nonces(bodies(message), nonce)
        channel = await self._channel(place)
        if reply_to is not None:
            post, _, original = reply_to.rpartition("/")
            answered = {"message_id": original, "fail_if_not_exists": False}
            parts[0] = parts[0].having(message_reference=answered)
            return await self._say_all(int(post) if post else channel, parts, post=post)
        if channel not in self._forums:
            try:
                return await self._say_all(channel, parts)
            except RefusedError as refused:
                if refused.code not in FORUM_CODES:
                    raise
                self._forums.add(channel)
        return await self._post(channel, title_of(message), parts)

    async def edit(self, place: ChatRef, ids: Sequence[str], message: Message) -> Receipt:
        """Show `message` in place of an earlier one, in more or fewer parts as it takes. Raises SendError."""
        parts = bodies(message)
        post, _, _ = ids[0].rpartition("/")
        channel = int(post) if post else await self._channel(place)
        for known, body in zip(ids, parts, strict=False):
            await self._change(channel, known, edited(body))
        await self.delete(place, ids[len(parts):])
        new = _with_nonces(parts, ids[0])[len(ids):]
        more = await self._say_all(channel, new, post=post)
        return Receipt((*ids[: len(parts)], *more.ids))

    async def delete(self, place: ChatRef, ids: Sequence[str]) -> None:
        """Remove messages; what is not there any more is fine. Raises SendError."""
        client, _ = self._connected()
        for known in ids:
            post, _, message = known.rpartition("/")
            channel = int(post) if post else await self._channel(place)
            try:
                await client.http.delete_message(channel, _number(message))
            except RefusedError as refused:
                if refused.code not in {_UNKNOWN_MESSAGE, _UNKNOWN_CHANNEL}:
                    raise

    async def registered(self) -> int:
        """Raises SendError."""
        client, _ = self._connected()
        return len(await client.http.get_global_commands(client.application_id or 0))

    async def missing_rights(self, place: ChatRef) -> tuple[str, ...]:
        """Nothing is known of a person: see `adapters.discord.rights`. Raises SendError."""
        client, _ = self._connected()
        if place.chat.startswith("@"):
            return ()                     # a look would open a conversation; who opens many gets banned
        return await find_missing(client, _number(place.chat))

    async def close(self) -> None:
        """Let go of connections. Safe after a failed `connect`."""
        client, self._client = self._client, None
        wire, self._wire = self._wire, None
        if client is not None:
            await client.close()
        if wire is not None:
            await wire.close()

    async def _register(self, client: discord.Client, body: list[dict[str, Any]]) -> None:
        """Until Discord has the commands; those of an earlier start work meanwhile."""
        failures = 0
        while True:
            try:
                await client.http.bulk_upsert_global_commands(client.application_id or 0, body)
            except SendError as error:
                if error.permanent or error.unauthorised:
                    log.error("Discord refuses the commands: %s", error)  # noqa: TRY400
                    return
                failures += 1
                await self._clock.sleep(max(error.retry_after or 0.0, pause(failures, resumes=True)))
            else:
                return

    async def _say_all(self, channel: int, parts: Sequence[Body], *, post: str = "") -> Receipt:
        prefix = f"{post}/" if post else ""
        ids: list[str] = []
        for body in parts:
            route = Route("POST", "/channels/{channel_id}/messages", channel_id=channel)
            ids.append(prefix + await self._say(route, body, begun=bool(ids)))
        return Receipt(tuple(ids))

    async def _post(self, forum: int, title: str, parts: Sequence[Body]) -> Receipt:
        """A post's first message has the post's own id, and Discord takes no nonce for it."""
        route = Route("POST", "/channels/{channel_id}/threads", channel_id=forum)
        first = parts[0].without("nonce", "enforce_nonce").within(name=title, message=None)
        post = await self._say(route, first)
        try:
            more = await self._say_all(int(post), parts[1:], post=post)
        except SendError as error:
            raise _half_sent(error) from error
        return Receipt((f"{post}/{post}", *more.ids))

    async def _say(self, route: Route, body: Body, *, begun: bool = False) -> str:
        """`begun`: earlier parts stand already, so wait for the channel's bucket and never call it unsent."""
        _, wire = self._connected()
        try:
            answer = await wire.request(route, patient=begun, **body.request())
        except SendError as error:
            if begun:
                raise _half_sent(error) from error
            raise
        return str(answer["id"])

    async def _change(self, channel: int, known: str, body: Body) -> None:
        _, wire = self._connected()
        message = _number(known.rpartition("/")[2])
        route = Route("PATCH", "/channels/{channel_id}/messages/{message_id}",
                      channel_id=channel, message_id=message)
        await wire.request(route, **body.request())

    async def _channel(self, place: ChatRef) -> int:
        if not place.chat.startswith("@"):
            return _number(place.chat)
        user = place.chat.removeprefix("@")
        if user not in self._conversations:
            client, _ = self._connected()
            opened = await client.http.start_private_message(str(_number(user)))
            self._conversations[user] = int(opened["id"])
        return self._conversations[user]

    def _connected(self) -> tuple[discord.Client, Wire]:
        if self._client is None or self._wire is None:
            raise SendError("Discord is not connected", certainly_not_sent=True)
        return self._client, self._wire


def _with_nonces(parts: Sequence[Body], nonce: str) -> list[Body]:
    return [body.having(nonce=nonce_of(nonce, part), enforce_nonce=True) for part, body in enumerate(parts)]


def _half_sent(error: SendError) -> SendError:
    """The same failure when a part of the message stands already; its nonce keeps it from coming twice."""
    return SendError(
        str(error), certainly_not_sent=False, permanent=error.permanent, retry_after=error.retry_after,
        whole_bot=error.whole_bot, closed=error.closed, unauthorised=error.unauthorised,
    )


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise SendError("an id that is not Discord's", certainly_not_sent=True, permanent=True,
                        closed=Closed.NOT_FOUND)
    return int(text)
