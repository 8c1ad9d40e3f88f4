"""Bodies of requests: the rendered parts of a Message with its buttons, picture and flags."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from discord import MessageFlags

from adapters.discord.render import render
from bot.chat.message import Button, Message, Picture
from bot.errors import SendError

IN_A_ROW = 5              # buttons; and as many rows
LABEL = 80                # characters on a button
TITLE = 100               # characters of a thread's name
NONCE = 25                # characters
ACTION = 100              # characters of a custom_id
ALT = 1024                # characters of an attachment's description

_ROW, _BUTTON, _SECONDARY = 1, 2, 2
_NOBODY = {"parse": [], "replied_user": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """One request's JSON and the picture that goes with it."""

    fields: dict[str, Any]
    picture: Picture | None = None

    def within(self, **outer: Any) -> Body:
        """This body as the message of a larger one: `outer` with a None where the message belongs."""
        return Body(fields={key: self.fields if value is None else value for key, value in outer.items()},
                    picture=self.picture)

    def having(self, **more: Any) -> Body:
        """With more fields."""
        return Body(fields=self.fields | more, picture=self.picture)

    def without(self, *names: str) -> Body:
        """With fewer fields."""
        return Body(fields={key: value for key, value in self.fields.items() if key not in names},
                    picture=self.picture)

    def request(self) -> dict[str, Any]:
        """The arguments of `Wire.request`: JSON, or a form where a picture goes along."""
        if self.picture is None:
            return {"json": self.fields}
        text = json.dumps(self.fields, ensure_ascii=False)
        picture = {"name": "files[0]", "value": self.picture.png, "filename": "picture.png",
                   "content_type": "image/png"}
        fields = {"name": "payload_json", "value": text, "content_type": "application/json"}
        return {"form": [fields, picture]}


def bodies(message: Message, *, hidden: bool = False) -> tuple[Body, ...]:
    """One body for each part; the last one carries buttons and picture. `hidden`: only the sender sees it.

    Raises SendError for what Discord cannot show: nothing at all, too many buttons.
    """
    contents = render(message) or (("",) if message.picture else ())
    if not contents:
        raise SendError("an empty message", certainly_not_sent=True, permanent=True)
    flags = MessageFlags(
        suppress_embeds=not message.preview, suppress_notifications=message.silent, ephemeral=hidden,
    ).value
    every = {"allowed_mentions": _NOBODY, "flags": flags}
    last = {"content": contents[-1], "components": _components(message.buttons), **every}
    if message.picture is not None:
        alt = message.picture.alt[:ALT]
        last["attachments"] = [{"id": "0", "filename": "picture.png", "description": alt}]
    firsts = (Body(fields={"content": content, **every}) for content in contents[:-1])
    return (*firsts, Body(fields=last, picture=message.picture))


def edited(body: Body) -> Body:
    """The body for an edit: of the flags only the one for previews may be changed."""
    keep = MessageFlags(suppress_embeds=True).value
    return body.having(flags=body.fields["flags"] & keep, components=body.fields.get("components", []))


def nonce_of(nonce: str, part: int) -> str:
    """Equal for attempts at the same part: Discord then returns the first copy (for a few minutes)."""
    return hashlib.sha256(f"{nonce}\n{part}".encode()).hexdigest()[:NONCE]


def title_of(message: Message) -> str:
    """A forum post's name: the first line that has words."""
    lines = (" ".join(line.split()) for line in message.text.splitlines())
    title = next((line for line in lines if line), "…")
    return title if len(title) <= TITLE else title[: TITLE - 1].rstrip() + "…"


def _components(rows: Sequence[Sequence[Button]]) -> list[dict[str, Any]]:
    fits = len(rows) <= IN_A_ROW and all(len(row) <= IN_A_ROW for row in rows)
    return [{"type": _ROW, "components": [_button(button) for button in row]}
            for row in (rows if fits else _rewrapped(rows)) if row]


def _rewrapped(rows: Sequence[Sequence[Button]]) -> list[Sequence[Button]]:
    """Rows as full as they may be, in the same order."""
    buttons = [button for row in rows for button in row]
    if len(buttons) > IN_A_ROW * IN_A_ROW:
        raise SendError(f"{len(buttons)} buttons, Discord takes {IN_A_ROW * IN_A_ROW}",
                        certainly_not_sent=True, permanent=True)
    return [buttons[start : start + IN_A_ROW] for start in range(0, len(buttons), IN_A_ROW)]


def _button(button: Button) -> dict[str, Any]:
    if not 1 <= len(button.action) <= ACTION:
        raise SendError(f"a button's action of {len(button.action)} characters", certainly_not_sent=True,
                        permanent=True)
    label = button.label if len(button.label) <= LABEL else button.label[: LABEL - 1] + "…"
    return {"type": _BUTTON, "style": _SECONDARY, "label": label, "custom_id": button.action}
