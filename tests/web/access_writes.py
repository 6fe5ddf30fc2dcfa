"""Who may write what: every route that changes something, with exactly the roles it does not refuse by right."""

from __future__ import annotations

from tests.web.access import TEAM

LATE = (
    "PUT /api/v1/programs/{program}/sources/{source}/provenance",
    "POST /api/v1/programs/{program}/sources/{source}/intakes",
    "POST /p/{program}/sources/{source}/intakes",
    "POST /p/{program}/campaigns/{campaign}/intakes",
    "POST /p/{program}/evaluations",
    "POST /p/{program}/campaigns/{campaign}/files/import",
    "POST /api/v1/programs/{program}/jobs/{job}/cancel",
    "POST /api/v1/programs/{program}/jobs/{job}/resume",
    "POST /p/{program}/jobs/{job}/{act}",
    "POST /api/v1/programs/{program}/releases/{release}/exports",
    "POST /p/{program}/decisions/{proposal}/{verdict}",
)
"""Routes that must read a form, a file or the thing itself before they know which right it takes: others are refused,
but not always by right."""
WRITES: tuple[tuple[tuple[str, ...], str], ...] = (
    # one's own account
    (
        (*TEAM, "outsider"),
        """
        POST /account/tokens
        POST /account/tokens/{token}/revoke
        DELETE /api/v1/me/tokens/{token}
    """,
    ),
    # what is one's own in the program: opinions, notices, delegations
    (
        TEAM,
        """
        POST /api/v1/programs/{program}/delegations
        DELETE /api/v1/programs/{program}/delegations/{delegation}
        POST /api/v1/programs/{program}/notices/receipt
        POST /api/v1/programs/{program}/proposals/{proposal}/opinion
        POST /p/{program}/decisions/{proposal}/answer
        POST /p/{program}/delegations
        POST /p/{program}/delegations/{delegation}/end
        POST /p/{program}/inbox
    """,
    ),
    # answering tasks
    (
        ("annotator", "reviewer", "expert", "ops", "lead"),
        """
        POST /api/v1/programs/{program}/campaigns/{campaign}/claim
        POST /api/v1/programs/{program}/campaigns/{campaign}/enquiries
        POST /api/v1/programs/{program}/campaigns/{campaign}/heartbeat
        POST /api/v1/programs/{program}/campaigns/{campaign}/return
        POST /api/v1/programs/{program}/campaigns/{campaign}/skip
        POST /api/v1/programs/{program}/campaigns/{campaign}/submit
        POST /api/v1/programs/{program}/campaigns/{campaign}/undo
        POST /api/v1/programs/{program}/feedback/{feedback}/appeal
        POST /p/{program}/feedback/{feedback}/appeal
        POST /p/{program}/workspace/{campaign}/ask
        POST /p/{program}/workspace/{campaign}/claim
        POST /p/{program}/workspace/{campaign}/heartbeat
        POST /p/{program}/workspace/{campaign}/skip
        POST /p/{program}/workspace/{campaign}/submit
        POST /p/{program}/workspace/{campaign}/undo
        POST /p/{program}/workspace/{campaign}/return
        POST /p/{program}/workspace/{campaign}/return-all
        POST /api/v1/programs/{program}/campaigns/{campaign}/return/all
        POST /p/{program}/campaigns/{campaign}/comments/{answer}
        POST /api/v1/programs/{program}/campaigns/{campaign}/answers/{answer}/comments
    """,
    ),
    # checking answers
    (
        ("reviewer", "expert", "lead"),
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
    # ruling on disputes and appeals
    (
        ("expert", "lead"),
        """
        POST /api/v1/programs/{program}/appeals/{appeal}/ruling
        POST /api/v1/programs/{program}/campaigns/{campaign}/disputes/claim
        POST /api/v1/programs/{program}/campaigns/{campaign}/disputes/submit
        POST /p/{program}/appeals/{appeal}/ruling
        POST /p/{program}/campaigns/{campaign}/cases/{lease}/ruling
    """,
    ),
    # training, evaluation and findings
    (
        ("engineer", "ops", "lead"),
        """
        POST /api/v1/programs/{program}/briefs/{brief}/verification
        POST /api/v1/programs/{program}/diagnoses
        POST /api/v1/programs/{program}/evaluations
        POST /api/v1/programs/{program}/findings/search
        POST /api/v1/programs/{program}/findings/{finding}/triage
        POST /api/v1/programs/{program}/runs
        POST /p/{program}/briefs/{brief}/verify
        POST /p/{program}/evaluations
        POST /p/{program}/findings
        POST /p/{program}/findings/{finding}/triage
        POST /p/{program}/training
    """,
    ),
    # running the program
    (
        ("ops", "lead"),
        """
        POST /p/{program}/campaigns/{campaign}/files/export
        POST /p/{program}/campaigns/{campaign}/files/import
        POST /api/v1/programs/{program}/alarms/{alarm}/acknowledge
        POST /api/v1/programs/{program}/alarms/{alarm}/decide
        PUT /api/v1/programs/{program}/annotators/{person}
        PUT /api/v1/programs/{program}/annotators/{person}/availability
        POST /api/v1/programs/{program}/annotators/{person}/readmission
        POST /api/v1/programs/{program}/annotators/{person}/requalification
        PUT /api/v1/programs/{program}/annotators/{person}/stop
        POST /api/v1/programs/{program}/annotators/{person}/tests
        POST /api/v1/programs/{program}/assessments
        POST /api/v1/programs/{program}/batches/{batch}/accept
        POST /api/v1/programs/{program}/batches/{batch}/plan
        POST /api/v1/programs/{program}/batches/{batch}/priority
        POST /api/v1/programs/{program}/batches/{batch}/propose
        POST /api/v1/programs/{program}/batches/{batch}/reject
        POST /api/v1/programs/{program}/batches/{batch}/rework
        POST /api/v1/programs/{program}/batches/{batch}/sample
        POST /api/v1/programs/{program}/batches/{batch}/seal
        POST /api/v1/programs/{program}/briefs
        POST /api/v1/programs/{program}/briefs/{brief}/authorisation
        POST /api/v1/programs/{program}/briefs/{brief}/closing
        POST /api/v1/programs/{program}/briefs/{brief}/closure
        POST /api/v1/programs/{program}/briefs/{brief}/works
        POST /api/v1/programs/{program}/campaigns
        PATCH /api/v1/programs/{program}/campaigns/{campaign}
        POST /api/v1/programs/{program}/campaigns/{campaign}/approval
        POST /api/v1/programs/{program}/campaigns/{campaign}/assignments
        PATCH /api/v1/programs/{program}/campaigns/{campaign}/automation
        POST /api/v1/programs/{program}/campaigns/{campaign}/batches
        POST /api/v1/programs/{program}/campaigns/{campaign}/certificates
        POST /api/v1/programs/{program}/campaigns/{campaign}/close
        POST /api/v1/programs/{program}/campaigns/{campaign}/exports
        POST /api/v1/programs/{program}/campaigns/{campaign}/gold
        POST /api/v1/programs/{program}/campaigns/{campaign}/gold/{task}/correct
        POST /api/v1/programs/{program}/campaigns/{campaign}/gold/{task}/retire
        POST /api/v1/programs/{program}/campaigns/{campaign}/import
        POST /api/v1/programs/{program}/campaigns/{campaign}/monitor
        POST /api/v1/programs/{program}/campaigns/{campaign}/pause
        POST /api/v1/programs/{program}/campaigns/{campaign}/prelabels
        POST /api/v1/programs/{program}/campaigns/{campaign}/prelabels/fetches
        POST /api/v1/programs/{program}/campaigns/{campaign}/prelabels/order
        POST /api/v1/programs/{program}/campaigns/{campaign}/proposal
        POST /api/v1/programs/{program}/campaigns/{campaign}/resume
        POST /api/v1/programs/{program}/campaigns/{campaign}/revocations
        POST /api/v1/programs/{program}/campaigns/{campaign}/schema
        POST /api/v1/programs/{program}/certificates/{certificate}/revocation
        POST /api/v1/programs/{program}/certificates/{certificate}/run
        POST /api/v1/programs/{program}/charter/proposals
        POST /api/v1/programs/{program}/coverage/profile
        POST /api/v1/programs/{program}/deliveries/{delivery}/approval
        POST /api/v1/programs/{program}/deliveries/{delivery}/judgement
        POST /api/v1/programs/{program}/deliveries/{delivery}/return
        POST /api/v1/programs/{program}/deliveries/{delivery}/sample
        POST /api/v1/programs/{program}/enquiries/{enquiry}/reply
        POST /api/v1/programs/{program}/guidelines
        POST /api/v1/programs/{program}/guidelines/{guideline}/proposal
        POST /api/v1/programs/{program}/jobs/{job}/cancel
        POST /api/v1/programs/{program}/jobs/{job}/resume
        POST /api/v1/programs/{program}/label-errors
        POST /api/v1/programs/{program}/label-errors/{search}/relabel
        POST /api/v1/programs/{program}/packages
        POST /api/v1/programs/{program}/packages/{package}/approval
        POST /api/v1/programs/{program}/packages/{package}/certificate
        POST /api/v1/programs/{program}/packages/{package}/deliveries
        POST /api/v1/programs/{program}/packages/{package}/refusal
        POST /api/v1/programs/{program}/packages/{package}/withdrawal
        POST /api/v1/programs/{program}/proposals/{proposal}/decision
        POST /api/v1/programs/{program}/qualifications
        POST /api/v1/programs/{program}/raci/proposals
        POST /api/v1/programs/{program}/releases
        POST /api/v1/programs/{program}/releases/builds
        POST /api/v1/programs/{program}/releases/{release}/approval
        POST /api/v1/programs/{program}/releases/{release}/exports
        POST /api/v1/programs/{program}/releases/{release}/proposal
        POST /api/v1/programs/{program}/releases/{release}/publication
        POST /api/v1/programs/{program}/releases/{release}/withdrawal
        POST /api/v1/programs/{program}/resolutions
        POST /api/v1/programs/{program}/schemas
        POST /api/v1/programs/{program}/schemas/{schema}/proposal
        POST /api/v1/programs/{program}/sources
        POST /api/v1/programs/{program}/sources/{source}/approval
        POST /api/v1/programs/{program}/sources/{source}/intakes
        POST /api/v1/programs/{program}/sources/{source}/proposal
        PUT /api/v1/programs/{program}/sources/{source}/provenance
        POST /api/v1/programs/{program}/vendors
        POST /api/v1/programs/{program}/vendors/{vendor}/approval
        POST /api/v1/programs/{program}/waivers
        POST /p/{program}/briefs/{brief}/close
        POST /p/{program}/briefs/{brief}/work
        POST /p/{program}/campaigns
        POST /p/{program}/campaigns/{campaign}/assignments
        POST /p/{program}/campaigns/{campaign}/automation
        POST /p/{program}/campaigns/{campaign}/automation/slices
        POST /p/{program}/campaigns/{campaign}/automation/{certificate}/revoke
        POST /p/{program}/campaigns/{campaign}/automation/{certificate}/run
        POST /p/{program}/campaigns/{campaign}/batches
        POST /p/{program}/campaigns/{campaign}/batches/{batch}/priority
        POST /p/{program}/campaigns/{campaign}/change
        POST /p/{program}/campaigns/{campaign}/close
        POST /p/{program}/campaigns/{campaign}/extend
        POST /api/v1/programs/{program}/campaigns/{campaign}/deadline
        POST /p/{program}/campaigns/{campaign}/guideline
        POST /p/{program}/campaigns/{campaign}/pause
        POST /p/{program}/campaigns/{campaign}/prelabels/fetch
        POST /p/{program}/campaigns/{campaign}/prelabels/jobs/{job}/{act}
        POST /p/{program}/campaigns/{campaign}/prelabels/order
        POST /p/{program}/campaigns/{campaign}/propose
        POST /p/{program}/campaigns/{campaign}/resume
        POST /p/{program}/campaigns/{campaign}/revoke
        POST /p/{program}/campaigns/{campaign}/schema
        POST /p/{program}/charter
        POST /p/{program}/coverage
        POST /p/{program}/decisions/{proposal}/{verdict}
        POST /p/{program}/diagnoses/{diagnosis}/brief
        POST /p/{program}/enquiries/{enquiry}/reply
        POST /p/{program}/enquiries/{enquiry}/publication
        POST /api/v1/programs/{program}/enquiries/{enquiry}/publication
        POST /p/{program}/guidelines
        POST /p/{program}/guidelines/preview
        POST /p/{program}/schemas/preview
        POST /p/{program}/guidelines/{guideline}/propose
        POST /p/{program}/jobs/{job}/{act}
        POST /p/{program}/quality/alarms/{alarm}/acknowledge
        POST /p/{program}/quality/alarms/{alarm}/decide
        POST /p/{program}/quality/assess
        POST /p/{program}/quality/batches/{batch}/draw
        POST /p/{program}/quality/batches/{batch}/propose
        POST /p/{program}/quality/batches/{batch}/rework
        POST /p/{program}/quality/campaigns/{campaign}/gold
        POST /p/{program}/quality/campaigns/{campaign}/gold/{task}
        POST /p/{program}/quality/campaigns/{campaign}/monitor
        POST /p/{program}/quality/label-errors
        POST /p/{program}/quality/label-errors/{search}/relabel
        POST /p/{program}/raci
        POST /p/{program}/releases/builds
        POST /p/{program}/releases/{release}/propose
        POST /p/{program}/releases/{release}/publish
        POST /p/{program}/releases/{release}/yank
        POST /p/{program}/schemas
        POST /p/{program}/schemas/{schema}/propose
        POST /p/{program}/sources
        POST /p/{program}/campaigns/{campaign}/intakes
        POST /p/{program}/sources/{source}/intakes
        POST /p/{program}/sources/{source}/propose
        POST /p/{program}/vendors
        POST /p/{program}/vendors/deliveries/{delivery}/judgement
        POST /p/{program}/vendors/packages
        POST /p/{program}/vendors/packages/{package}/certificate
        POST /p/{program}/vendors/packages/{package}/deliveries
        POST /p/{program}/vendors/packages/{package}/withdrawal
        POST /p/{program}/waivers
        POST /p/{program}/workforce
        POST /p/{program}/workforce/qualifications
        POST /p/{program}/workforce/{person}/availability
        POST /p/{program}/workforce/{person}/readmission
        POST /p/{program}/workforce/{person}/stop
    """,
    ),
    # deciding what others propose, where nothing is there to be found
    (
        ("lead",),
        """
        POST /api/v1/programs/{program}/campaigns/{campaign}/severities/{maker}/reduce
        POST /api/v1/programs/{program}/campaigns/{campaign}/severities/{maker}/resume
        POST /api/v1/programs/{program}/guidelines/{guideline}/approval
        POST /api/v1/programs/{program}/schemas/{schema}/approval
        POST /api/v1/programs/{program}/yardsticks
        POST /p/{program}/quality/agreement/{campaign}/{question}/yardstick
        POST /p/{program}/quality/severities/{step}
    """,
    ),
    # administrators alone
    (
        (),
        """
        POST /api/v1/people
        POST /api/v1/people/{person}/activation
        POST /api/v1/people/{person}/deactivation
        POST /api/v1/programs
        DELETE /api/v1/programs/{program}/members/{person}/roles/{role}
        PUT /api/v1/programs/{program}/members/{person}/roles/{role}
        POST /api/v1/programs/{program}/raci/reset
        POST /p/{program}/people
        POST /p/{program}/people/roles
        POST /p/{program}/people/{person}/link
        POST /p/{program}/people/{person}/roles/{role}/revoke
    """,
    ),
)
