from __future__ import annotations

import json
import shutil
import sqlite3
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from headwater.cli.session import to_dict
from headwater.core.canonical import plain
from headwater.core.errors import InvalidError
from headwater.governance import chain, ledger, queries
from headwater.storage.database import Database
from tests.workspaces import FakeClock, Team

if TYPE_CHECKING:
    from pathlib import Path

    from headwater.context import Context
    from headwater.governance.model import LedgerEntry


def grown(team: Team) -> list[LedgerEntry]:
    """The program's chain, oldest first, ending in three entries whose bodies hold every kind of value."""
    for number in range(3):
        body = {"text": f"été {number}", "n": number, "ratio": 0.25, "none": None, "list": [True, {"a": "b"}]}
        with team.act(team.ops) as ctx:
            ledger.append(ctx, "test.event", subject=f"tst_{number}", body=body)
    with team.read() as ctx:
        return queries.entries(ctx)[::-1]


def place(file: bytes, entry: LedgerEntry) -> range:
    """Where a database file keeps the values of an entry: from its scope to its hash, one after the other."""
    end = file.index((entry.previous + entry.hash).encode()) + len(entry.previous + entry.hash)
    return range(file.rindex(entry.scope.encode(), 0, end), end)


def reread(ctx: Context, file: Path) -> chain.Audit:
    database = Database(f"sqlite:///{file}")
    try:
        with database.read() as db:
            return ledger.verify(replace(ctx, db=db))
    finally:
        database.close()


@pytest.mark.parametrize("which", [-1, -2, -3])
def test_any_byte_of_an_entry_changed_in_the_file_names_that_entry(team: Team, which: int, tmp_path: Path) -> None:
    entry = grown(team)[which]
    source = team.app.settings.directory / "headwater.sqlite"
    with sqlite3.connect(source) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()
    copy = tmp_path / "copy.sqlite"
    shutil.copy(source, copy)
    data = copy.read_bytes()
    missed = {}
    with team.read() as ctx:
        assert reread(ctx, copy).verified
        for offset in place(data, entry):
            with copy.open("r+b") as file:
                file.seek(offset)
                file.write(bytes([data[offset] ^ (1 << offset % 8)]))
            audit = reread(ctx, copy)
            if audit.broken != entry.seq:
                missed[offset] = audit
            with copy.open("r+b") as file:
                file.seek(offset)
                file.write(data[offset : offset + 1])
    assert not missed


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("UPDATE ledger_entry SET body = replace(body, ',', ', ') WHERE seq = :seq AND scope = :scope", "was changed"),
        ("UPDATE ledger_entry SET actor = 'system' WHERE seq = :seq AND scope = :scope", "was changed"),
        ("UPDATE ledger_entry SET at = at + 1 WHERE seq = :seq AND scope = :scope", "was changed"),
        ("UPDATE ledger_entry SET scope = 'elsewhere' WHERE seq = :seq AND scope = :scope", "is missing"),
        ("DELETE FROM ledger_entry WHERE seq = :seq AND scope = :scope", "is missing"),
    ],
)
def test_an_entry_changed_by_sql_is_named_on_both_databases(each_team: Team, statement: str, problem: str) -> None:
    entry = grown(each_team)[-2]
    with each_team.act(each_team.ops) as ctx:
        unguard(ctx)
        values = {"seq": entry.seq, "scope": entry.scope}
        text = statement.replace(":seq", str(values["seq"])).replace(":scope", f"'{values['scope']}'")
        ctx.db.exec_driver_sql(text)
    with each_team.read() as ctx:
        audit = ledger.verify(ctx)
    assert audit.broken == entry.seq
    assert problem in audit.problem


def unguard(ctx: Context) -> None:
    """Drop the triggers, as somebody with the database's password could."""
    if ctx.db.dialect.name == "sqlite":
        ctx.db.exec_driver_sql("DROP TRIGGER ledger_entry_no_update")
        ctx.db.exec_driver_sql("DROP TRIGGER ledger_entry_no_delete")
    else:
        ctx.db.exec_driver_sql("ALTER TABLE ledger_entry DISABLE TRIGGER USER")


def test_a_rewritten_history_contradicts_a_checkpoint_kept_elsewhere(team: Team) -> None:
    entries = grown(team)
    with team.read() as ctx:
        kept = ledger.checkpoint(ctx)
    with team.act(team.ops) as ctx:  # everything from the second last entry on, forged with hashes that fit
        unguard(ctx)
        forged = chain.linked(replace(entries[-2], subject="tst_forged"))
        last = chain.linked(replace(entries[-1], previous=forged.hash))
        for entry in (forged, last):
            ctx.db.exec_driver_sql(
                f"UPDATE ledger_entry SET subject = '{entry.subject}', previous = '{entry.previous}', "
                f"hash = '{entry.hash}' WHERE scope = '{entry.scope}' AND seq = {entry.seq}"
            )
        ctx.db.exec_driver_sql(f"UPDATE ledger_head SET hash = '{last.hash}' WHERE scope = '{last.scope}'")
    with team.read() as ctx:
        assert ledger.verify(ctx).verified
        assert "history was rewritten" in ledger.verify(ctx, against=[kept]).problem


def test_a_chain_that_grew_still_fits_its_checkpoint(each_team: Team) -> None:
    with each_team.read() as ctx:
        kept = ledger.checkpoint(ctx)
    grown(each_team)
    with each_team.read() as ctx:
        assert ledger.verify(ctx, against=[kept]).verified


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"size": 1}, "changed after it was signed"),
        ({"signature": "00" * 64}, "changed after it was signed"),
        ({"signature": "zz"}, "changed after it was signed"),
        ({"public_key": "00" * 32}, "signed by another key"),
    ],
)
def test_a_forged_checkpoint_is_not_believed(team: Team, changed: dict[str, object], problem: str) -> None:
    with team.read() as ctx:
        kept = replace(ledger.checkpoint(ctx), **changed)  # type: ignore[arg-type]
        assert problem in ledger.verify(ctx, against=[kept]).problem


def test_a_chain_shorter_than_its_checkpoint_was_cut(team: Team) -> None:
    grown(team)
    with team.read() as ctx:
        kept = ledger.checkpoint(ctx)
        shorter = [entry.hash for entry in queries.entries(ctx)[:0:-1]]
        problem = chain.contradiction(kept, shorter, ctx.keys.public_key.hex())
    assert f"has {kept.size - 1} entries, but had {kept.size}" in problem


def test_an_exported_chain_verifies_without_the_database(team: Team) -> None:
    entries = grown(team)
    with team.read() as ctx:
        lines = list(ledger.export(ctx))
    assert list(chain.read(lines)) == entries
    assert chain.follow(team.program, chain.read(lines)).verified


def test_any_byte_of_an_exported_line_changed_names_its_entry(team: Team) -> None:
    entry = grown(team)[-2]
    with team.read() as ctx:
        lines = list(ledger.export(ctx))
    line = lines[entry.seq - 1]
    for offset in range(len(line) - 1):
        lines[entry.seq - 1] = line[:offset] + bytes([line[offset] ^ (1 << offset % 8)]) + line[offset + 1 :]
        assert chain.follow(team.program, chain.read(lines)).broken == entry.seq, lines[entry.seq - 1]


def test_a_checkpoint_survives_being_written_down(team: Team) -> None:
    with team.read() as ctx:
        kept = ledger.checkpoint(ctx)
    assert chain.kept_checkpoint(json.dumps(plain(to_dict(kept)))) == kept


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"scope": 1}'])
def test_what_is_not_a_checkpoint_says_so(text: str) -> None:
    with pytest.raises(InvalidError, match="not a checkpoint"):
        chain.kept_checkpoint(text)


def test_a_head_that_names_another_hash_is_noticed(team: Team, clock: FakeClock) -> None:
    entries = grown(team)
    clock.advance(hours=1)
    with team.act(team.ops) as ctx:
        ctx.db.exec_driver_sql(f"UPDATE ledger_head SET hash = 'x' WHERE scope = '{team.program}'")
    with team.read() as ctx:
        audit = ledger.verify(ctx)
    assert audit.broken == len(entries) + 1
    assert "the head of the chain" in audit.problem
