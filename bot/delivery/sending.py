"""One claimed delivery on its way: decided once more, composed, sent, and what became of it written down."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import structlog

from bot.chat.adapter import Adapter
from bot.chat.message import Message, Receipt, plain
from bot.clock import Clock
from bot.crypt import Keyring
from bot.delivery.books import Books
from bot.delivery.claims import Claimed, read_claims
from bot.delivery.compose import compose_alert, compose_gathered
from bot.delivery.gate import Gate, HeldError
from bot.delivery.plan import BETWEEN_EDITS, Doubt, Drop, Hold, Moment, Show, handle
from bot.delivery.retry import (
    BELIEVED_WITHIN,
    AfterProof,
    Again,
    Attempt,
    CloseChat,
    GiveUp,
    InsteadOfEdit,
    MoveChat,
    Outcome,
    Plainly,
    StopLane,
    after_failure,
)
from bot.delivery.words import Reader, reader_of
from bot.errors import Closed, SendError
from bot.languages import translator
from bot.model import DeliveryClass, DeliveryState, Reason
from bot.storage import deliveries
from bot.storage.deliveries import Sent
from bot.storage.engine import Database

log = structlog.get_logger(__name__)

DEADLINE = 30.0       # seconds for one call; adapters give up sooner, so this is for what they overlook
EDITS_REMEMBERED = 10_000              # 2 minutes at 30 a second are 3,600
HOLD = timedelta(seconds=90)          # of a claim: waiting, the deadline and a slow commit together


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """From the configuration: `alerts.max_age`, `alerts.max_per_hour`."""

    max_age: timedelta = timedelta(hours=24)
    max_per_hour: int = 6


@dataclass(slots=True)
class Tally:
    """What happened on one platform since the start."""

    sent: int = 0
    edited: int = 0
    refused: int = 0                  # told to wait (429)
    failed: int = 0                   # certainly not sent, and tried again
    ambiguous_sends: int = 0
    given_up: int = 0
    closed: int = 0


@dataclass(slots=True, kw_only=True)
class Sender:
    """Sends on one platform. `jitter` gives 0 to 1; `stopped` says why nothing is sent any more."""

    adapter: Adapter
    gate: Gate
    database: Database
    keyring: Keyring
    books: Books
    clock: Clock
    holder: str
    rules: Rules
    jitter: Callable[[], float]
    tally: Tally = field(default_factory=Tally)
    stopped: str = ""
    flying: set[int] = field(default_factory=set)              # chats with a call under way
    answers: int = 1                                           # the platform answered `connect`
    _doubts: dict[tuple[str, int], int] = field(default_factory=dict)
    _edits: dict[int, datetime] = field(default_factory=dict)
    _not_found: dict[int, datetime] = field(default_factory=dict)

    async def deliver(self, one: Claimed) -> None:
        """See one claim through, whatever becomes of it."""
        action, reason = handle(one.delivery, one.chat, one.event, self._moment(one))
        log.debug("claimed", event_id=one.event.id, action=type(action).__name__, reason=str(reason))
        match action:
            case Drop():
                await self.books.give_up([one], DeliveryState.SENT)
            case Doubt():
                await self.books.give_up([one], DeliveryState.UNKNOWN)
            case Hold(until, delivery_class):
                await self.books.hold(one, until, delivery_class)
            case Show() if one.delivery.delivery_class is DeliveryClass.GATHERED:
                await self._show_gathered(one)
            case Show():
                await self._show(one, action)

    def _moment(self, one: Claimed) -> Moment:
        edits = [at for at in (one.delivery.edited, self._edits.get(one.chat.id)) if at is not None]
        return Moment(
            now=self.clock.now(), max_age=self.rules.max_age, max_per_hour=self.rules.max_per_hour,
            sounded=one.sounded, edited=max(edits, default=None),
            kinds=frozenset(change.kind for change in one.changes),
        )

    # --- one event ----------------------------------------------------------------------------------

    async def _show(self, one: Claimed, show: Show, *, gathered: bool = False) -> None:
        sends = show.first or show.reply
        if one.delivery.ambiguous and sends and not await self._is_proven(one):
            await self.books.put_back(one, self.clock.now() + timedelta(seconds=5), tried=False)
            return
        attempt = self._attempt(one, gathered=gathered)
        receipt: Receipt | None = Receipt(one.delivery.receipt)
        try:
            if show.edit:
                attempt = replace(attempt, edit=True)
                receipt = await self._edit(one)
                attempt = replace(attempt, edit=False)
            if receipt is not None and sends:
                receipt = await self._send(_with_receipt(one, receipt.ids), show)
        except SendError as error:
            outcome, reason = after_failure(error, attempt, self.clock.now(), self.jitter())
            if isinstance(outcome, InsteadOfEdit):
                instead = replace(show, edit=False, reply=True, silent=not show.reply)
                await self._show(_with_receipt(one, ()), instead)
            elif isinstance(outcome, Plainly):
                await self._show_plainly(one, replace(show, edit=False), attempt)
            else:
                await self._settle([one], outcome, reason, error)
            return
        if receipt is not None:
            await self._note(one, show, receipt)

    async def _edit(self, one: Claimed) -> Receipt | None:
        message = self._compose(one, reply=False)
        ids = one.delivery.receipt

        async def call() -> Receipt:
            return await self.adapter.edit(one.chat.place, ids, message)

        edited = await self._call([one], call)
        if edited is not None:
            self.tally.edited += 1
            self._remember_edit(one.chat.id)
        return edited

    def _remember_edit(self, chat: int) -> None:
        """For as long as it holds up the next one; edits of before the start are in the rows."""
        now = self.clock.now()
        if len(self._edits) >= EDITS_REMEMBERED:
            self._edits = {who: at for who, at in self._edits.items() if now - at < BETWEEN_EDITS}
        self._edits[chat] = now

    async def _send(
        self, one: Claimed, show: Show, *, plainly: bool = False
    ) -> Receipt | None:
        """The receipt to keep: of the message that later edits are to change."""
        message = replace(self._compose(one, reply=not show.first), silent=show.silent)
        if plainly:
            message = replace(plain(*message.text.splitlines()), silent=show.silent)
        sent = await self._post([one], message)
        earlier = one.delivery.receipt
        return Receipt(earlier) if sent is not None and earlier and not show.first else sent

    async def _post(self, together: Sequence[Claimed], message: Message) -> Receipt | None:
        one, delivery = together[0], together[0].delivery
        nonce = f"{delivery.event}.{delivery.chat}.{delivery.wanted}"
        reply_to = delivery.receipt[0] if delivery.receipt else None

        async def call() -> Receipt:
            return await self.adapter.send(one.chat.place, message, nonce=nonce, reply_to=reply_to)

        sent = await self._call(together, call)
        if sent is not None:
            self.tally.sent += 1
        return sent

    async def _show_plainly(self, one: Claimed, show: Show, attempt: Attempt) -> None:
        """The platform found the styled message wrong: the same words without style, once."""
        try:
            receipt = await self._send(one, show, plainly=True)
        except SendError as error:
            outcome, reason = after_failure(
                error, replace(attempt, plain=True), self.clock.now(), self.jitter()
            )
            await self._settle([one], outcome, reason, error)
            return
        if receipt is not None:
            await self._note(one, show, receipt)

    def _compose(self, one: Claimed, *, reply: bool) -> Message:
        return compose_alert(
            one.event, one.summary, self._reader(one), told_before=one.delivery.told is not None,
            changes=one.changes, reply=reply, unsure=one.unsure,
        )

    def _reader(self, one: Claimed) -> Reader:
        settings = one.chat.settings
        return reader_of(settings, translator(settings.language), self.clock.now())

    async def _note(self, one: Claimed, show: Show, receipt: Receipt) -> None:
        sounded = (show.first or show.reply) and not show.silent
        accepted = self._sent(one, receipt.ids, sounded=sounded, edited=show.edit)
        await self.books.sent([accepted], one)

    def _sent(self, one: Claimed, ids: tuple[str, ...], *, sounded: bool, edited: bool = False) -> Sent:
        self._doubts.pop((one.event.id, one.chat.id), None)
        self._not_found.pop(one.chat.id, None)
        return Sent(
            event=one.event.id, chat=one.chat.id, shown=one.delivery.wanted, receipt=ids,
            at=self.clock.now(), sounded=sounded, edited=edited,
        )

    # --- several events -----------------------------------------------------------------------------

    async def _show_gathered(self, one: Claimed) -> None:
        together = [one, *await self._claim_rest(one)]
        if len(together) == 1:
            await self._show(one, Show(first=True), gathered=True)
            return
        message = compose_gathered(
            [(each.event, each.summary) for each in together], self._reader(one), unsure=one.unsure
        )
        try:
            receipt = await self._post(together, message)
        except SendError as error:
            attempt = self._attempt(one, gathered=True, plain=True)
            outcome, reason = after_failure(error, attempt, self.clock.now(), self.jitter())
            await self._settle(together, outcome, reason, error)
            return
        if receipt is not None:
            # Without ids: an edit must not put one event in the place of all.
            accepted = [self._sent(each, (), sounded=each is one) for each in together]
            await self.books.sent(accepted, one)

    async def _claim_rest(self, one: Claimed) -> list[Claimed]:
        now = self.clock.now()
        async with self.database.writing() as tx:
            rest = await deliveries.claim_gathered(tx, self.keyring, one.chat.id, self.holder, now, HOLD)
        shown = []
        for each in await read_claims(self.database, self.keyring, rest, now):
            action, _ = handle(each.delivery, each.chat, each.event, self._moment(each))
            match action:
                case Show(first=True):
                    shown.append(each)
                case Hold(until, delivery_class):
                    await self.books.hold(each, until, delivery_class)
                case Show():
                    await self.books.hold(each, now, DeliveryClass.EDIT)
                case Drop():
                    await self.books.give_up([each], DeliveryState.SENT)
                case Doubt():
                    await self.books.give_up([each], DeliveryState.UNKNOWN)
        return shown

    # --- one call -----------------------------------------------------------------------------------

    async def _call(
        self, together: Sequence[Claimed], call: Callable[[], Awaitable[Receipt]]
    ) -> Receipt | None:
        """Wait for the turn and make the call; None when the chat was forgotten meanwhile."""
        one = together[0]
        async with self.gate.passing(one.chat.place, one.chat.kind, int(one.delivery.delivery_class)):
            self.flying.add(one.chat.id)
            try:
                if not await self._begin(together):
                    return None
                async with asyncio.timeout(DEADLINE):
                    receipt = await call()
            except TimeoutError as error:
                raise SendError("no answer within the deadline", certainly_not_sent=False) from error
            finally:
                self.flying.discard(one.chat.id)
        self.answers += 1
        return receipt

    async def _begin(self, together: Sequence[Claimed]) -> bool:
        """Note that the call is made, before it is: what a dying process leaves behind must be known."""
        return await self.books.begin(together)

    def _attempt(self, one: Claimed, *, gathered: bool = False, plain: bool = False) -> Attempt:
        return Attempt(
            attempts=one.delivery.attempts, ambiguous=one.delivery.ambiguous, gathered=gathered, plain=plain,
            not_found=self._not_found.get(one.chat.id),
        )

    async def _is_proven(self, one: Claimed) -> bool:
        """Whether the platform has answered a call since this message's fate became unknown."""
        if self.answers > self._doubts.get((one.event.id, one.chat.id), 0):
            return True
        try:
            async with asyncio.timeout(DEADLINE):
                await self.adapter.ask()
        except (SendError, TimeoutError):
            return False
        self.answers += 1
        return True

    # --- what became of it --------------------------------------------------------------------------

    async def _settle(
        self, together: Sequence[Claimed], outcome: Outcome, reason: Reason, error: SendError
    ) -> None:
        one = together[0]
        log.info("not taken", platform=self.adapter.name, event_id=one.event.id, reason=reason.code)
        self.tally.ambiguous_sends += not error.certainly_not_sent
        match outcome:
            case Again(at, told, _):
                self._heed(one, error, told=told)
                for each in together:
                    await self.books.put_back(each, at, tried=not told)
            case AfterProof(at):
                self._doubts[(one.event.id, one.chat.id)] = self.answers
                await self.books.put_back(one, at, ambiguous=one.delivery.ambiguous + 1)
            case GiveUp(state):
                self.tally.given_up += len(together)
                await self.books.give_up(together, state)
            case CloseChat(closed):
                self.tally.closed += 1
                await self.books.close(together, closed)
            case MoveChat(to):
                await self.books.move(together, to)
            case StopLane():
                self.stopped = "the token is refused"
                for each in together:
                    await self.books.put_back(each, self.clock.now(), tried=False)
            case Plainly() | InsteadOfEdit():
                raise AssertionError("settled where the message is at hand")

    def _heed(self, one: Claimed, error: SendError, *, told: bool) -> None:
        now = self.clock.now()
        if error.closed is Closed.NOT_FOUND:
            if now - self._not_found.get(one.chat.id, datetime.min.replace(tzinfo=UTC)) > BELIEVED_WITHIN:
                self._not_found[one.chat.id] = now
        elif not told:
            self.tally.failed += 1
        elif not isinstance(error, HeldError):
            self.tally.refused += 1
            self.gate.told_to_wait(one.chat.place, error)


def _with_receipt(one: Claimed, ids: tuple[str, ...]) -> Claimed:
    return replace(one, delivery=replace(one.delivery, receipt=ids))
