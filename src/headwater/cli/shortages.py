"""What commands say about skills that nobody has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headwater.cli.console import err

if TYPE_CHECKING:
    from collections.abc import Iterable

    from headwater.annotation.shortages import Shortage


def warn(found: Iterable[Shortage]) -> None:
    """Say on standard error which skills nobody has, and how somebody comes to have them."""
    for each in found:
        err.print(f"{each.problem} {each.remedy}")
        err.print(f"Such as: headwater annotator enrol HANDLE --team TEAM --skill {each.skill}")
