"""Settings of a workspace, from `headwater.toml` and `HEADWATER_…` environment variables."""

from __future__ import annotations

import os
from difflib import get_close_matches
from pathlib import Path
from tomllib import TOMLDecodeError
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from headwater.core.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterable

FILE_NAME = "headwater.toml"
PREFIX = "HEADWATER_"
_COMMAND_LINE = ("workspace", "as", "program")
"""What the command line takes from the environment besides the settings."""
_MISSPELT = 0.85
"""How alike (`difflib`) a variable is to a setting that it was meant to be."""
INSECURE_SECRET = "change-me-change-me-change-me-change-me"  # noqa: S105 -- refused on any public address
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class ModelSettings(BaseModel):
    """A model that may be asked, as `[models.NAME]` in the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["chat", "http"] = Field(
        description="`chat`: an OpenAI-compatible chat-completions endpoint; `http`: batches of records by POST."
    )
    url: str = Field(
        pattern=r"^https?://[^\s/]+", description="For `chat` what `/chat/completions` follows; for `http` the address."
    )
    model: str = Field(min_length=1, max_length=200, description="Name and version, kept with every answer.")
    key: SecretStr = Field(default=SecretStr(""), description="Sent as Bearer; never shown, logged or stored.")
    at_once: int = Field(default=4, ge=1, le=64, description="Calls under way at a time.")
    together: int = Field(default=32, ge=1, le=1000, description="Records in a call of an `http` model.")
    timeout_s: float = Field(default=60.0, gt=0, le=3600, description="Seconds until a call is given up.")
    attempts: int = Field(default=5, ge=1, le=20, description="Calls until a busy or broken endpoint is given up.")
    pause_s: float = Field(default=1.0, gt=0, le=60, description="Pause before the second attempt; it doubles.")
    confidence: Literal["logprobs", "stated", "none"] = Field(
        default="stated", description="Where a chat model's confidence comes from."
    )
    constrained: bool = Field(default=True, description="Whether the endpoint holds answers to a JSON schema.")
    price_in: float = Field(default=0.0, ge=0, description="Price of a million tokens sent.")
    price_out: float = Field(default=0.0, ge=0, description="Price of a million tokens received.")


class Settings(BaseSettings):
    """Every setting of a workspace. The environment wins over the file."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True, hide_input_in_errors=True
    )

    directory: Path = Field(description="The workspace folder; other paths are relative to it.")
    database_url: str = Field(
        default="",
        description="SQLAlchemy URL. Empty means `headwater.sqlite` in the workspace; "
        "`postgresql+psycopg://user@host/name` for PostgreSQL.",
    )
    objects_url: str = Field(
        default="", description="Object store. Empty means the folder `objects`; or `s3://bucket/prefix`."
    )
    records_url: str = Field(
        default="", description="Record tables (Lance). Empty means the folder `records`; or `s3://bucket/prefix`."
    )
    secret_key: SecretStr = Field(
        default=SecretStr(INSECURE_SECRET),
        description="Signs session and form tokens. `headwater init` writes a random one.",
    )
    host: str = Field(default="127.0.0.1", description="The address `headwater serve` listens on.")
    port: int = Field(default=8000, ge=0, le=65535, description="The port `headwater serve` listens on; 0 picks one.")
    public_url: str = Field(
        default="",
        description="Where people reach the pages, such as `https://labels.example.org`; for links. Empty means where "
        "`headwater serve` last listened.",
    )
    session_hours: float = Field(default=12.0, gt=0, description="Hours until a sign-in ends.")
    secure_cookies: Literal["auto", "always", "never"] = Field(
        default="auto", description="Whether cookies need HTTPS; `auto` needs it except on loopback addresses."
    )
    sign_in_attempts: int = Field(default=10, ge=1, description="Failed sign-ins allowed per account and 15 minutes.")
    consultation_hours: float = Field(
        default=48.0, ge=0, description="Hours consulted people have to answer before a decision may close."
    )
    lease_minutes: float = Field(default=10.0, gt=0, description="Minutes an annotator holds a task.")
    max_line_mb: float = Field(default=32.0, gt=0, description="Longest line of a file taken in, in megabytes.")
    max_upload_mb: float = Field(default=4096.0, gt=0, description="Longest file sent to be taken in, in megabytes.")
    models: dict[str, ModelSettings] = Field(
        default={},
        description="Models that may be asked for answers, by name: one table `[models.NAME]` each. A key is best "
        "given as `HEADWATER_MODELS__NAME__KEY`.",
    )
    watch_minutes: float = Field(
        default=5.0, gt=0, description="Minutes between two looks of `headwater serve` for campaigns to be watched."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="warning", description="How much is logged to standard error."
    )

    @classmethod
    def settings_customise_sources(  # noqa: D102 -- pydantic's hook
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        directory = init_settings().get("directory", ".")
        return (
            init_settings,
            env_settings,
            TomlConfigSettingsSource(settings_cls, toml_file=Path(directory) / FILE_NAME),
        )

    @property
    def database(self) -> str:
        """The URL of the database, with the default filled in."""
        return self.database_url or f"sqlite:///{self.directory / 'headwater.sqlite'}"

    @property
    def public(self) -> bool:
        """Whether the server listens on an address other machines can reach."""
        return self.host not in LOOPBACK

    @property
    def insecure(self) -> bool:
        """Whether the secret is the published default or too short to be one."""
        return self.secret_key.get_secret_value() == INSECURE_SECRET or len(self.secret_key.get_secret_value()) < 32  # noqa: PLR2004

    def require_secret(self, address: str) -> None:
        """Return only when the secret is one, since others can reach what is served.

        Raises:
            SettingsError: It is the published default, or too short.
        """
        if self.insecure:
            raise SettingsError(
                f"Refusing to listen on {address} with the default or a short secret_key.",
                remedy="Set secret_key in headwater.toml to at least 32 random characters.",
            )


def fresh(directory: Path, *, secret: str, database_url: str = "") -> Settings:
    """Return the settings of a workspace that is being made, before its file is there."""
    return Settings(directory=directory, secret_key=SecretStr(secret), database_url=database_url)


def load(directory: Path, **overrides: object) -> Settings:
    """Return the settings of the workspace in a folder.

    Raises:
        SettingsError: There is no workspace there, or a setting has a wrong value.
    """
    directory = directory.expanduser().resolve()
    if not (directory / FILE_NAME).is_file():
        raise SettingsError(
            f"'{directory}' is not a Headwater workspace: it has no {FILE_NAME}.",
            remedy=f"Make one with: headwater init {directory}",
        )
    _refuse_unknown(os.environ)
    try:
        return Settings(directory=directory, **overrides)  # type: ignore[arg-type]
    except TOMLDecodeError as error:
        raise SettingsError(
            f"'{directory / FILE_NAME}' is not TOML: {error}.",
            remedy="Mend that line; values are written name = value.",
        ) from error
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise SettingsError(
            f"Setting '{name}' in {directory / FILE_NAME} or HEADWATER_{name.upper()}: {first['msg']}.",
            remedy="See the settings reference in the documentation.",
        ) from error


def _refuse_unknown(environment: Iterable[str]) -> None:
    """Return only when no `HEADWATER_…` variable is a misspelt setting, which would do nothing.

    Other variables with the prefix pass: orchestrators put some there, such as `HEADWATER_SERVICE_HOST`.
    """
    known = {name.upper() for name in (*Settings.model_fields, *_COMMAND_LINE)}
    for name in sorted(environment):
        meant = name.removeprefix(PREFIX).split("__")[0].upper()
        if name.startswith(PREFIX) and meant not in known:
            close = get_close_matches(meant, known, 1, _MISSPELT)
            if close:
                raise SettingsError(
                    f"The environment variable {name} is no setting.", remedy=f"Did you mean {PREFIX}{close[0]}?"
                )
