"""For whom the pages and calls are with which labels are measured and resolved."""

from __future__ import annotations

from tests.web.access import TEAM

QUALITY: tuple[tuple[tuple[str, ...], str], ...] = (
    # read by everybody in the program, each seeing what is theirs
    (
        TEAM,
        """
        GET /api/v1/programs/{program}/assessments
        GET /api/v1/programs/{program}/resolutions/{campaign}/{question}/habits
        GET /api/v1/programs/{program}/assessments/{campaign}/{question}/disputes
        GET /api/v1/programs/{program}/assessments/{campaign}/{question}/overlap
        GET /api/v1/programs/{program}/assessments/{campaign}/{question}/yardstick
        GET /api/v1/programs/{program}/yardsticks
        GET /api/v1/programs/{program}/concerns
        GET /api/v1/programs/{program}/measures
        GET /p/{program}/quality/agreement/{campaign}/{question}
    """,
    ),
    # read by those who run or accept the work
    (
        ("ops", "lead"),
        """
        GET /api/v1/programs/{program}/assessments/{campaign}/{question}/by
        GET /p/{program}/quality/agreement/{campaign}/{question}/by
        GET /api/v1/programs/{program}/campaigns/{campaign}/annotators/{person}/answers
        GET /api/v1/programs/{program}/campaigns/{campaign}/annotators/{person}/answers/export
        GET /p/{program}/quality/annotators/{person}/answers
        GET /p/{program}/quality/annotators/{person}/answers.{form}
        GET /p/{program}/quality/campaigns/{campaign}/tasks/{task}/image
    """,
    ),
)
