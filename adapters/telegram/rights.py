"""What keeps the bot from speaking in a chat, from what Telegram says of the chat and of the bot in it.

Nothing is sent to find out, so three things stay hidden: that a person blocked the bot, that a topic is
closed and that one was deleted. Telegram tells of them only when it refuses a message.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bot.errors import Closed, SendError

SEND, POST, REMOVED = "Send Messages", "Post Messages", "removed from the group"
FACTS: Mapping[Closed | None, str] = {
    Closed.BLOCKED: "blocked", Closed.REMOVED: REMOVED, Closed.NOT_FOUND: "chat not found",
}
"""What a refusal to tell says all the same."""

Ask = Callable[[str, Mapping[str, Any]], Awaitable[Any]]
"""A method of the Bot API with its parameters; its result as Telegram wrote it. Raises SendError."""


async def find_missing(ask: Ask, chat: int, own_id: int) -> tuple[str, ...]:
    """For `bot.chat.adapter.Adapter.missing_rights`; a group that moved is asked about where it is now.
    Raises SendError."""
    try:
        told = await ask("getChat", {"chat_id": chat})
        if _get(told, "type") == "private":
            return ()
        member = await ask("getChatMember", {"chat_id": chat, "user_id": own_id})
    except SendError as error:
        if error.moved_to is not None and int(error.moved_to) != chat:
            return await find_missing(ask, int(error.moved_to), own_id)
        if error.closed not in FACTS:
            raise
        return (FACTS[error.closed],)
    return missing_in(told, member)


def missing_in(chat: Mapping[str, Any], own: Mapping[str, Any]) -> tuple[str, ...]:
    """`chat`: a ChatFullInfo that is no private chat; `own`: the bot's ChatMember in it. Raises SendError.

    What a group forbids to everybody does not bind its administrators, and in a channel only these speak,
    each as far as they may. A right that Telegram leaves out is not there.
    (core.telegram.org/bots/api#chatpermissions, #chatmemberadministrator, #chatmemberrestricted)
    """
    status, in_channel = _get(own, "status"), _get(chat, "type") == "channel"
    if status in {"left", "kicked"} or (status == "restricted" and not own.get("is_member")):
        return (REMOVED,)
    if in_channel:
        speaks = status == "creator" or (status == "administrator" and own.get("can_post_messages"))
        return () if speaks else (POST,)
    if status in {"creator", "administrator"}:
        return ()
    rights = own if status == "restricted" else _get(chat, "permissions")
    return () if rights.get("can_send_messages") else (SEND,)


def _get(told: Any, name: str) -> Any:
    if not isinstance(told, Mapping) or name not in told:
        raise SendError("Telegram's answer cannot be read", certainly_not_sent=True)
    return told[name]
