"""The table `[adapters.discord]` of the configuration."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, SecretStr, field_validator


class DiscordOptions(BaseModel):
    """token: of the bot; empty: the adapter is off. gateway_url: asked from the API when empty."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    token: SecretStr = SecretStr("")
    api_url: str = "https://discord.com/api/v10"
    gateway_url: str = ""

    @field_validator("token")
    @classmethod
    def _token_is_one_word(cls, token: SecretStr) -> SecretStr:
        word = token.get_secret_value().strip()
        if word and not (word.isascii() and word.isprintable() and " " not in word):
            raise ValueError("is not of the form that Discord gives: one word of Latin letters and digits")
        return SecretStr(word)

    @field_validator("api_url")
    @classmethod
    def _api_is_http(cls, url: str) -> str:
        if not url.startswith(("https://", "http://")):
            raise ValueError("must begin with https:// (or http://)")
        return url.rstrip("/")

    @field_validator("gateway_url")
    @classmethod
    def _gateway_is_websocket(cls, url: str) -> str:
        if url and not url.startswith(("wss://", "ws://")):
            raise ValueError("must begin with wss:// (or ws://), or be empty to ask the API")
        return url
