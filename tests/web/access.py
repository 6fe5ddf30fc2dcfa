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
        GET /api/v1/programs/{program}/raci
        GET /api/v1/programs/{program}/raci/people
        GET /api/v1/programs/{program}/raci/problems
        GET /api/v1/programs/{program}/records
        GET /api/v1/programs/{program}/records/{record}
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
        GET /p/{program}/quality/batches/{batch}
        GET /p/{program}/quality/batches/{batch}/plan
        GET /p/{program}/records
        GET /p/{program}/records/{record}
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
        GET /api/v1/programs/{program}/qualifications
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
        GET /p/{program}/campaigns/{campaign}/cases/{lease}
        GET /p/{program}/campaigns/{campaign}/disputes
    """,
    ),
    # acts on what is one's own: opinions, notices, delegations, tokens
    (
        TEAM,
        """
        DELETE /api/v1/me/tokens/{token}
        DELETE /api/v1/programs/{program}/delegations/{delegation}
        POST /api/v1/programs/{program}/delegations
        POST /api/v1/programs/{program}/notices/receipt
        POST /api/v1/programs/{program}/proposals/{proposal}/opinion
        POST /p/{program}/decisions/{proposal}/answer
        POST /p/{program}/inbox
    """,
    ),
    # answering tasks
    (
        ("annotator", "reviewer", "ops", "lead"),
        """
        POST /api/v1/programs/{program}/feedback/{feedback}/appeal
        POST /p/{program}/feedback/{feedback}/appeal
        POST /api/v1/programs/{program}/campaigns/{campaign}/claim
        POST /api/v1/programs/{program}/campaigns/{campaign}/heartbeat
        POST /api/v1/programs/{program}/campaigns/{campaign}/return
        POST /api/v1/programs/{program}/campaigns/{campaign}/skip
        POST /api/v1/programs/{program}/campaigns/{campaign}/submit
        POST /api/v1/programs/{program}/campaigns/{campaign}/undo
        POST /api/v1/programs/{program}/campaigns/{campaign}/enquiries
        POST /p/{program}/workspace/{campaign}/ask
        POST /p/{program}/workspace/{campaign}/claim
        POST /p/{program}/workspace/{campaign}/heartbeat
        POST /p/{program}/workspace/{campaign}/skip
        POST /p/{program}/workspace/{campaign}/submit
        POST /p/{program}/workspace/{campaign}/undo
    """,
    ),
    # checking answers
    (
        ("reviewer", "expert", "ops", "lead"),
        """
        POST /api/v1/programs/{program}/batches/{batch}/judgements
        POST /api/v1/programs/{program}/batches/{batch}/judgements/rulings
        POST /api/v1/programs/{program}/campaigns/{campaign}/reviews/claim
        POST /api/v1/programs/{program}/campaigns/{campaign}/reviews/submit
        POST /p/{program}/campaigns/{campaign}/cases/{lease}/review
        POST /p/{program}/campaigns/{campaign}/cases/{tier}/next
        POST /p/{program}/campaigns/{campaign}/disputes/adjudication
        POST /p/{program}/quality/batches/{batch}/judge
        POST /p/{program}/quality/batches/{batch}/rulings
    """,
    ),
    # training and evaluation
    (
        ("engineer", "lead"),
        """
        POST /api/v1/programs/{program}/diagnoses
        POST /api/v1/programs/{program}/evaluations
        POST /api/v1/programs/{program}/findings/search
        POST /api/v1/programs/{program}/runs
    """,
    ),
    # decisions of those who run the program
    (
        ("ops", "lead", "expert"),
        """
        DELETE /api/v1/programs/{program}/members/{person}/roles/{role}
        PATCH /api/v1/programs/{program}/campaigns/{campaign}
        POST /api/v1/people
        POST /api/v1/people/{person}/activation
        POST /api/v1/people/{person}/deactivation
        POST /api/v1/programs
        POST /api/v1/programs/{program}/batches/{batch}/accept
        POST /api/v1/programs/{program}/batches/{batch}/plan
        POST /api/v1/programs/{program}/batches/{batch}/priority
        POST /api/v1/programs/{program}/batches/{batch}/propose
        POST /api/v1/programs/{program}/batches/{batch}/reject
        POST /api/v1/programs/{program}/batches/{batch}/rework
        POST /api/v1/programs/{program}/batches/{batch}/sample
        POST /api/v1/programs/{program}/batches/{batch}/seal
        POST /api/v1/programs/{program}/campaigns
        POST /api/v1/programs/{program}/campaigns/{campaign}/approval
        POST /api/v1/programs/{program}/campaigns/{campaign}/batches
        POST /api/v1/programs/{program}/campaigns/{campaign}/close
        POST /api/v1/programs/{program}/campaigns/{campaign}/disputes/claim
        POST /api/v1/programs/{program}/campaigns/{campaign}/disputes/submit
        POST /api/v1/programs/{program}/campaigns/{campaign}/gold
        POST /api/v1/programs/{program}/campaigns/{campaign}/import
        POST /api/v1/programs/{program}/campaigns/{campaign}/pause
        POST /api/v1/programs/{program}/campaigns/{campaign}/proposal
        POST /api/v1/programs/{program}/campaigns/{campaign}/resume
        POST /api/v1/programs/{program}/campaigns/{campaign}/revocations
        POST /api/v1/programs/{program}/campaigns/{campaign}/severities/{maker}/reduce
        POST /api/v1/programs/{program}/campaigns/{campaign}/severities/{maker}/resume
        POST /api/v1/programs/{program}/charter/proposals
        POST /api/v1/programs/{program}/guidelines
        POST /api/v1/programs/{program}/guidelines/{guideline}/approval
        POST /api/v1/programs/{program}/guidelines/{guideline}/proposal
        POST /api/v1/programs/{program}/proposals/{proposal}/decision
        POST /api/v1/programs/{program}/raci/proposals
        POST /api/v1/programs/{program}/raci/reset
        POST /api/v1/programs/{program}/releases
        POST /api/v1/programs/{program}/releases/{release}/approval
        POST /api/v1/programs/{program}/releases/{release}/proposal
        POST /api/v1/programs/{program}/schemas
        POST /api/v1/programs/{program}/schemas/{schema}/approval
        POST /api/v1/programs/{program}/schemas/{schema}/proposal
        POST /api/v1/programs/{program}/sources
        POST /api/v1/programs/{program}/sources/{source}/approval
        POST /api/v1/programs/{program}/sources/{source}/intakes
        POST /api/v1/programs/{program}/sources/{source}/proposal
        POST /api/v1/programs/{program}/waivers
        POST /p/{program}/campaigns
        POST /p/{program}/campaigns/{campaign}/batches
        POST /p/{program}/campaigns/{campaign}/batches/{batch}/priority
        POST /p/{program}/campaigns/{campaign}/revoke
        POST /p/{program}/campaigns/{campaign}/cases/{lease}/ruling
        POST /p/{program}/campaigns/{campaign}/change
        POST /p/{program}/campaigns/{campaign}/propose
        POST /p/{program}/campaigns/{campaign}/pause
        POST /p/{program}/campaigns/{campaign}/resume
        POST /p/{program}/campaigns/{campaign}/close
        POST /p/{program}/decisions/{proposal}/{verdict}
        POST /api/v1/programs/{program}/enquiries/{enquiry}/reply
        POST /p/{program}/enquiries/{enquiry}/reply
        POST /p/{program}/guidelines
        POST /p/{program}/guidelines/preview
        POST /p/{program}/campaigns/{campaign}/guideline
        POST /p/{program}/guidelines/{guideline}/propose
        POST /api/v1/programs/{program}/campaigns/{campaign}/prelabels
        POST /api/v1/programs/{program}/campaigns/{campaign}/prelabels/fetches
        POST /p/{program}/campaigns/{campaign}/prelabels/fetch
        POST /p/{program}/campaigns/{campaign}/prelabels/jobs/{job}/{act}
        POST /p/{program}/campaigns/{campaign}/prelabels/order
        POST /api/v1/programs/{program}/campaigns/{campaign}/monitor
        POST /api/v1/programs/{program}/alarms/{alarm}/acknowledge
        POST /api/v1/programs/{program}/alarms/{alarm}/decide
        POST /api/v1/programs/{program}/campaigns/{campaign}/gold/{task}/correct
        POST /api/v1/programs/{program}/campaigns/{campaign}/gold/{task}/retire
        POST /api/v1/programs/{program}/campaigns/{campaign}/prelabels/order
        POST /api/v1/programs/{program}/deliveries/{delivery}/approval
        POST /api/v1/programs/{program}/deliveries/{delivery}/judgement
        POST /api/v1/programs/{program}/deliveries/{delivery}/return
        POST /api/v1/programs/{program}/packages
        POST /api/v1/programs/{program}/packages/{package}/approval
        POST /api/v1/programs/{program}/packages/{package}/refusal
        POST /api/v1/programs/{program}/packages/{package}/withdrawal
        POST /api/v1/programs/{program}/deliveries/{delivery}/sample
        POST /p/{program}/vendors/packages/{package}/withdrawal
        POST /p/{program}/vendors/packages/{package}/deliveries
        POST /p/{program}/vendors/packages/{package}/certificate
        POST /api/v1/programs/{program}/packages/{package}/certificate
        POST /api/v1/programs/{program}/packages/{package}/deliveries
        POST /api/v1/programs/{program}/releases/{release}/publication
        POST /api/v1/programs/{program}/releases/{release}/withdrawal
        POST /api/v1/programs/{program}/vendors
        POST /api/v1/programs/{program}/vendors/{vendor}/approval
        POST /p/{program}/releases/{release}/publish
        POST /p/{program}/releases/{release}/yank
        POST /p/{program}/vendors
        POST /p/{program}/vendors/deliveries/{delivery}/judgement
        POST /p/{program}/vendors/packages
        POST /p/{program}/quality/alarms/{alarm}/acknowledge
        POST /p/{program}/quality/alarms/{alarm}/decide
        POST /p/{program}/quality/campaigns/{campaign}/monitor
        POST /p/{program}/quality/campaigns/{campaign}/gold/{task}
        POST /p/{program}/quality/batches/{batch}/draw
        POST /p/{program}/quality/batches/{batch}/propose
        POST /p/{program}/quality/batches/{batch}/rework
        POST /p/{program}/quality/severities/{step}
        POST /p/{program}/releases/{release}/propose
        POST /p/{program}/schemas
        POST /p/{program}/schemas/{schema}/propose
        POST /p/{program}/sources
        POST /p/{program}/sources/{source}/propose
        POST /p/{program}/workforce
        POST /p/{program}/workforce/{person}/availability
        POST /api/v1/programs/{program}/appeals/{appeal}/ruling
        POST /p/{program}/appeals/{appeal}/ruling
        POST /p/{program}/workforce/qualifications
        POST /api/v1/programs/{program}/annotators/{person}/requalification
        POST /api/v1/programs/{program}/annotators/{person}/tests
        POST /api/v1/programs/{program}/qualifications
        POST /p/{program}/workforce/{person}/readmission
        POST /p/{program}/workforce/{person}/stop
        POST /api/v1/programs/{program}/annotators/{person}/readmission
        PUT /api/v1/programs/{program}/annotators/{person}/stop
        PUT /api/v1/programs/{program}/annotators/{person}
        PUT /api/v1/programs/{program}/annotators/{person}/availability
        PUT /api/v1/programs/{program}/members/{person}/roles/{role}
        PUT /api/v1/programs/{program}/sources/{source}/provenance
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
    # the way back from models to data: acted on by those who train and evaluate
    (
        ("engineer", "lead"),
        """
        POST /api/v1/programs/{program}/findings/{finding}/triage
        POST /api/v1/programs/{program}/briefs/{brief}/verification
        POST /p/{program}/briefs/{brief}/verify
        POST /p/{program}/evaluations
        POST /p/{program}/findings
        POST /p/{program}/findings/{finding}/triage
        POST /p/{program}/training
    """,
    ),
    # orders to repair data
    (
        ("ops", "lead"),
        """
        POST /api/v1/programs/{program}/briefs
        POST /api/v1/programs/{program}/briefs/{brief}/authorisation
        POST /api/v1/programs/{program}/briefs/{brief}/closing
        POST /api/v1/programs/{program}/briefs/{brief}/closure
        POST /api/v1/programs/{program}/briefs/{brief}/works
        POST /p/{program}/briefs/{brief}/close
        POST /p/{program}/briefs/{brief}/work
        POST /p/{program}/diagnoses/{diagnosis}/brief
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
        POST /api/v1/programs/{program}/campaigns/{campaign}/exports
        POST /api/v1/programs/{program}/jobs/{job}/cancel
        POST /api/v1/programs/{program}/jobs/{job}/resume
        POST /api/v1/programs/{program}/releases/builds
        POST /api/v1/programs/{program}/releases/{release}/exports
        POST /api/v1/programs/{program}/coverage/profile
        POST /p/{program}/coverage
        POST /p/{program}/jobs/{job}/{act}
        POST /p/{program}/sources/{source}/intakes
    """,
    ),
)
