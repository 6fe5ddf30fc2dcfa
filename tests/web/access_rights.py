"""For whom the pages of charter, chart, people, waivers, delegations, previews and one's own account are."""

from __future__ import annotations

from tests.web.access import TEAM

RIGHTS: tuple[tuple[tuple[str, ...], str], ...] = (
    # one's own account
    (
        (*TEAM, "outsider"),
        """
        GET /account
        POST /account/password
    """,
    ),
    # read by everybody in the program
    (
        TEAM,
        """
        GET /api/v1/programs/{program}/steps
        GET /p/{program}/charter
        GET /p/{program}/raci
        GET /p/{program}/waivers
        GET /p/{program}/delegations
    """,
    ),
    # releases before they are built
    (
        ("ops", "lead"),
        """
        GET /api/v1/programs/{program}/releases/preview
        GET /p/{program}/releases/preview
    """,
    ),
)
