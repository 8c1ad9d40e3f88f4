from __future__ import annotations

import pytest

from adapters.discord.payload import bodies, edited, nonce_of, title_of
from bot.chat.message import Button, Message, Picture, plain
from bot.errors import SendError
from tests.fakes.discord_rules import message_problems


def buttons(*rows: int) -> Message:
    names = iter(range(100))
    return Message(paragraphs=plain("x").paragraphs, buttons=tuple(
        tuple(Button(f"label {name}", f"action {name}") for name in [next(names) for _ in range(row)])
        for row in rows))


@pytest.mark.parametrize(("message", "hidden", "flags"), [
    pytest.param(plain("x"), False, 4, id="no preview unless it is asked for"),
    pytest.param(Message(paragraphs=plain("x").paragraphs, preview=True), False, 0, id="a preview"),
    pytest.param(Message(paragraphs=plain("x").paragraphs, silent=True), False, 4 + 4096, id="silence"),
    pytest.param(plain("x"), True, 4 + 64, id="for the sender only"),
])
def test_flags(message: Message, *, hidden: bool, flags: int) -> None:
    assert bodies(message, hidden=hidden)[0].fields["flags"] == flags


def test_nobody_is_ever_mentioned() -> None:
    parts = bodies(plain("@everyone " * 500))

    assert len(parts) > 1
    assert all(part.fields["allowed_mentions"] == {"parse": [], "replied_user": False} for part in parts)


def test_an_edit_may_change_the_preview_only() -> None:
    message = Message(paragraphs=plain("x").paragraphs, silent=True)

    assert edited(bodies(message)[0]).fields["flags"] == 4


@pytest.mark.parametrize(("rows", "expected"), [
    pytest.param((2, 3), [2, 3], id="rows stay"),
    pytest.param((7,), [5, 2], id="a row of more than five is wrapped"),
    pytest.param((1,) * 6, [5, 1], id="more than five rows are filled up"),
    pytest.param((), [], id="no buttons, no rows"),
])
def test_buttons_keep_the_limits(rows: tuple[int, ...], expected: list[int]) -> None:
    [body] = bodies(buttons(*rows))

    assert [len(row["components"]) for row in body.fields["components"]] == expected
    assert message_problems(body.fields) == {}


def test_too_many_buttons_are_an_error_for_good() -> None:
    with pytest.raises(SendError, match="26 buttons") as refused:
        bodies(buttons(26))

    assert refused.value.permanent


def test_a_long_label_is_cut_and_an_action_never() -> None:
    message = Message(paragraphs=plain("x").paragraphs, buttons=((Button("l" * 90, "a" * 64),),))

    [button] = bodies(message)[0].fields["components"][0]["components"]

    assert (len(button["label"]), button["custom_id"]) == (80, "a" * 64)


def test_buttons_and_picture_stand_under_the_last_part() -> None:
    message = Message(paragraphs=plain("x" * 3000).paragraphs, buttons=((Button("ok", "ok"),),),
                      picture=Picture(b"png", "a line"))

    first, last = bodies(message)

    assert "components" not in first.fields
    assert first.picture is None
    assert last.fields["components"]
    assert last.fields["attachments"] == [{"id": "0", "filename": "picture.png", "description": "a line"}]


def test_a_picture_needs_no_words_but_no_words_are_no_message() -> None:
    assert bodies(Message(paragraphs=(), picture=Picture(b"png", "a line")))[0].fields["content"] == ""
    with pytest.raises(SendError, match="empty"):
        bodies(plain(" "))


def test_a_nonce_is_short_equal_for_equals_and_another_for_each_part() -> None:
    assert nonce_of("n" * 500, 0) == nonce_of("n" * 500, 0)
    assert len({nonce_of("n", 0), nonce_of("n", 1), nonce_of("m", 0)}) == 3
    assert len(nonce_of("n" * 500, 0)) == 25


@pytest.mark.parametrize(("message", "title"), [
    (plain("", "  Release ·  52 freed ", "more"), "Release · 52 freed"),
    (plain("x" * 120), "x" * 99 + "…"),
    (plain(""), "…"),
])
def test_a_post_is_named_by_the_first_line(message: Message, title: str) -> None:
    assert title_of(message) == title
