"""The table [adapters.telegram]."""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationInfo, field_validator

FREE_PER_SECOND = 30                  # messages a second that Telegram takes from a bot without payment
PAID_PER_SECOND = 1000                # the same for paid broadcasts


class TelegramOptions(BaseModel):
    """How to reach Telegram and how fast to send. An empty token: the adapter is off.

    answers_per_second: how many of `messages_per_second` are for answers to commands.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    token: SecretStr = SecretStr("")
    api_url: str = "https://api.telegram.org"
    mode: Literal["polling"] = "polling"
    paid_broadcast: bool = False      # before what its validator looks at: fields are read in this order
    messages_per_second: int = Field(default=FREE_PER_SECOND, ge=1, le=PAID_PER_SECOND)
    answers_per_second: int = Field(default=5, ge=1)

    @field_validator("token")
    @classmethod
    def _looks_like_a_token(cls, token: SecretStr) -> SecretStr:
        text = token.get_secret_value().strip()
        number, colon, secret = text.partition(":")
        if text and not (number.isdigit() and colon and secret and secret.isascii() and "/" not in secret):
            raise ValueError("is not of the form that BotFather gives: digits, a colon, letters")
        return SecretStr(text)

    @field_validator("api_url")
    @classmethod
    def _is_an_address(cls, address: str) -> str:
        parts = urlsplit(address)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
            raise ValueError("must be an http or https address without a query")
        return address.rstrip("/")

    @field_validator("messages_per_second")
    @classmethod
    def _more_is_paid_for(cls, rate: int, info: ValidationInfo) -> int:
        if rate > FREE_PER_SECOND and not info.data.get("paid_broadcast", True):
            raise ValueError(f"above {FREE_PER_SECOND} needs paid_broadcast = true")
        return rate

    @field_validator("answers_per_second")
    @classmethod
    def _something_is_left_for_alerts(cls, rate: int, info: ValidationInfo) -> int:
        if rate >= info.data.get("messages_per_second", PAID_PER_SECOND):
            raise ValueError("must be less than messages_per_second")
        return rate
