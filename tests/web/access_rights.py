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
        POST /account/tokens
        POST /account/tokens/{token}/revoke
    """,
    ),
    # read by everybody in the program; lending one's own rights
    (
        TEAM,
        """
        GET /api/v1/programs/{program}/steps
        GET /p/{program}/charter
        GET /p/{program}/raci
        GET /p/{program}/waivers
        GET /p/{program}/delegations
        POST /p/{program}/delegations
        POST /p/{program}/delegations/{delegation}/end
    """,
    ),
    # releases before they are built
    (
        ("ops", "lead"),
        """
        GET /api/v1/programs/{program}/releases/preview
        GET /p/{program}/releases/preview
        POST /p/{program}/releases/builds
    """,
    ),
    # proposed by those who run the program
    (
        ("ops", "lead", "expert"),
        """
        POST /p/{program}/charter
        POST /p/{program}/raci
        POST /p/{program}/waivers
    """,
    ),
    # done by administrators alone
    (
        (),
        """
        POST /p/{program}/people
        POST /p/{program}/people/roles
        POST /p/{program}/people/{person}/link
        POST /p/{program}/people/{person}/roles/{role}/revoke
    """,
    ),
)
