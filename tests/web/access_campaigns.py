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
        GET /p/{program}/campaigns/{campaign}/files
        GET /p/{program}/schemas/edit
        GET /p/{program}/campaigns/{campaign}/tasks
        GET /p/{program}/campaigns/{campaign}/tasks/{task}
        GET /api/v1/programs/{program}/campaigns/{campaign}/tasks
        GET /api/v1/programs/{program}/campaigns/{campaign}/tasks/{task}
        GET /p/{program}/campaigns/{campaign}/automation
        GET /api/v1/programs/{program}/campaigns/{campaign}/automation
        GET /api/v1/programs/{program}/campaigns/{campaign}/certificates
        GET /api/v1/programs/{program}/certificates/{certificate}/audit
        GET /api/v1/programs/{program}/deadlines
        GET /api/v1/programs/{program}/campaigns/{campaign}/deadline/moves
    """,
    ),
)
