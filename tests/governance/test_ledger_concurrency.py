from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from headwater.governance import ledger
from tests.workspaces import Team


def test_appends_of_many_threads_make_one_chain(each_team: Team) -> None:
    def append(number: int) -> None:
        for _ in range(5):
            with each_team.act(each_team.ops) as ctx:
                ledger.append(ctx, "test.event", subject=f"x_{number}", body={"n": number})

    with each_team.read() as ctx:
        before = ledger.verify(ctx).entries
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(append, range(8)))
    with each_team.read() as ctx:
        audit = ledger.verify(ctx)
    assert audit.verified
    assert audit.entries == before + 40
