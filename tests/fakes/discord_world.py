"""What exists on the fake Discord: servers, places, messages, interactions, and how its API writes them."""

from __future__ import annotations

import itertools
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bot.clock import Clock
from tests.fakes.discord_rules import EPHEMERAL, SILENT

TEXT, DM, THREAD, FORUM = 0, 1, 11, 15
MANAGE_GUILD, ADMINISTRATOR, VIEW_CHANNEL, SEND_MESSAGES = 1 << 5, 1 << 3, 1 << 10, 1 << 11
EVERYONE_MAY = VIEW_CHANNEL | SEND_MESSAGES | (1 << 14) | (1 << 15) | (1 << 16) | (1 << 38)
APPLICATION, BOT_NAME = 1_200_000_000_000_000_001, "vestka-test"
_EPOCH = 1_420_070_400_000        # milliseconds: the first second of 2015


class Snowflakes:
    """Discord's ids: they rise and tell their moment."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._number = itertools.count()

    def new(self) -> int:
        milliseconds = int(self._clock.now().timestamp() * 1000) - _EPOCH
        return (milliseconds << 22) + next(self._number) % (1 << 22)


def moment_of(snowflake: int) -> datetime:
    return datetime.fromtimestamp(((snowflake >> 22) + _EPOCH) / 1000, UTC)


@dataclass(slots=True, kw_only=True)
class Said:
    """A message of the bot, in its newest state."""

    id: int
    channel: int
    content: str
    flags: int = 0
    components: list[dict[str, Any]] = field(default_factory=list)
    reply_to: str | None = None
    nonce: str | None = None
    files: list[bytes] = field(default_factory=list)
    allowed_mentions: dict[str, Any] | None = None
    embeds: list[Any] = field(default_factory=list)
    edits: int = 0
    deleted: bool = False

    @property
    def hidden(self) -> bool:
        return bool(self.flags & EPHEMERAL)

    @property
    def silent(self) -> bool:
        return bool(self.flags & SILENT)

    @property
    def actions(self) -> tuple[str, ...]:
        return tuple(button["custom_id"] for row in self.components for button in row["components"])


@dataclass(slots=True, kw_only=True)
class Place:
    """A channel, a thread, a forum or a conversation. `refuses`: the error code for what is sent there."""

    id: int
    kind: int
    guild: int | None = None
    parent: int | None = None
    recipient: int | None = None
    name: str = "place"
    refuses: tuple[int, int] | None = None      # HTTP status and code
    archived: bool = False
    locked: bool = False
    gone: bool = False
    denied: int = 0                    # permissions that the bot lacks here
    said: list[Said] = field(default_factory=list)

    def write(self) -> dict[str, Any]:
        """As the API shows it."""
        body: dict[str, Any] = {"id": str(self.id), "type": self.kind, "name": self.name, "flags": 0,
                                "last_message_id": None}
        if self.kind == DM:
            return body | {"recipients": [person(self.recipient or 0)]}
        body |= {"guild_id": str(self.guild), "position": 0, "nsfw": False,
                 "permission_overwrites": self._overwrites(),
                 "parent_id": str(self.parent) if self.parent else None, "rate_limit_per_user": 0}
        if self.kind == THREAD:
            body |= {"owner_id": str(APPLICATION), "message_count": 1, "member_count": 1,
                     "thread_metadata": self._thread()}
        if self.kind == FORUM:
            body |= {"available_tags": [], "default_reaction_emoji": None, "default_sort_order": None,
                     "default_forum_layout": 0, "topic": None}
        return body

    def _overwrites(self) -> list[dict[str, Any]]:
        """For everybody, who has the server's own id."""
        denied = {"id": str(self.guild), "type": 0, "allow": "0", "deny": str(self.denied)}
        return [denied] if self.denied else []

    def _thread(self) -> dict[str, Any]:
        return {"archived": self.archived, "locked": self.locked, "auto_archive_duration": 4320,
                "archive_timestamp": moment_of(self.id).isoformat()}


@dataclass(slots=True, kw_only=True)
class Interaction:
    """Somebody used a command or pressed a button. `answers`: all messages it was answered with."""

    id: int
    channel: int
    at: float                          # on the server's monotonic clock
    pressed: bool
    token: str = field(default_factory=lambda: secrets.token_urlsafe(60))
    called_back: int | None = None     # the type of the first answer
    deferred_flags: int = 0
    thinking: bool = False
    original: Said | None = None
    answers: list[Said] = field(default_factory=list)


def person(user: int, *, bot: bool = False) -> dict[str, Any]:
    """A user as the API shows one."""
    return {"id": str(user), "username": BOT_NAME if bot else f"person{user}", "discriminator": "0",
            "global_name": None, "avatar": None, "bot": bot, "public_flags": 0}


def me() -> dict[str, Any]:
    return person(APPLICATION, bot=True)


def application() -> dict[str, Any]:
    return {
        "id": str(APPLICATION), "name": BOT_NAME, "icon": None, "description": "", "summary": "",
        "bot_public": True, "bot_require_code_grant": False, "verify_key": "00", "flags": 0, "hook": True,
        "owner": person(1), "team": None, "rpc_origins": [], "type": None, "integration_types_config": {},
    }


def guild(number: int, places: list[Place], *, my_permissions: int = EVERYONE_MAY) -> dict[str, Any]:
    """A server as GUILD_CREATE tells of it, with the bot as its only cached member."""
    joined = moment_of(number).isoformat()
    everyone = {"id": str(number), "name": "@everyone", "color": 0, "hoist": False, "position": 0,
                "permissions": str(my_permissions), "managed": False, "mentionable": False, "flags": 0,
                "icon": None, "unicode_emoji": None}
    member = {"user": me(), "roles": [], "joined_at": joined, "deaf": False, "mute": False, "flags": 0}
    return {
        "id": str(number), "name": f"server{number}", "icon": None, "splash": None, "discovery_splash": None,
        "owner_id": "1", "afk_channel_id": None, "afk_timeout": 300, "verification_level": 0,
        "default_message_notifications": 1, "explicit_content_filter": 0, "mfa_level": 0, "features": [],
        "roles": [everyone], "emojis": [], "stickers": [], "system_channel_id": None, "system_channel_flags": 0,
        "rules_channel_id": None, "public_updates_channel_id": None, "premium_tier": 0, "nsfw_level": 0,
        "preferred_locale": "en-US", "premium_progress_bar_enabled": False, "vanity_url_code": None,
        "joined_at": joined, "large": False, "member_count": 2, "members": [member], "voice_states": [],
        "presences": [], "stage_instances": [], "guild_scheduled_events": [], "soundboard_sounds": [],
        "channels": [place.write() for place in places if place.kind != THREAD],
        "threads": [place.write() for place in places if place.kind == THREAD],
    }


def write_message(said: Said) -> dict[str, Any]:
    """A message as the API shows it."""
    body: dict[str, Any] = {
        "id": str(said.id), "channel_id": str(said.channel), "author": me(), "content": said.content,
        "timestamp": moment_of(said.id).isoformat(), "edited_timestamp": None, "tts": False,
        "mention_everyone": False, "mentions": [], "mention_roles": [], "attachments": [], "embeds": [],
        "pinned": False, "type": 19 if said.reply_to else 0, "flags": said.flags,
        "components": said.components,
    }
    return body | ({"nonce": said.nonce} if said.nonce else {})


def write_interaction(
    interaction: Interaction, place: Place, user: int, permissions: int, locale: str, data: dict[str, Any],
    message: Said | None,
) -> dict[str, Any]:
    """INTERACTION_CREATE."""
    body: dict[str, Any] = {
        "id": str(interaction.id), "application_id": str(APPLICATION), "type": 3 if message else 2,
        "data": data, "token": interaction.token, "version": 1, "locale": locale,
        "channel_id": str(place.id), "channel": place.write(), "entitlements": [],
        "app_permissions": str(EVERYONE_MAY), "attachment_size_limit": 10_485_760,
        "context": 1 if place.kind == DM else 0,
        "authorizing_integration_owners": {"0": str(place.guild or 0)},
    }
    if message is not None:
        body["message"] = write_message(message)
    if place.guild is None:
        return body | {"user": person(user)}
    member = {"user": person(user), "roles": [], "joined_at": moment_of(place.guild).isoformat(), "deaf": False,
              "mute": False, "flags": 0, "permissions": str(permissions)}
    return body | {"guild_id": str(place.guild), "guild_locale": "en-US", "member": member,
                   "guild": {"id": str(place.guild), "features": [], "locale": "en-US"}}
