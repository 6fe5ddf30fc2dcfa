"""The one tree of errors.

    HeadwaterError                 exit  HTTP
    ├── InvalidError                 2   422   the input cannot be accepted
    ├── NotFoundError                3   404   the named thing does not exist (or may not be seen)
    ├── ConflictError                4   409   the thing is in another state than the act needs
    │   └── StaleError               4   412   it changed since the caller looked at it
    ├── ForbiddenError               5   403   the actor may not do this
    ├── UnauthenticatedError         5   401   nobody is signed in
    ├── LimitError                   6   429   too much, too fast
    │   └── TooLargeError            6   413   longer than a setting allows
    ├── VerificationError            7   409   a digest, signature or chain does not hold
    ├── SettingsError                8   500   the workspace is not set up for this
    └── UnavailableError             9   503   a server or model outside does not answer

A part derives its own errors from these in its `model.py`, each with a stable `code`. A class's
docstring is its default message. A message names the culprit and what was expected; `remedy` says
what to do next. Edges map classes to statuses once.
"""

from __future__ import annotations

from typing import ClassVar


class HeadwaterError(Exception):
    """Something went wrong."""

    code: ClassVar[str] = "error"

    def __init__(self, message: str = "", /, *, remedy: str = "", **facts: object) -> None:
        """Make the error.

        Args:
            message: What is wrong, naming the culprit and what was expected; the class docstring by default.
            remedy: What the reader can do next, one sentence.
            **facts: Machine-readable facts, shown in problem documents and kept in `facts`.
        """
        self.message = message or (type(self).__doc__ or "").strip().splitlines()[0]
        self.remedy = remedy
        self.facts = facts
        super().__init__(self.message)

    def __str__(self) -> str:
        """Return the message followed by the remedy."""
        return f"{self.message} {self.remedy}".strip()


class InvalidError(HeadwaterError):
    """The input cannot be accepted."""

    code = "invalid"


class NotFoundError(HeadwaterError):
    """There is no such thing here."""

    code = "not_found"


class ConflictError(HeadwaterError):
    """The thing is not in a state that allows this."""

    code = "conflict"


class StaleError(ConflictError):
    """It has changed since you looked at it."""

    code = "stale"


class ForbiddenError(HeadwaterError):
    """You may not do this."""

    code = "forbidden"


class UnauthenticatedError(HeadwaterError):
    """Sign in first."""

    code = "unauthenticated"


class LimitError(HeadwaterError):
    """Too many requests; wait a little."""

    code = "limit"


class TooLargeError(LimitError):
    """What was sent is longer than is allowed."""

    code = "too_large"


class VerificationError(HeadwaterError):
    """A digest, signature or chain does not hold."""

    code = "verification_failed"


class SettingsError(HeadwaterError):
    """The workspace is not set up for this."""

    code = "settings"


class UnavailableError(HeadwaterError):
    """A server outside does not answer."""

    code = "unavailable"
