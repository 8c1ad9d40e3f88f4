"""Telegram on 127.0.0.1: a server that speaks the Bot API, the people and groups on it, and its failures.

It takes only what the real one takes (`telegram_rules`), counts rates on the clock handed in, records every
message that it accepted and every refusal, and fails as told: an error body, a page of HTML, an answer that
never comes, a connection cut after the message was stored.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from bot.clock import Clock, SystemClock
from tests.fakes.telegram_rules import (
    METHODS,
    Rates,
    RefusedError,
    bad,
    check_keyboard,
    check_text,
    read_parameters,
)
from tests.fakes.telegram_text import found_entities

BOT_ID = 700000001
BOT_NAME = "vestka_test_bot"
TOKEN = f"{BOT_ID}:{'not-a-real-token-' * 2}x"
ANONYMOUS_ADMIN = 1087968824          # the account in whose name Telegram shows anonymous admins
CHANNEL_ACCOUNT = 136817688           # the same for people who write as a channel
SERVICE_ACCOUNT = 777000              # the same for posts that a linked channel copies into its group
SENDING = frozenset({"sendMessage", "sendPhoto", "editMessageText", "editMessageCaption", "editMessageMedia",
                     "deleteMessage", "deleteMessages"})


@dataclass(slots=True, kw_only=True)
class Sent:
    """One message that Telegram took from the bot. `at`: seconds on the fake's clock."""

    id: int
    chat: int
    thread: int | None
    text: str
    entities: Sequence[Mapping[str, Any]]
    markup: Mapping[str, Any] | None
    at: float
    reply_to: int | None = None
    silent: bool = False
    protected: bool = False
    preview: bool = True
    photo: bytes | None = None
    paid: bool = False
    edits: int = 0
    deleted: bool = False


@dataclass(slots=True, kw_only=True)
class FakeChat:
    """A chat as Telegram knows it. `bot`: the bot's own status in it; `muted`: it may not write text (a member
    is restricted, an administrator of a channel may not post); `silent`: no member may, only administrators."""

    id: int
    type: str
    admins: tuple[int, ...] = ()      # the first one created it
    members: tuple[int, ...] = ()
    linked: int | None = None
    language: str = "en"              # of the person's client, private chats only
    bot: str = "member"
    deactivated: bool = False
    muted: bool = False
    silent: bool = False
    moved_to: int | None = None
    topics: dict[int, bool] = field(default_factory=dict)   # topic → open

    @property
    def is_group(self) -> bool:
        return self.type != "private"

    def shown(self) -> dict[str, Any]:
        named = {"first_name": "A person"} if self.type == "private" else {"title": "A place"}
        return {"id": self.id, "type": self.type, **named} | ({"is_forum": True} if self.topics else {})

    def refuse(self, thread: int | None) -> None:
        """Raise RefusedError when nothing can be written here."""
        self.refuse_to_tell()
        if self.deactivated:
            raise RefusedError(403, "Forbidden: user is deactivated")
        if self.bot == "kicked":
            raise RefusedError(403, "Forbidden: bot was blocked by the user")
        if self.muted or (self.silent and self.bot == "member"):
            raise bad("not enough rights to send text messages to the chat")
        if thread is not None and thread not in self.topics:
            raise bad("message thread not found")
        if thread is not None and not self.topics[thread]:
            raise bad("TOPIC_CLOSED")

    def refuse_to_tell(self) -> None:
        """Raise RefusedError when the bot learns nothing of this chat: a person's own is open to it for ever."""
        kind = {"supergroup": "supergroup", "group": "group", "channel": "channel"}.get(self.type, "")
        if self.moved_to is not None:
            raise RefusedError(400, "Bad Request: group chat was upgraded to a supergroup chat",
                               migrate_to_chat_id=self.moved_to)
        if kind and self.bot == "kicked":
            raise RefusedError(403, f"Forbidden: bot was kicked from the {kind} chat")
        if kind and self.bot == "left":
            raise RefusedError(403, f"Forbidden: bot is not a member of the {kind} chat")

    def membership(self) -> dict[str, Any]:
        """The bot's own, as a ChatMember."""
        if self.type != "channel" and self.muted and self.bot == "member":
            return _membership("restricted") | {"is_member": True, "can_send_messages": False}
        own = _membership(self.bot)
        return own | ({"can_post_messages": False} if self.muted and self.type == "channel" else {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """How a call fails. `stored`: the call takes effect nevertheless. Exactly one of the others is used."""

    stored: bool = False
    refusal: RefusedError | None = None
    html: int | None = None           # HTTP status of an answer that is no JSON
    silent: bool = False              # never answered
    cut: bool = False                 # the connection is closed instead
    methods: frozenset[str] = SENDING
    chat: int | None = None           # only calls for this chat


class TelegramFake:
    """`async with TelegramFake() as telegram:`, then `telegram.url` is the `api_url`."""

    def __init__(self, *, clock: Clock | None = None, token: str = TOKEN, grace: float = 0.0,
                 enforce_rates: bool = True) -> None:
        self.token = token
        self.url = ""
        self.chats: dict[int, FakeChat] = {}
        self.sent: list[Sent] = []
        self.refused: list[tuple[str, int, str]] = []       # method, HTTP status, description
        self.calls: list[tuple[str, dict[str, Any]]] = []   # method, parameters as read
        self.commands: dict[tuple[str, str], list[dict[str, str]]] = {}   # (scope, language) → list
        self.answers: list[dict[str, Any]] = []             # to pressed buttons
        self.revoked = False
        self.webhook = False
        self._clock = clock or SystemClock()
        self._rates = Rates(grace) if enforce_rates else None
        self._faults: deque[Fault] = deque()
        self._ids = itertools.count(1001)
        self._update_ids = itertools.count(1)
        self._updates: list[dict[str, Any]] = []
        self._allowed: frozenset[str] = frozenset()
        self._arrived = asyncio.Event()
        self._polls = 0
        self._closing = asyncio.Event()
        self._runner: web.AppRunner | None = None

    # --- the server ---------------------------------------------------------------------------------

    async def __aenter__(self) -> TelegramFake:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        app = web.Application(client_max_size=20 * 2**20)
        app.router.add_route("*", "/bot{token}/{method}", self._serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"

    async def stop(self) -> None:
        self._closing.set()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        try:
            if request.match_info["token"] != self.token or self.revoked:
                raise RefusedError(401, "Unauthorized")
            if method not in METHODS:
                raise RefusedError(404, "Not Found")
            parameters = read_parameters(method, await _read_body(request))
            self.calls.append((method, parameters))
            fault = self._take_fault(method, parameters)
            if fault is not None:
                return await self._fail(fault, request, method, parameters)
            result = await self._do(method, parameters)
        except RefusedError as refusal:
            return self._refuse(method, refusal)
        return web.json_response({"ok": True, "result": result})

    def _refuse(self, method: str, refusal: RefusedError) -> web.Response:
        self.refused.append((method, refusal.code, refusal.description))
        body: dict[str, Any] = {"ok": False, "error_code": refusal.code, "description": refusal.description}
        if refusal.parameters:
            body["parameters"] = refusal.parameters
        return web.json_response(body, status=refusal.code)

    async def _fail(self, fault: Fault, request: web.Request, method: str, parameters: dict[str, Any]
                    ) -> web.StreamResponse:
        if fault.stored:
            await self._do(method, parameters)
        if fault.refusal is not None:
            return self._refuse(method, fault.refusal)
        if fault.html is not None:
            page = f"<html><head><title>{fault.html}</title></head><body>{request.path}</body></html>"
            return web.Response(status=fault.html, text=page, content_type="text/html")
        if fault.silent:
            await self._closing.wait()
        if request.transport is not None:
            request.transport.abort()
        return web.Response()

    def _take_fault(self, method: str, parameters: dict[str, Any]) -> Fault | None:
        for fault in self._faults:
            if method in fault.methods and fault.chat in {None, parameters.get("chat_id")}:
                self._faults.remove(fault)
                return fault
        return None

    async def _do(self, method: str, parameters: dict[str, Any]) -> Any:
        result = getattr(self, f"_on_{method}")(**parameters)
        return await result if asyncio.iscoroutine(result) else result

    # --- what a test asks and tells -----------------------------------------------------------------

    @property
    def refusals(self) -> int:
        """How many calls drew a 429."""
        return sum(code == 429 for _, code, _ in self.refused)

    def fail_next(self, fault: Fault, times: int = 1) -> None:
        """The next `times` calls that `fault` is for fail so."""
        self._faults.extend([fault] * times)

    def shown(self, chat: int, thread: int | None = None) -> list[Sent]:
        """The bot's messages that stand in this chat or topic now."""
        return [sent for sent in self.accepted(chat, thread) if not sent.deleted]

    def accepted(self, chat: int, thread: int | None = None) -> list[Sent]:
        """Every message that Telegram ever took for it."""
        return [sent for sent in self.sent if sent.chat == chat and (thread is None or sent.thread == thread)]

    def private(self, user: int, *, language: str = "en") -> FakeChat:
        """A person who opened a chat with the bot; the chat's id is the person's."""
        return self._add(FakeChat(id=user, type="private", language=language))

    def group(self, chat: int, *, admins: Sequence[int] = (), members: Sequence[int] = (),
              topics: Sequence[int] = (), linked: int | None = None, kind: str = "supergroup") -> FakeChat:
        """A group with the bot in it."""
        return self._add(FakeChat(id=chat, type=kind, admins=tuple(admins), members=tuple(members),
                                  linked=linked, topics=dict.fromkeys(topics, True)))

    def channel(self, chat: int, *, admins: Sequence[int] = ()) -> FakeChat:
        """A channel with the bot as an administrator."""
        return self._add(FakeChat(id=chat, type="channel", admins=tuple(admins), bot="administrator"))

    def _add(self, chat: FakeChat) -> FakeChat:
        self.chats[chat.id] = chat
        return chat

    def person_types(self, chat: int, user: int, text: str, /, *, thread: int | None = None,
                     language: str | None = None, **fields: Any) -> int:
        """A person writes; `fields` add or replace fields of the Message. Returns the message's id."""
        place = self.chats[chat]
        message: dict[str, Any] = {
            **self._opening(place, thread),
            "from": _person(user, language or place.language),
            "text": text,
        }
        if commands := [entity for entity in found_entities(text) if entity["type"] == "bot_command"]:
            message["entities"] = commands
        self._deliver("message", {name: value for name, value in (message | fields).items()
                                  if value is not None})
        return int(message["message_id"])

    def anonymous_admin_types(self, chat: int, text: str) -> int:
        """An administrator who writes in the group's name."""
        return self.person_types(chat, ANONYMOUS_ADMIN, text, sender_chat=self.chats[chat].shown(),
                                 **{"from": _account(ANONYMOUS_ADMIN, "GroupAnonymousBot")})

    def channel_identity_types(self, chat: int, channel: int, text: str) -> int:
        """A person who writes in the name of a channel of theirs."""
        return self.person_types(
            chat, CHANNEL_ACCOUNT, text, sender_chat={"id": channel, "type": "channel", "title": "Elsewhere"},
            **{"from": _account(CHANNEL_ACCOUNT, "Channel_Bot")})

    def linked_channel_posts(self, chat: int, text: str) -> int:
        """A post of the linked channel, copied into its discussion group by Telegram."""
        linked = self.chats[chat].linked
        return self.person_types(
            chat, SERVICE_ACCOUNT, text, sender_chat={"id": linked, "type": "channel", "title": "Linked"},
            is_automatic_forward=True, **{"from": _person(SERVICE_ACCOUNT, None)})

    def presses(self, chat: int, user: int, message: int, data: str, *, language: str = "en") -> str:
        """A person presses a button of the bot's message. Returns the id of the query."""
        [sent] = [sent for sent in self.sent if (sent.chat, sent.id) == (chat, message)]
        query = str(next(self._ids))
        self._deliver("callback_query", {
            "id": query, "from": _person(user, language), "chat_instance": "1", "data": data,
            "message": self._message(sent),
        })
        return query

    def bot_becomes(self, chat: int, status: str, *, by: int = 1) -> None:
        """Somebody changes the bot's own status: member, administrator, left, kicked (blocked)."""
        place = self.chats[chat]
        before, place.bot = place.bot, status
        self._deliver("my_chat_member", {
            "chat": place.shown(), "from": _person(by, "en"), "date": self._date(),
            "old_chat_member": _membership(before), "new_chat_member": _membership(status),
        })

    def group_moves(self, chat: int, to: int) -> None:
        """The group becomes a supergroup with another id."""
        old = self.chats[chat]
        old.moved_to = to
        self._add(FakeChat(id=to, type="supergroup", admins=old.admins, members=old.members))
        self._deliver("message", {**self._opening(old, None), "migrate_to_chat_id": to,
                                  "from": _person(1, "en")})

    def deliver_raw(self, update: Mapping[str, Any]) -> None:
        """An update as it stands, wrong or not."""
        self._updates.append({"update_id": next(self._update_ids), **update})
        self._arrived.set()

    def _opening(self, chat: FakeChat, thread: int | None) -> dict[str, Any]:
        opening = {"message_id": next(self._ids), "date": self._date(), "chat": chat.shown()}
        return opening | ({} if thread is None else {"message_thread_id": thread, "is_topic_message": True})

    def _deliver(self, kind: str, content: Mapping[str, Any]) -> None:
        if not self._allowed or kind in self._allowed:
            self.deliver_raw({kind: content})

    def _date(self) -> int:
        return int(self._clock.now().timestamp())

    # --- the methods --------------------------------------------------------------------------------

    def _on_getMe(self) -> dict[str, Any]:
        return _account(BOT_ID, BOT_NAME) | {"can_join_groups": True, "can_read_all_group_messages": False,
                                             "supports_inline_queries": False}

    def _on_deleteWebhook(self, drop_pending_updates: bool = False) -> bool:
        self.webhook = False
        if drop_pending_updates:
            self._updates.clear()
        return True

    async def _on_getUpdates(self, offset: int = 0, limit: int = 100, timeout: int = 0,
                             allowed_updates: Sequence[str] | None = None) -> list[dict[str, Any]]:
        if self.webhook:
            raise RefusedError(409, "Conflict: can't use getUpdates method while webhook is active; "
                                    "use deleteWebhook to delete the webhook first")
        if allowed_updates is not None:
            self._allowed = frozenset(allowed_updates)
        self._updates = [update for update in self._updates if update["update_id"] >= offset]
        self._polls += 1
        mine = self._polls
        self._arrived.set()               # the poll that waits already looks up and finds a later one
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                while not self._updates and not self._closing.is_set() and mine == self._polls:
                    self._arrived.clear()
                    await self._arrived.wait()
        if mine != self._polls:
            raise RefusedError(409, "Conflict: terminated by other getUpdates request; make sure that only "
                                    "one bot instance is running")
        return self._updates[:limit]

    def _on_sendMessage(self, chat_id: int, text: str, entities: Sequence[Mapping[str, Any]] = (),
                        link_preview_options: Mapping[str, bool] | None = None, **rest: Any) -> dict[str, Any]:
        check_text(text, entities)
        preview = not (link_preview_options or {}).get("is_disabled", False)
        return self._accept(chat_id, text, entities, preview=preview, **rest)

    def _on_sendPhoto(self, chat_id: int, photo: bytes, caption: str = "",
                      caption_entities: Sequence[Mapping[str, Any]] = (), **rest: Any) -> dict[str, Any]:
        check_text(caption, caption_entities, caption=True)
        if not photo:
            raise bad("PHOTO_INVALID_DIMENSIONS")
        rest.pop("has_spoiler", None)
        return self._accept(chat_id, caption, caption_entities, photo=photo, **rest)

    def _accept(self, chat_id: int, text: str, entities: Sequence[Mapping[str, Any]], *,
                message_thread_id: int | None = None, reply_parameters: Mapping[str, Any] | None = None,
                reply_markup: Mapping[str, Any] | None = None, disable_notification: bool = False,
                protect_content: bool = False, allow_paid_broadcast: bool = False, preview: bool = True,
                photo: bytes | None = None) -> dict[str, Any]:
        chat = self._chat(chat_id)
        chat.refuse(message_thread_id)
        check_keyboard(reply_markup)
        reply = self._original(chat_id, reply_parameters)
        self._count(chat, paid=allow_paid_broadcast, new=True)
        sent = Sent(
            id=next(self._ids), chat=chat_id, thread=message_thread_id, text=text, entities=entities,
            markup=reply_markup, at=self._clock.monotonic(), reply_to=reply, silent=disable_notification,
            protected=protect_content, preview=preview, photo=photo, paid=allow_paid_broadcast,
        )
        self.sent.append(sent)
        return self._message(sent)

    def _original(self, chat: int, parameters: Mapping[str, Any] | None) -> int | None:
        if parameters is None:
            return None
        wanted = parameters["message_id"]
        gone = any(sent.deleted for sent in self.sent if (sent.chat, sent.id) == (chat, wanted))
        if gone and not parameters.get("allow_sending_without_reply"):
            raise bad("message to be replied not found")
        return None if gone else wanted

    def _count(self, chat: FakeChat, *, paid: bool, new: bool) -> None:
        if self._rates is not None:
            self._rates.take(self._clock.monotonic(), chat.id, group=chat.is_group, paid=paid, new=new)

    def _on_editMessageText(self, chat_id: int, message_id: int, text: str,
                            entities: Sequence[Mapping[str, Any]] = (),
                            link_preview_options: Mapping[str, bool] | None = None,
                            reply_markup: Mapping[str, Any] | None = None) -> dict[str, Any]:
        check_text(text, entities)
        sent = self._editable(chat_id, message_id)
        if sent.photo is not None:
            raise bad("there is no text in the message to edit")
        sent.preview = not (link_preview_options or {}).get("is_disabled", False)
        return self._edit(sent, text, entities, reply_markup)

    def _on_editMessageCaption(self, chat_id: int, message_id: int, caption: str = "",
                               caption_entities: Sequence[Mapping[str, Any]] = (),
                               reply_markup: Mapping[str, Any] | None = None) -> dict[str, Any]:
        check_text(caption, caption_entities, caption=True)
        return self._edit(self._editable(chat_id, message_id), caption, caption_entities, reply_markup)

    def _on_editMessageMedia(self, chat_id: int, message_id: int, media: Mapping[str, Any],
                             reply_markup: Mapping[str, Any] | None = None,
                             **files: bytes) -> dict[str, Any]:
        caption, entities = media.get("caption", ""), media.get("caption_entities", ())
        check_text(caption, entities, caption=True)
        sent = self._editable(chat_id, message_id)
        sent.photo = files[media["media"].removeprefix("attach://")]
        sent.text = ""                    # another picture is a change, whatever the caption says
        return self._edit(sent, caption, entities, reply_markup)

    def _editable(self, chat: int, message: int) -> Sent:
        self._chat(chat).refuse(None)
        for sent in self.sent:
            if (sent.chat, sent.id, sent.deleted) == (chat, message, False):
                return sent
        raise bad("message to edit not found")

    def _edit(self, sent: Sent, text: str, entities: Sequence[Mapping[str, Any]],
              markup: Mapping[str, Any] | None) -> dict[str, Any]:
        check_keyboard(markup)
        if (sent.text, list(sent.entities), sent.markup) == (text, list(entities), markup):
            raise bad("message is not modified: specified new message content and reply markup are exactly "
                      "the same as a current content and reply markup of the message")
        self._count(self._chat(sent.chat), paid=False, new=False)
        sent.text, sent.entities, sent.markup = text, entities, markup
        sent.edits += 1
        return self._message(sent)

    def _on_deleteMessage(self, chat_id: int, message_id: int) -> bool:
        if not self._delete(chat_id, message_id):
            raise bad("message to delete not found")
        return True

    def _on_deleteMessages(self, chat_id: int, message_ids: Sequence[int]) -> bool:
        if not 1 <= len(message_ids) <= 100:
            raise bad("there must be 1 to 100 identifiers")
        for message in message_ids:
            self._delete(chat_id, message)
        return True

    def _delete(self, chat: int, message: int) -> bool:
        self._chat(chat).refuse(None)
        found = [sent for sent in self.sent if (sent.chat, sent.id, sent.deleted) == (chat, message, False)]
        for sent in found:
            sent.deleted = True
        return bool(found)

    def _on_answerCallbackQuery(self, callback_query_id: str, text: str = "", show_alert: bool = False
                                ) -> bool:
        if len(text) > 200:
            raise bad("MESSAGE_TOO_LONG")
        if any(answer["id"] == callback_query_id for answer in self.answers):
            raise bad("query is too old and response timeout expired or query ID is invalid")
        self.answers.append({"id": callback_query_id, "text": text, "alert": show_alert})
        return True

    def _on_setMyCommands(self, commands: list[dict[str, str]], scope: Mapping[str, Any] | None = None,
                          language_code: str = "") -> bool:
        if len(commands) > 100:
            raise bad("BOT_COMMANDS_TOO_MUCH")
        for command in commands:
            if not (command["command"].replace("_", "").isalnum() and len(command["command"]) <= 32):
                raise bad("BOT_COMMAND_INVALID")
            if not 1 <= len(command["description"]) <= 256:
                raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
        if language_code and (len(language_code) != 2 or not language_code.islower()):
            raise bad("invalid language code specified")
        self.commands[(scope or {"type": "default"})["type"], language_code] = commands
        return True

    def _on_getMyCommands(self, scope: Mapping[str, Any] | None = None, language_code: str = ""
                          ) -> list[dict[str, str]]:
        return self.commands.get(((scope or {"type": "default"})["type"], language_code), [])

    def _on_sendChatAction(self, chat_id: int, action: str, message_thread_id: int | None = None) -> bool:
        self._chat(chat_id).refuse(message_thread_id)
        return bool(action)

    def _on_getChat(self, chat_id: int) -> dict[str, Any]:
        chat = self._chat(chat_id)
        chat.refuse_to_tell()
        group = {"permissions": {"can_send_messages": not chat.silent}} if chat.type.endswith("group") else {}
        return chat.shown() | group | {"accent_color_id": 0, "max_reaction_count": 11} | (
            {} if chat.linked is None else {"linked_chat_id": chat.linked})

    def _on_getChatAdministrators(self, chat_id: int) -> list[dict[str, Any]]:
        chat = self._chat(chat_id)
        if not chat.is_group:
            raise bad("there are no administrators in the private chat")
        if chat.bot in {"kicked", "left"}:
            raise RefusedError(403, f"Forbidden: bot was kicked from the {chat.type} chat")
        return [_member(user, "creator" if index == 0 else "administrator")
                for index, user in enumerate(chat.admins)]

    def _on_getChatMember(self, chat_id: int, user_id: int) -> dict[str, Any]:
        chat = self._chat(chat_id)
        chat.refuse_to_tell()
        if user_id == BOT_ID:
            return chat.membership()
        if user_id in chat.admins:
            return _member(user_id, "creator" if chat.admins[0] == user_id else "administrator")
        return _member(user_id, "member" if user_id in chat.members else "left")

    def _chat(self, chat: int) -> FakeChat:
        if chat not in self.chats:
            raise bad("chat not found")
        return self.chats[chat]

    def _message(self, sent: Sent) -> dict[str, Any]:
        message: dict[str, Any] = {
            "message_id": sent.id, "date": self._date(), "chat": self.chats[sent.chat].shown(),
            "from": _account(BOT_ID, BOT_NAME),
            ("text" if sent.photo is None else "caption"): sent.text,
        }
        if sent.thread is not None:
            message |= {"message_thread_id": sent.thread, "is_topic_message": True}
        return message


async def _read_body(request: web.Request) -> dict[str, Any]:
    """The parameters of one call, wherever the Bot API lets them stand."""
    raw: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        return raw | json.loads(await request.text())
    for name, value in (await request.post()).items():
        raw[name] = value.file.read() if isinstance(value, web.FileField) else value
    return raw


def _person(user: int, language: str | None) -> dict[str, Any]:
    person = {"id": user, "is_bot": False, "first_name": "A person"}
    return person | ({} if language is None else {"language_code": language})


def _account(user: int, name: str) -> dict[str, Any]:
    return {"id": user, "is_bot": True, "first_name": name, "username": name}


RIGHTS = ("can_be_edited", "is_anonymous", "can_manage_chat", "can_delete_messages", "can_manage_video_chats",
          "can_restrict_members", "can_promote_members", "can_change_info", "can_invite_users",
          "can_post_stories", "can_edit_stories", "can_delete_stories")


def _member(user: int, status: str) -> dict[str, Any]:
    member: dict[str, Any] = {"status": status, "user": _person(user, None)}
    if status == "creator":
        member["is_anonymous"] = False
    if status == "administrator":
        member |= dict.fromkeys(RIGHTS, False) | {"can_manage_chat": True}
    return member


def _membership(status: str) -> dict[str, Any]:
    member = _member(BOT_ID, status) | {"user": _account(BOT_ID, BOT_NAME)}
    if status == "kicked":
        member["until_date"] = 0
    if status == "administrator":
        member["can_post_messages"] = True
    return member
