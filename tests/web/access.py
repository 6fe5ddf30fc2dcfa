"""For whom every route is: declared by hand, so that a new route must say it."""

from __future__ import annotations

TEAM = ("annotator", "reviewer", "expert", "ops", "lead", "engineer")
ROLES = (*TEAM, "outsider", "anonymous")
DECLARED: tuple[tuple[tuple[str, ...], str], ...] = (
    # open to anybody
    (
        ROLES,
        """
        GET /p/{program}/intakes
        GET /sign-in
        POST /sign-in
        POST /sign-in/link/{secret}
        POST /sign-out
        GET /sign-in/link/{secret}
    """,
    ),
    # one's own account
    (
        (*TEAM, "outsider"),
        """
        GET /
        GET /api/v1/me
        GET /api/v1/me/tokens
        GET /api/v1/programs
    """,
    ),
    # read by everybody in the program, each seeing what is theirs
    (
        TEAM,
        """
        GET /api/v1/programs/{program}
        GET /api/v1/programs/{program}/acceptance
        GET /api/v1/programs/{program}/annotators
        GET /api/v1/programs/{program}/annotators/{person}
        GET /api/v1/programs/{program}/batches/{batch}/inspections
        GET /api/v1/programs/{program}/batches/{batch}/judgements
        GET /api/v1/programs/{program}/batches/{batch}/lot
        GET /api/v1/programs/{program}/briefs
        GET /api/v1/programs/{program}/campaigns
        GET /api/v1/programs/{program}/campaigns/{campaign}
        GET /api/v1/programs/{program}/campaigns/{campaign}/leases/{lease}/image
        GET /api/v1/programs/{program}/campaigns/{campaign}/progress
        GET /api/v1/programs/{program}/cohorts
        GET /api/v1/programs/{program}/comparisons/{old}/{new}
        GET /api/v1/programs/{program}/coverage
        GET /api/v1/programs/{program}/decisions
        GET /api/v1/programs/{program}/delegations
        GET /api/v1/programs/{program}/diagnoses
        GET /api/v1/programs/{program}/evaluations
        GET /api/v1/programs/{program}/evaluations/{evaluation}/samples
        GET /api/v1/programs/{program}/feedback
        GET /p/{program}/feedback
        GET /api/v1/programs/{program}/findings
        GET /api/v1/programs/{program}/guidelines
        GET /api/v1/programs/{program}/guidelines/{guideline}
        GET /api/v1/programs/{program}/guidelines/{guideline}/labels
        GET /api/v1/programs/{program}/guidelines/{guideline}/remarks
        GET /api/v1/programs/{program}/inspections
        GET /api/v1/programs/{program}/intakes
        GET /api/v1/programs/{program}/intakes/{intake}/rejects
        GET /api/v1/programs/{program}/jobs
        GET /api/v1/programs/{program}/jobs/{job}
        GET /api/v1/programs/{program}/ledger
        GET /api/v1/programs/{program}/ledger/checkpoint
        GET /api/v1/programs/{program}/ledger/export
        GET /api/v1/programs/{program}/ledger/verification
        GET /api/v1/programs/{program}/lineage/{identifier}/impact
        GET /api/v1/programs/{program}/lineage/{identifier}/trace
        GET /api/v1/programs/{program}/members
        GET /api/v1/programs/{program}/notices
        GET /api/v1/programs/{program}/proposals
        GET /api/v1/programs/{program}/proposals/{proposal}
        GET /api/v1/programs/{program}/qualifications
        GET /api/v1/programs/{program}/raci
        GET /api/v1/programs/{program}/raci/people
        GET /api/v1/programs/{program}/raci/problems
        GET /api/v1/programs/{program}/records
        GET /api/v1/programs/{program}/records/{record}
        GET /api/v1/programs/{program}/records/{record}/image
        GET /api/v1/programs/{program}/releases
        GET /api/v1/programs/{program}/releases/{old}/diff/{new}
        GET /api/v1/programs/{program}/releases/{release}
        GET /api/v1/programs/{program}/releases/{release}/files/{name}
        GET /api/v1/programs/{program}/releases/{release}/gates
        GET /api/v1/programs/{program}/runs
        GET /api/v1/programs/{program}/schemas
        GET /api/v1/programs/{program}/schemas/{schema}
        GET /api/v1/programs/{program}/schemas/{schema}/changes
        GET /api/v1/programs/{program}/severities
        GET /api/v1/programs/{program}/ledger/growth
        GET /api/v1/programs/{program}/acceptance/plans
        GET /api/v1/programs/{program}/sources
        GET /api/v1/programs/{program}/sources/{source}
        GET /api/v1/programs/{program}/waivers
        GET /p/{program}/
        GET /p/{program}/briefs
        GET /p/{program}/campaigns
        GET /p/{program}/campaigns/{campaign}
        GET /p/{program}/compliance
        GET /p/{program}/decisions/{proposal}
        GET /p/{program}/evaluations
        GET /p/{program}/evaluations/{evaluation}
        GET /p/{program}/findings
        GET /p/{program}/guidelines/{guideline}
        GET /p/{program}/guidelines/{guideline}/records/{record}/image
        GET /p/{program}/inbox
        GET /p/{program}/inspection
        GET /p/{program}/intakes/{intake}
        GET /p/{program}/intakes/{intake}/rejects.jsonl
        GET /p/{program}/ledger
        GET /p/{program}/lineage
        GET /p/{program}/lineage/{identifier}
        GET /p/{program}/people
        GET /p/{program}/quality
        GET /api/v1/programs/{program}/lineage/export
        GET /api/v1/programs/{program}/campaigns/{campaign}/watches
        GET /p/{program}/lineage/export/{wanted}
        GET /p/{program}/quality/campaigns/{campaign}/charts
        GET /p/{program}/quality/acceptance
        GET /p/{program}/quality/batches/{batch}/plan
        GET /p/{program}/records
        GET /p/{program}/records/{record}
        GET /p/{program}/records/{record}/image
        GET /p/{program}/records/{record}/thumbnail
        GET /p/{program}/releases
        GET /p/{program}/releases/{release}
        GET /p/{program}/releases/{release}/files/{name}
        GET /p/{program}/schemas/{schema}
        GET /p/{program}/sources
        GET /p/{program}/sources/{source}
        GET /p/{program}/subject/{subject}
        GET /p/{program}/training
        GET /p/{program}/workforce
        GET /p/{program}/workspace
        GET /p/{program}/workspace/{campaign}
        GET /api/v1/programs/{program}/enquiries
        GET /p/{program}/enquiries
        GET /api/v1/programs/{program}/campaigns/{campaign}/pace
        GET /p/{program}/workspace/{campaign}/enquiries
        GET /p/{program}/workspace/{campaign}/pace
        GET /p/{program}/workspace/{campaign}/answers
        GET /api/v1/programs/{program}/campaigns/{campaign}/answers
        GET /p/{program}/campaigns/{campaign}/comments
        GET /api/v1/programs/{program}/campaigns/{campaign}/comments
        GET /api/v1/programs/{program}/agenda
        GET /p/{program}/workspace/{campaign}/guide/{guideline}
        GET /p/{program}/workspace/{campaign}/image/{lease}
    """,
    ),
    # read by those who run the work
    (
        ("ops", "lead"),
        """
        GET /api/v1/programs/{program}/annotators/{person}/card
        GET /api/v1/programs/{program}/campaigns/{campaign}/export
        GET /api/v1/programs/{program}/campaigns/{campaign}/gold
        GET /api/v1/programs/{program}/cohorts/{team}/card
        GET /api/v1/programs/{program}/campaigns/{campaign}/cohorts
        GET /api/v1/programs/{program}/campaigns/{campaign}/forecast
        GET /api/v1/programs/{program}/campaigns/{campaign}/reviewers
        GET /api/v1/programs/{program}/campaigns/{campaign}/anchoring
        GET /api/v1/programs/{program}/campaigns/{campaign}/prelabels/fetches
        GET /api/v1/programs/{program}/campaigns/{campaign}/prelabels/fetches/{fetch}/failures
        GET /api/v1/programs/{program}/predictors
        GET /p/{program}/campaigns/{campaign}/prelabels
        GET /api/v1/programs/{program}/campaigns/{campaign}/charts
        GET /api/v1/programs/{program}/alarms
        GET /api/v1/programs/{program}/alarms/{alarm}
        GET /api/v1/programs/{program}/campaigns/{campaign}/gold/health
        GET /api/v1/programs/{program}/campaigns/{campaign}/gold/plan
        GET /api/v1/programs/{program}/deliveries
        GET /api/v1/programs/{program}/packages
        GET /api/v1/programs/{program}/packages/{package}/archive
        GET /api/v1/programs/{program}/packages/{package}/certificate
        GET /api/v1/programs/{program}/deliveries/{delivery}/sample
        GET /api/v1/programs/{program}/deliveries/{delivery}/sample/{item}/image
        GET /api/v1/programs/{program}/deliveries/{delivery}/rework
        GET /p/{program}/vendors/packages/{package}/certificate
        GET /p/{program}/vendors/deliveries/{delivery}
        GET /p/{program}/vendors/deliveries/{delivery}/items/{item}/image
        GET /p/{program}/vendors/deliveries/{delivery}/rework.jsonl
        GET /api/v1/programs/{program}/resolutions
        GET /api/v1/programs/{program}/resolutions/{campaign}/{question}/methods
        GET /api/v1/programs/{program}/resolutions/{campaign}/{question}/labels
        GET /p/{program}/quality/resolutions/{campaign}/{question}
        GET /api/v1/programs/{program}/vendors
        GET /p/{program}/vendors
        GET /p/{program}/vendors/packages/{package}.zip
        GET /p/{program}/guidelines/{guideline}/edit
        GET /p/{program}/campaigns/{campaign}/guideline
        GET /api/v1/programs/{program}/label-errors
        GET /api/v1/programs/{program}/label-errors/{search}
        GET /p/{program}/quality/alarms
        GET /p/{program}/quality/alarms/{alarm}
        GET /p/{program}/quality/campaigns/{campaign}/gold
        GET /p/{program}/quality/label-errors
        GET /p/{program}/quality/annotators/{person}
        GET /p/{program}/quality/cohorts/{team}
    """,
    ),
    # read by those who check the work and those who run it
    (
        ("reviewer", "expert", "ops", "lead"),
        """
        GET /p/{program}/quality/agreement/{campaign}/{question}/disputes
        GET /p/{program}/quality/batches/{batch}
        GET /api/v1/programs/{program}/reviews/counts
        GET /api/v1/programs/{program}/reviews/waiting
        GET /p/{program}/reviews
    """,
    ),
    # read by those who rule on appeals
    (
        ("expert", "lead"),
        """
        GET /api/v1/programs/{program}/appeals
        GET /p/{program}/appeals
    """,
    ),
    # read by those who check it
    (
        ("reviewer", "expert", "lead"),
        """
        GET /api/v1/programs/{program}/campaigns/{campaign}/disputes
        GET /api/v1/programs/{program}/campaigns/{campaign}/leases/{lease}/case
        GET /p/{program}/campaigns/{campaign}/cases/{lease}
        GET /p/{program}/campaigns/{campaign}/disputes
    """,
    ),
    # the way back from models to data: read by everybody
    (
        TEAM,
        """
        GET /api/v1/programs/{program}/diagnoses/{diagnosis_id}
        GET /api/v1/programs/{program}/evaluations/{evaluation}
        GET /api/v1/programs/{program}/findings/{finding}
        GET /api/v1/programs/{program}/intakes/{intake}
        GET /api/v1/programs/{program}/runs/{run}
        GET /api/v1/programs/{program}/briefs/{brief}
        GET /api/v1/programs/{program}/briefs/{brief}/works
        GET /api/v1/programs/{program}/diagnoses/{diagnosis_id}/draft
        GET /p/{program}/briefs/{brief}
        GET /p/{program}/comparisons
        GET /p/{program}/diagnoses/{diagnosis}
        GET /p/{program}/findings/{finding}
        GET /p/{program}/training/{run}
    """,
    ),
    # jobs: seen by everybody, commanded by whoever asked for them or may do what they do
    (
        TEAM,
        """
        GET /api/v1/programs/{program}/coverage/profile
        GET /p/{program}/jobs
        GET /p/{program}/jobs/{job}
        GET /p/{program}/jobs/{job}/status
    """,
    ),
    (
        ("ops", "lead"),
        """
        GET /api/v1/programs/{program}/jobs/{job}/file
        GET /p/{program}/jobs/{job}/file
    """,
    ),
)
