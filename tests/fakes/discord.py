"""A fake Discord: REST v10 over real HTTP and a real gateway socket on 127.0.0.1, with the documented limits.

    async with FakeDiscord() as discord:
        guild = discord.add_guild()
        channel = discord.add_channel(guild)
        … an adapter with api_url=discord.api_url, gateway_url=discord.gateway_url, token=discord.token …
        await discord.person_uses(channel, 7, MANAGE_GUILD, "topics", {"topics": "release"})
        assert discord.messages(channel)[0].content == "…"

Limits: 50 requests a second for the bot, a bucket of `bucket` for each channel and kind of request, 10,000 refused
requests in ten minutes. `clock` is whose seconds these are.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aiohttp import web

from bot.clock import Clock, SystemClock
from tests.fakes.discord_gateway import FakeGateway
from tests.fakes.discord_limits import BUCKET, GLOBAL_A_SECOND, Limits, RefusedError
from tests.fakes.discord_rules import (
    EPHEMERAL,
    command_problems,
    message_problems,
    refused,
    schema_problem,
)
from tests.fakes.discord_world import (
    APPLICATION,
    DM,
    FORUM,
    SEND_MESSAGES,
    TEXT,
    THREAD,
    VIEW_CHANNEL,
    Interaction,
    Place,
    Said,
    Snowflakes,
    application,
    guild,
    me,
    write_interaction,
    write_message,
)

TOKEN = "not-a-real-token.of-a-fake.discord-server"
NONCE_WINDOW = 300.0              # seconds: "the past few minutes"
CALLBACK_WITHIN, TOKEN_LIVES = 3.0, 900.0
BROKEN_PAGE = "<html><head><title>502 Bad Gateway</title></head><body>cloudflare</body></html>"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A request that was not taken."""

    method: str
    path: str
    status: int
    code: int


@dataclass(slots=True, kw_only=True)
class Fault:
    """What befalls requests to come. `takes`: the request is carried out all the same, its answer is lost."""

    status: int = 0                       # 0: no answer at all
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    takes: bool = False
    hangs: bool = False                   # no answer until the client gives up; else the connection is cut
    only: Callable[[str, str], bool] = lambda method, path: True
    times: int = 1


_OUTAGE = Fault(status=503, body=BROKEN_PAGE)


def speaks(method: str, path: str) -> bool:
    """Whether a call sends, edits or deletes in a channel."""
    return path.startswith("channels/") and method in {"POST", "PATCH", "DELETE"}


class FakeDiscord:
    """The whole platform for one test."""

    def __init__(self, *, clock: Clock | None = None, token: str = TOKEN, bucket: tuple[int, float] = BUCKET,
                 global_limit: int = GLOBAL_A_SECOND, strict: bool = True) -> None:
        self.clock = clock or SystemClock()
        self.token = token
        self.places: dict[int, Place] = {}
        self.guilds: dict[int, bool] = {}             # id → the bot is in it
        self.timed_out: dict[int, datetime] = {}      # guild → until when the bot may not speak there
        self.commands: list[dict[str, Any]] = []
        self.interactions: list[Interaction] = []
        self.refusals: list[Refusal] = []
        self.calls: list[tuple[str, str]] = []        # method, path below /api/v10/
        self.gateway = FakeGateway(lambda: self.token, self._welcome)
        self.api_url = ""
        self._limits = Limits(self.clock, bucket, global_limit)
        self._strict = strict
        self._snowflakes = Snowflakes(self.clock)
        self._nonces: dict[tuple[int, str], tuple[float, Said]] = {}
        self._faults: list[Fault] = []
        self._closing = asyncio.Event()
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> FakeDiscord:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        await self.gateway.start()
        app = web.Application(client_max_size=32 * 1024 * 1024)
        app.router.add_route("*", "/api/v10/{path:.*}", self._serve)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.api_url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/api/v10"

    async def stop(self) -> None:
        self._closing.set()
        await self.gateway.stop()
        if self._runner is not None:
            runner, self._runner = self._runner, None
            await runner.cleanup()

    @property
    def gateway_url(self) -> str:
        return self.gateway.url

    # --- what exists -----------------------------------------------------------------------------------------

    def add_guild(self) -> int:
        number = self._snowflakes.new()
        self.guilds[number] = True
        return number

    def add_channel(self, guild_id: int, *, kind: int = TEXT) -> str:
        return self._add(Place(id=self._snowflakes.new(), kind=kind, guild=guild_id))

    def add_forum(self, guild_id: int) -> str:
        return self.add_channel(guild_id, kind=FORUM)

    def add_thread(self, channel: str) -> str:
        parent = self.place(channel)
        return self._add(Place(id=self._snowflakes.new(), kind=THREAD, guild=parent.guild, parent=parent.id))

    def open_dm(self, user: int) -> str:
        known = next((place for place in self.places.values() if place.recipient == user), None)
        return str(known.id) if known else self._add(
            Place(id=self._snowflakes.new(), kind=DM, recipient=user))

    def place(self, channel: str) -> Place:
        return self.places[int(channel)]

    def _add(self, place: Place) -> str:
        self.places[place.id] = place
        return str(place.id)

    def messages(self, channel: str, *, hidden: bool = True) -> list[Said]:
        """What stands there now, oldest first."""
        return [said for said in self.place(channel).said
                if not said.deleted and (hidden or not said.hidden)]

    def accepted(self, channel: str) -> list[Said]:
        """Every message ever taken for this place, in its newest state, deleted ones too."""
        return list(self.place(channel).said)

    def threads_of(self, channel: str) -> list[Place]:
        return [place for place in self.places.values() if place.parent == int(channel)]

    # --- what people and Discord do --------------------------------------------------------------------------

    async def person_uses(self, channel: str, user: int, permissions: int, name: str,
                          options: Mapping[str, str | int] | None = None, *, locale: str = "en-US"
                          ) -> Interaction:
        """Somebody uses a slash command, as far as Discord lets them: it must be registered and fit."""
        command = next((known for known in self.commands if known["name"] == name), None)
        assert command is not None, f"/{name} is not registered"
        contexts = command.get("contexts") or [0, 1, 2]
        assert (1 if self.place(channel).kind == DM else 0) in contexts, f"/{name} is not offered here"
        given = [self._option(command, key, value) for key, value in (options or {}).items()]
        missing = {option["name"] for option in command.get("options", ()) if option.get("required")}
        missing -= {option["name"] for option in given}
        assert not missing, f"/{name} wants {missing}"
        data = {"id": "1", "type": 1, "name": name, "options": given}
        return await self._interact(channel, user, permissions, locale, data, None)

    async def presses(self, channel: str, user: int, permissions: int, action: str, *, locale: str = "en-US"
                      ) -> Interaction:
        """Somebody presses the button with this custom_id on the newest message that has it."""
        said = next(said for said in reversed(self.messages(channel)) if action in said.actions)
        data = {"custom_id": action, "component_type": 2}
        return await self._interact(channel, user, permissions, locale, data, said)

    @staticmethod
    def _option(command: Mapping[str, Any], name: str, value: str | int) -> dict[str, Any]:
        option = next((known for known in command.get("options", ()) if known["name"] == name), None)
        assert option is not None, f"/{command['name']} has no option {name}"
        assert isinstance(value, int if option["type"] == 4 else str), f"{name}: {value!r} has the wrong type"
        choices = [choice["value"] for choice in option.get("choices", ())]
        assert not choices or value in choices, f"{name}: {value!r} is not among {choices}"
        return {"name": name, "type": option["type"], "value": value}

    async def _interact(self, channel: str, user: int, permissions: int, locale: str, data: dict[str, Any],
                        message: Said | None) -> Interaction:
        place = self.place(channel)
        interaction = Interaction(id=self._snowflakes.new(), channel=place.id, at=self.clock.monotonic(),
                                  pressed=message is not None)
        self.interactions.append(interaction)
        body = write_interaction(interaction, place, user, permissions, locale, data, message)
        await self.gateway.tell("INTERACTION_CREATE", body)
        return interaction

    async def answered(self, interaction: Interaction, count: int = 1) -> list[Said]:
        """Wait until it has so many answers."""
        await self.gateway.until(lambda: len(interaction.answers) >= count)
        return interaction.answers

    async def remove_guild(self, guild_id: int, *, unavailable: bool = False) -> None:
        """The bot is put out of the server; `unavailable`: an outage of Discord's instead."""
        if not unavailable:
            self.guilds[guild_id] = False
        gone: dict[str, Any] = {"id": str(guild_id)}
        await self.gateway.tell("GUILD_DELETE", gone | ({"unavailable": True} if unavailable else {}))

    async def invite(self, guild_id: int) -> None:
        """The bot joins the server (again)."""
        self.guilds[guild_id] = True
        await self.gateway.tell("GUILD_CREATE", self._guild(guild_id))

    async def delete_channel(self, channel: str) -> None:
        place = self.place(channel)
        place.gone = True
        await self.gateway.tell("THREAD_DELETE" if place.kind == THREAD else "CHANNEL_DELETE", place.write())

    async def forbid(self, channel: str) -> None:
        """Somebody takes the right to send away."""
        place = self.place(channel)
        place.denied, place.refuses = SEND_MESSAGES, (403, 50013)
        await self.gateway.tell("CHANNEL_UPDATE", place.write())

    async def allow(self, channel: str) -> None:
        """Somebody gives it back."""
        place = self.place(channel)
        place.denied, place.refuses = 0, None
        await self.gateway.tell("CHANNEL_UPDATE", place.write())

    def _welcome(self, session: str) -> list[tuple[str, Any]]:
        mine = [number for number, inside in self.guilds.items() if inside]
        ready = {"v": 10, "user": me(), "session_id": session, "resume_gateway_url": self.gateway.url,
                 "guilds": [{"id": str(number), "unavailable": True} for number in mine],
                 "application": {"id": str(APPLICATION), "flags": 0}}
        return [("READY", ready), *(("GUILD_CREATE", self._guild(number) | {"unavailable": False})
                                    for number in mine)]

    def _guild(self, number: int) -> dict[str, Any]:
        return guild(number, [place for place in self.places.values() if place.guild == number and not place.gone])

    # --- faults ----------------------------------------------------------------------------------------------

    def fail_next(self, fault: Fault) -> None:
        """Have it befall the next `fault.times` requests that it is for."""
        self._faults.append(fault)

    def refuse_next(self, status: int, code: int, *, times: int = 1, **more: Any) -> None:
        """The next call that speaks in a channel is refused so."""
        self.fail_next(Fault(status=status, body=refused(code, **more), only=speaks, times=times))

    async def break_down(self) -> None:
        """An outage: every request is answered by a proxy's page, the gateway is away."""
        self._faults.insert(0, _OUTAGE)
        self.gateway.up = False
        await self.gateway.hang_up()

    def recover(self) -> None:
        """The outage is over; sessions can be resumed."""
        self._faults.remove(_OUTAGE)
        self.gateway.up = True

    def _fault(self, method: str, path: str) -> Fault | None:
        fault = next((known for known in self._faults if known.only(method, path)), None)
        if fault is not None and fault is not _OUTAGE:
            fault.times -= 1
            if fault.times <= 0:
                self._faults.remove(fault)
        return fault

    # --- the server ------------------------------------------------------------------------------------------

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        path = request.match_info["path"]
        self.calls.append((request.method, path))
        fault = self._fault(request.method, path)
        if fault is not None and not fault.takes:
            return await self._befall(fault, request)
        try:
            status, body, headers = await self._handle(request, path)
        except RefusedError as refusal:
            status, body, headers = refusal.status, refusal.body, refusal.headers
        if fault is not None:
            return await self._befall(fault, request)
        return self._answer(request.method, path, status, body, headers)

    async def _befall(self, fault: Fault, request: web.Request) -> web.StreamResponse:
        if fault.status:
            return self._answer(request.method, request.match_info["path"], fault.status, fault.body, fault.headers)
        if fault.hangs:
            await self._closing.wait()
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=500)

    def _answer(self, method: str, path: str, status: int, body: Any, headers: Mapping[str, str]
                ) -> web.Response:
        """JSON for everything but a str, which is a proxy's page. Discord's own answers pass `Via` a proxy."""
        if status >= 400:
            code = int(body.get("code", 0)) if isinstance(body, dict) else 0
            self.refusals.append(Refusal(method, path, status, code))
            self._limits.note_refusal(status, headers)
        if isinstance(body, str):
            return web.Response(status=status, text=body, content_type="text/html", headers=headers)
        content = b"" if body is None else json.dumps(body).encode()
        return web.Response(status=status, body=content, headers={"Via": "1.1 google", **headers},
                            content_type="application/json" if content else "text/html")

    async def _handle(self, request: web.Request, path: str) -> tuple[int, Any, dict[str, str]]:
        self._limits.check_ban()
        body, files = await _read_body(request)
        words = path.split("/")
        if words[0] not in {"interactions", "webhooks"}:
            self._check_token(request)
            self._limits.count_for_all()
        headers = self._limits.count(request.method, words)
        status, answer = self._route(request, words, body, files)
        return status, answer, headers

    def _check_token(self, request: web.Request) -> None:
        if request.headers.get("Authorization") != f"Bot {self.token}":
            raise RefusedError(401, {"message": "401: Unauthorized", "code": 0})
        if "DiscordBot (" not in request.headers.get("User-Agent", ""):
            raise RefusedError(403, {"message": "internal network error", "code": 40333})

    def _route(self, request: web.Request, words: list[str], body: Any, files: list[bytes]) -> tuple[int, Any]:
        match request.method, words:
            case "GET", ["gateway", "bot"]:
                starts = {"total": 1000, "remaining": 999, "reset_after": 86_400_000, "max_concurrency": 1}
                return 200, {"url": self.gateway.url, "shards": 1, "session_start_limit": starts}
            case "GET", ["users", "@me"]:
                return 200, me()
            case "GET", ["oauth2", "applications", "@me"] | ["applications", "@me"]:
                return 200, application()
            case "POST", ["users", "@me", "channels"]:
                return 200, self._open_dm(body)
            case "PUT", ["applications", _, "commands"]:
                return 200, self._overwrite_commands(body)
            case "GET", ["applications", _, "commands"]:
                return 200, self.commands
            case "GET", ["guilds", number, *rest]:
                return 200, self._read_guild(number, rest)
            case "POST", ["interactions", number, token, "callback"]:
                return self._call_back(int(number), token, body, files, request.query)
            case method, ["webhooks", _, token, *rest]:
                return self._webhook(method, token, rest, body, files)
            case method, ["channels", number, *rest]:
                return self._channel(method, self._open_place(number), rest, body, files)
        raise RefusedError(404, {"message": "404: Not Found", "code": 0})

    def _open_place(self, number: str) -> Place:
        place = self.places.get(int(number)) if number.isdigit() else None
        if place is None or place.gone:
            raise RefusedError(404, refused(10003))
        if place.guild is not None and (not self.guilds[place.guild] or place.denied & VIEW_CHANNEL):
            raise RefusedError(403, refused(50001))
        return place

    def _read_guild(self, number: str, rest: list[str]) -> dict[str, Any]:
        server = self._open_guild(number)
        match rest:
            case []:
                return server
            case ["members", user]:
                return self._member(server, user)
            case ["threads", "active"]:
                threads = [place.write() for place in self.places.values()
                           if place.kind == THREAD and place.guild == int(number) and not place.archived]
                return {"threads": threads, "members": []}
        raise RefusedError(404, {"message": "404: Not Found", "code": 0})

    def _open_guild(self, number: str) -> dict[str, Any]:
        if not self.guilds.get(int(number)):
            raise RefusedError(404, refused(10004))
        return self._guild(int(number))

    def _member(self, server: dict[str, Any], user: str) -> dict[str, Any]:
        found = next((member for member in server["members"] if member["user"]["id"] == user), None)
        if found is None:
            raise RefusedError(404, refused(10007))
        until = self.timed_out.get(int(server["id"]))
        return found | {"communication_disabled_until": until.isoformat() if until else None}

    def _open_dm(self, body: Any) -> dict[str, Any]:
        self._check_schema("CreatePrivateChannelRequest", body)
        return self.place(self.open_dm(int(body["recipient_id"]))).write()

    def _overwrite_commands(self, body: Any) -> list[dict[str, Any]]:
        for command in body:
            permissions = command.get("default_member_permissions")   # a string in practice, an integer on paper
            number = int(permissions) if permissions is not None else None
            self._check_schema("ApplicationCommandUpdateRequest", command | {"default_member_permissions": number})
        if problems := command_problems(body):
            raise RefusedError(400, refused(50035, errors=problems))
        self.commands = [{"id": str(index), "application_id": str(APPLICATION), "version": "1", **command}
                         for index, command in enumerate(body, start=1)]
        return self.commands

    def _channel(self, method: str, place: Place, rest: list[str], body: Any, files: list[bytes]
                 ) -> tuple[int, Any]:
        if method != "GET" and place.refuses is not None:
            status, code = place.refuses
            raise RefusedError(status, refused(code))
        match method, rest:
            case "GET", []:
                return 200, place.write()
            case "POST", ["messages"]:
                return 200, write_message(self._say(place, body, files))
            case "POST", ["threads"]:
                return 201, self._post(place, body, files)
            case "POST", ["messages", "bulk-delete"]:
                return self._bulk_delete(place, body)
            case "PATCH", ["messages", number]:
                return 200, write_message(self._edit(place, self._find(place, number), body, files))
            case "DELETE", ["messages", number]:
                self._find(place, number).deleted = True
                return 204, None
            case "GET", ["messages", number]:
                return 200, write_message(self._find(place, number))
        raise RefusedError(404, {"message": "404: Not Found", "code": 0})

    def _find(self, place: Place, number: str) -> Said:
        for said in place.said:
            if str(said.id) == number and not said.deleted and not said.hidden:
                return said
        raise RefusedError(404, refused(10008))

    def _say(self, place: Place, body: Any, files: list[bytes]) -> Said:
        self._check_schema("MessageCreateRequest", body)
        if place.kind == FORUM:
            raise RefusedError(400, refused(40058))
        if place.locked:
            raise RefusedError(403, refused(160005))
        self._check_message(body, files)
        nonce = str(body["nonce"]) if body.get("nonce") is not None else None
        known = self._nonces.get((place.id, nonce or "")) if body.get("enforce_nonce") else None
        if known is not None and known[0] + NONCE_WINDOW > self.clock.monotonic():
            return known[1]
        said = self._new(place, body, files, nonce)
        if nonce is not None:
            self._nonces[place.id, nonce] = (self.clock.monotonic(), said)
        place.archived = False
        return said

    def _new(self, place: Place, body: Any, files: list[bytes], nonce: str | None = None) -> Said:
        reference = body.get("message_reference") or {}
        original = reference.get("message_id")
        if original is not None and not any(str(said.id) == original and not said.deleted for said in place.said):
            if reference.get("fail_if_not_exists", True):
                raise RefusedError(400, refused(50035, errors={"message_reference": {"_errors": [
                    {"code": "REPLIES_UNKNOWN_MESSAGE", "message": "Unknown message"}]}}))
            original = None
        said = Said(
            id=self._snowflakes.new(), channel=place.id, content=body.get("content") or "",
            flags=int(body.get("flags") or 0), components=list(body.get("components") or []), nonce=nonce,
            files=files, allowed_mentions=body.get("allowed_mentions"), embeds=list(body.get("embeds") or []),
            reply_to=original,
        )
        place.said.append(said)
        return said

    def _post(self, place: Place, body: Any, files: list[bytes]) -> dict[str, Any]:
        self._check_schema("CreateForumThreadRequest", body)
        if place.kind != FORUM:
            raise RefusedError(400, refused(50035, errors={}))
        self._check_message(body["message"], files)
        thread = Place(id=self._snowflakes.new(), kind=THREAD, guild=place.guild, parent=place.id,
                       name=body["name"])
        self._add(thread)
        said = self._new(thread, body["message"], files)
        said.id = thread.id
        return thread.write() | {"message": write_message(said)}

    def _edit(self, place: Place, said: Said, body: Any, files: list[bytes]) -> Said:
        self._check_schema("MessageEditRequestPartial", body)
        if place.archived:
            raise RefusedError(400, refused(50083))
        if problems := message_problems(body, files=len(files), edit=True):
            raise RefusedError(400, refused(50035, errors=problems))
        said.content = body.get("content", said.content) or ""
        said.components = list(body.get("components", said.components) or [])
        said.files = files or (said.files if "attachments" not in body else [])
        said.edits += 1
        return said

    def _bulk_delete(self, place: Place, body: Any) -> tuple[int, Any]:
        for said in place.said:
            said.deleted = said.deleted or str(said.id) in body["messages"]
        return 204, None

    def _check_message(self, body: Any, files: list[bytes]) -> None:
        if problems := message_problems(body, files=len(files)):
            raise RefusedError(400, refused(50035, errors=problems))
        if not (body.get("content") or files or body.get("embeds")):
            raise RefusedError(400, refused(50006))

    def _check_schema(self, schema: str, body: Any) -> None:
        if self._strict and (problem := schema_problem(schema, body)):
            raise RefusedError(400, {"message": problem, "code": 50035})

    # --- interactions ----------------------------------------------------------------------------------------

    def _call_back(self, number: int, token: str, body: Any, files: list[bytes], query: Mapping[str, str]
                   ) -> tuple[int, Any]:
        interaction = next((known for known in self.interactions if known.id == number), None)
        late = interaction is None or interaction.at + CALLBACK_WITHIN < self.clock.monotonic()
        if interaction is None or interaction.token != token or (late and interaction.called_back is None):
            raise RefusedError(404, refused(10062))
        if interaction.called_back is not None:
            raise RefusedError(400, refused(40060))
        kind, data = int(body["type"]), body.get("data") or {}
        if kind not in ({4, 5, 6, 7} if interaction.pressed else {4, 5}):
            raise RefusedError(400, refused(50035, errors={}))
        if kind == 4:
            self._check_schema("CreateMessageInteractionCallbackRequest", body)
            interaction.original = self._answer_with(interaction, data, files)
        interaction.called_back = kind
        if kind == 5:
            interaction.thinking, interaction.deferred_flags = True, int(data.get("flags") or 0) & EPHEMERAL
        if query.get("with_response") != "true":
            return 204, None
        said = interaction.original
        resource = {"type": kind, **({"message": write_message(said)} if said else {})}
        return 200, {"interaction": {"id": str(number), "type": 2}, "resource": resource}

    def _answer_with(self, interaction: Interaction, body: Any, files: list[bytes]) -> Said:
        self._check_message(body, files)
        said = self._new(self.places[interaction.channel], body, files)
        interaction.answers.append(said)
        return said

    def _webhook(self, method: str, token: str, rest: list[str], body: Any, files: list[bytes]
                 ) -> tuple[int, Any]:
        interaction = next((known for known in self.interactions if known.token == token), None)
        if interaction is None or interaction.at + TOKEN_LIVES < self.clock.monotonic():
            raise RefusedError(401, {"message": "Invalid Webhook Token", "code": 50027})
        if interaction.called_back is None:
            raise RefusedError(404, refused(10015))
        match method, rest:
            case "POST", []:
                self._check_schema("IncomingWebhookRequestPartial", body)
                return 200, write_message(self._first_after_thinking(interaction, body, files)
                                          or self._answer_with(interaction, body, files))
            case "PATCH", ["messages", "@original"]:
                self._check_schema("IncomingWebhookUpdateRequestPartial", body)
                if problems := message_problems(body, files=len(files), edit=True):
                    raise RefusedError(400, refused(50035, errors=problems))
                return 200, write_message(self._first_after_thinking(interaction, body, files)
                                          or self._change_original(interaction, body, files))
            case "DELETE", ["messages", "@original"]:
                if interaction.original is not None:
                    interaction.original.deleted = True
                elif not interaction.thinking:
                    raise RefusedError(404, refused(10008))
                interaction.thinking = False
                return 204, None
        raise RefusedError(404, {"message": "404: Not Found", "code": 0})

    def _first_after_thinking(self, interaction: Interaction, body: Any, files: list[bytes]) -> Said | None:
        """The first answer after a deferral takes its place and is as hidden as the deferral was."""
        if not interaction.thinking:
            return None
        flags = int(body.get("flags") or 0) & ~EPHEMERAL | interaction.deferred_flags
        interaction.thinking = False
        interaction.original = self._answer_with(interaction, body | {"flags": flags}, files)
        return interaction.original

    def _change_original(self, interaction: Interaction, body: Any, files: list[bytes]) -> Said:
        if interaction.original is None:
            raise RefusedError(404, refused(10008))
        return self._edit(self.places[interaction.channel], interaction.original, body, files)


async def _read_body(request: web.Request) -> tuple[Any, list[bytes]]:
    if request.content_type == "multipart/form-data":
        form = await request.post()
        files = [form[name].file.read() for name in sorted(form) if name.startswith("files[")]  # type: ignore[union-attr]
        written = form["payload_json"]
        return json.loads(bytes(written) if isinstance(written, bytes | bytearray) else str(written)), files
    content = await request.read()
    return (json.loads(content) if content else None), []
