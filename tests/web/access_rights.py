"""For whom the pages of charter, chart, people, waivers, delegations and one's own account are."""

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
        GET /p/{program}/charter
        GET /p/{program}/raci
        GET /p/{program}/waivers
        GET /p/{program}/delegations
        POST /p/{program}/delegations
        POST /p/{program}/delegations/{delegation}/end
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
