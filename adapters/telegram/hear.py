"""What an update of Telegram tells us. Pure: an update in, what was heard out, and nothing of it kept.

Only commands and presses are listened to. Words that are no command are never carried further: of free text
in a private chat remains that there was some, so that it can be answered with one line. Edited, forwarded and
automatic posts, other bots and inline results are nobody's command.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from telegram import (
    CallbackQuery,
    Chat,
    ChatMember,
    ChatMemberAdministrator,
    ChatMemberRestricted,
    ChatMemberUpdated,
    Message,
    MessageEntity,
    Update,
    User,
)

from bot.chat.adapter import Gone
from bot.chat.place import ChatKind, ChatRef
from bot.errors import Closed

PLATFORM = "telegram"


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A command, a press (`action`), or neither: free text in a private chat.

    person: whose rights count, None where only `speaks_for_chat` can tell. speaks_for_chat: an administrator
    who writes in the group's own name. query: the id by which a press is answered. message: the command's.
    """

    place: ChatRef
    kind: ChatKind
    name: str = ""
    words: str = ""
    action: str = ""
    person: int | None = None
    speaks_for_chat: bool = False
    language: str | None = None
    at: datetime
    message: str | None = None
    query: str | None = None

    @property
    def sender(self) -> str:
        """The person as the list of maintainers writes one; nobody in particular for channels and groups."""
        return "" if self.person is None else f"{PLATFORM}:{self.person}"


def read_update(update: Update, own_name: str, now: datetime) -> Words | Gone | None:
    """What the update tells; None where it is not for us. `own_name`: the bot's user name."""
    if update.message is not None:
        return read_message(update.message, own_name)
    if update.callback_query is not None:
        return read_press(update.callback_query, now)
    if update.my_chat_member is not None:
        return read_membership(update.my_chat_member)
    return None


def read_message(message: Message, own_name: str) -> Words | Gone | None:
    """A command, a trace of free text in a private chat, or the news that a group moved."""
    kind = kind_of(message.chat)
    if message.migrate_to_chat_id is not None:
        moved_to = str(message.migrate_to_chat_id)
        return Gone(place=ChatRef(PLATFORM, str(message.chat.id)), kind=kind, moved_to=moved_to,
                    at=message.date)
    if not _is_own_words(message):
        return None
    command = read_command(message, own_name)
    if command is None and (kind is not ChatKind.PRIVATE or _command_length(message)):
        return None
    if command is None and not (message.text or message.effective_attachment):
        return None                       # a service message: nobody said anything
    name, words = command or ("", "")
    return Words(
        place=place_of(message),
        kind=kind,
        name=name,
        words=words,
        person=None if message.sender_chat or not message.from_user else message.from_user.id,
        speaks_for_chat=message.sender_chat is not None and message.sender_chat.id == message.chat.id,
        language=language_of(message.from_user),
        at=message.date,
        message=str(message.message_id),
    )


def _is_own_words(message: Message) -> bool:
    """Whether a person wrote this here and now. Who writes as a group or a channel is shown as a bot."""
    if message.forward_origin or message.is_automatic_forward or message.via_bot or message.edit_date:
        return False
    return message.sender_chat is not None or (
        message.from_user is not None and not message.from_user.is_bot
    )


def _command_length(message: Message) -> int:
    """How many characters at the very beginning are a command. It is ASCII, so units are characters."""
    lengths = (
        entity.length
        for entity in message.entities
        if entity.type == MessageEntity.BOT_COMMAND and entity.offset == 0
    )
    return next(lengths, 0)


def read_command(message: Message, own_name: str) -> tuple[str, str] | None:
    """The command that a message begins with and the words behind it; None if there is none for this bot."""
    length = _command_length(message)
    if not length or not message.text:
        return None
    name, _, addressee = message.text[1:length].partition("@")
    if addressee and addressee.casefold() != own_name.casefold():
        return None
    return name.lower(), message.text[length:].strip()


def read_press(query: CallbackQuery, now: datetime) -> Words | None:
    """A press of a button under a message of ours. Telegram names who pressed, anonymous admins too."""
    if query.message is None or not query.data or query.from_user.is_bot:
        return None
    chat = query.message.chat
    place = place_of(query.message) if isinstance(query.message, Message) else ChatRef(PLATFORM, str(chat.id))
    return Words(
        place=place,
        kind=kind_of(chat),
        action=query.data,
        person=query.from_user.id,
        language=language_of(query.from_user),
        at=now,
        query=query.id,
    )


def read_membership(change: ChatMemberUpdated) -> Gone:
    """What the bot's own standing in a chat has become."""
    kind = kind_of(change.chat)
    closed = closed_by(change.new_chat_member, kind)
    place = ChatRef(PLATFORM, str(change.chat.id))
    return Gone(place=place, kind=kind, closed=closed, at=change.date)


def closed_by(member: ChatMember, kind: ChatKind) -> Closed | None:
    """Why a bot of this standing cannot write; None where it can."""
    if member.status in {ChatMember.LEFT, ChatMember.BANNED}:
        return Closed.BLOCKED if kind is ChatKind.PRIVATE else Closed.REMOVED
    if isinstance(member, ChatMemberRestricted) and not member.is_member:
        return Closed.REMOVED
    muted = isinstance(member, ChatMemberRestricted) and not member.can_send_messages
    posts_not = isinstance(member, ChatMemberAdministrator) and not member.can_post_messages
    if muted or (kind is ChatKind.CHANNEL and (posts_not or member.status == ChatMember.MEMBER)):
        return Closed.FORBIDDEN
    return None


def kind_of(chat: Chat) -> ChatKind:
    """Who reads there."""
    match chat.type:
        case Chat.PRIVATE:
            return ChatKind.PRIVATE
        case Chat.CHANNEL:
            return ChatKind.CHANNEL
        case _:
            return ChatKind.GROUP


def place_of(message: Message) -> ChatRef:
    """The chat, and the topic of a forum. A thread id without `is_topic_message` only marks a reply, and the
    topic "General" has none; a private chat is one place whatever its topics."""
    thread = ""
    if message.is_topic_message and message.message_thread_id and message.chat.type != Chat.PRIVATE:
        thread = str(message.message_thread_id)
    return ChatRef(PLATFORM, str(message.chat.id), thread)


def language_of(person: User | None) -> str | None:
    """The language of the person's client without its region."""
    if person is None or not person.language_code:
        return None
    return person.language_code.replace("_", "-").partition("-")[0].lower()
