"""Programs and charters, people and accounts, decision rights (RACI), decisions, notices and the ledger."""
