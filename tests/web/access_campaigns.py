"""For whom the pages and calls are with which campaigns are steered."""

from __future__ import annotations

CAMPAIGNS: tuple[tuple[tuple[str, ...], str], ...] = (
    # read by those who run the work
    (
        ("ops", "lead"),
        """
        GET /api/v1/programs/{program}/campaigns/{campaign}/assignments
        GET /api/v1/programs/{program}/campaigns/{campaign}/skips
        GET /api/v1/programs/{program}/campaigns/{campaign}/skips/reasons
        GET /api/v1/programs/{program}/campaigns/{campaign}/schema
        GET /p/{program}/campaigns/{campaign}/assignments
        GET /p/{program}/campaigns/{campaign}/schema
        GET /p/{program}/campaigns/{campaign}/automation
        GET /api/v1/programs/{program}/campaigns/{campaign}/automation
        GET /api/v1/programs/{program}/campaigns/{campaign}/certificates
        GET /api/v1/programs/{program}/certificates/{certificate}/audit
    """,
    ),
    # done by those who run the work
    (
        ("ops", "lead", "expert"),
        """
        POST /api/v1/programs/{program}/campaigns/{campaign}/assignments
        POST /api/v1/programs/{program}/campaigns/{campaign}/schema
        POST /p/{program}/campaigns/{campaign}/assignments
        POST /p/{program}/campaigns/{campaign}/schema
        POST /p/{program}/campaigns/{campaign}/automation
        POST /p/{program}/campaigns/{campaign}/automation/slices
        PATCH /api/v1/programs/{program}/campaigns/{campaign}/automation
        POST /p/{program}/campaigns/{campaign}/automation/{certificate}/run
        POST /p/{program}/campaigns/{campaign}/automation/{certificate}/revoke
        POST /api/v1/programs/{program}/campaigns/{campaign}/certificates
        POST /api/v1/programs/{program}/certificates/{certificate}/run
        POST /api/v1/programs/{program}/certificates/{certificate}/revocation
        POST /p/{program}/quality/campaigns/{campaign}/gold
    """,
    ),
)
