"""The bare work of the database: the same rows, indexes and checks, no product around them."""

from __future__ import annotations

import email
import email.policy
import os
from collections.abc import Iterator, Sequence
from typing import Any

import environ
import psycopg2
from django.db import connection

FLOOR_CASES = "floor_case"
BESIDE_CASES = {  # what steps write beside the case: copy, table, and the columns of the rows that are copied
    "event": (
        "audit_event",
        "procedure, case_id, seq, at, role, step, clause, revision, source, target, data, previous_hash, hash",
    ),
    "timer": ("timers_timer", "procedure, case_id, name, started_at, due_at, step, state, breached, note"),
    "mark": ("timers_mark", ""),
    "note": ("tickets_note", ""),
}


def connect(database: str = "") -> Any:
    """A plain psycopg2 connection to the benchmark's database, or to another one beside it."""
    parts = environ.Env.db_url_config(os.environ["DATABASE_URL"])
    host = parts["OPTIONS"]["host"] if "OPTIONS" in parts and "host" in parts["OPTIONS"] else parts["HOST"]
    return psycopg2.connect(host=host, user=parts["USER"] or "tenesa", dbname=database or parts["NAME"])


def copy_cases() -> None:
    """A table like that of the cases, with its indexes, checks and rows."""
    copy_table(FLOOR_CASES, "tickets_emailcase")


def copy_table(copy: str, table: str) -> None:
    """A table like another, with its indexes, checks and rows under the same numbers."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT string_agg(quote_ident(attname), ', '), bool_or(attidentity <> '') FROM pg_attribute
                WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''""",
            [table],
        )
        columns, numbered = cursor.fetchone()
        cursor.execute(f"DROP TABLE IF EXISTS {copy}")
        cursor.execute(f"CREATE TABLE {copy} (LIKE {table} INCLUDING ALL)")
        cursor.execute(f"INSERT INTO {copy} ({columns}) OVERRIDING SYSTEM VALUE SELECT {columns} FROM {table}")
        if numbered:
            cursor.execute(f"SELECT setval(pg_get_serial_sequence(%s, 'id'), coalesce(max(id), 1)) FROM {copy}", [copy])
    vacuum(copy)


def vacuum(*tables: str) -> None:
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"VACUUM ANALYZE {table}")


# --- mail -----------------------------------------------------------------------------------------------------------
def mail_table() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS floor_mail, floor_raw")
        cursor.execute("CREATE TABLE floor_raw (id bigserial PRIMARY KEY, raw bytea NOT NULL)")
        cursor.execute(
            "CREATE TABLE floor_mail (id bigserial PRIMARY KEY, raw_id bigint, message_id text, sender text,"
            " subject text, body text, files int, stored_at timestamptz DEFAULT now())"
        )


def file_mails(mails: Sequence[bytes]) -> None:
    """The standard library's parse, the raw bytes and one row, one commit each."""
    connection = connect()
    with connection.cursor() as cursor:
        for raw in mails:
            message = email.message_from_bytes(raw, policy=email.policy.default)
            body = message.get_body(("plain", "html"))
            files = [part.get_content() for part in message.iter_attachments()]
            cursor.execute("INSERT INTO floor_raw (raw) VALUES (%s) RETURNING id", [psycopg2.Binary(raw)])
            cursor.execute(
                "INSERT INTO floor_mail (raw_id, message_id, sender, subject, body, files) VALUES (%s,%s,%s,%s,%s,%s)",
                [
                    cursor.fetchone()[0],
                    str(message["Message-ID"]),
                    str(message["From"]),
                    str(message["Subject"]),
                    body.get_content() if body else "",
                    len(files),
                ],
            )
            connection.commit()
    connection.close()


# --- cases ----------------------------------------------------------------------------------------------------------
def touch_cases(connection: Any, ids: Sequence[int]) -> None:
    with connection.cursor() as cursor:
        for pk in ids:
            cursor.execute(f"UPDATE {FLOOR_CASES} SET changed_at = now(), version = version + 1 WHERE id = %s", [pk])
            connection.commit()


EVENT = """
INSERT INTO floor_event (procedure, case_id, seq, at, role, step, clause, revision, source, target, data,
                         previous_hash, hash)
VALUES ('tickets.emailcase', %(id)s, %(seq)s, now(), 'agent_email', 'take', 'W-05 1.2.2', 'W-05 rev 00', 'NEW',
        'ASSIGNED', '{}', repeat('0', 64), repeat('0', 64))
"""
NOTE = """
INSERT INTO floor_note (procedure, case_id, author_id, text, at)
VALUES ('tickets.emailcase', %(id)s, 1, 'Pelanggan sudah dihubungi.', now())
"""
CLOCK = """
WITH started AS (
    INSERT INTO floor_timer (procedure, case_id, name, started_at, due_at, step, state, breached, note)
    VALUES ('tickets.emailcase', %(id)s, 'segment_check', now(), now() + interval '15 min', '', 'RUNNING', false, '')
    RETURNING id)
INSERT INTO floor_mark (timer_id, kind, at, seq, due_at, told) SELECT id, 'STARTED', now(), %(seq)s, now(), '[]'
  FROM started
"""
CLOCKS_END = """
UPDATE floor_timer SET state = 'STOPPED', ended_at = now()
 WHERE procedure = 'tickets.emailcase' AND case_id = %(id)s AND state = 'RUNNING'
"""
OF_TAKE = (CLOCKS_END, CLOCK, EVENT)


def copy_beside_cases() -> None:
    """Tables like those that a step writes beside the case, with their indexes, checks, events and clocks."""
    with connection.cursor() as cursor:
        for copy, (table, columns) in BESIDE_CASES.items():
            cursor.execute(f"DROP TABLE IF EXISTS floor_{copy}")
            cursor.execute(f"CREATE TABLE floor_{copy} (LIKE {table} INCLUDING ALL)")
            if columns:
                cursor.execute(f"INSERT INTO floor_{copy} ({columns}) SELECT {columns} FROM {table}")
            vacuum(f"floor_{copy}")


def write_rows(connection: Any, ids: Sequence[int], numbers: Iterator[int], *beside: str) -> None:
    """The case read under lock and changed, and the rows beside it, in one transaction each."""
    with connection.cursor() as cursor:
        for pk in ids:
            cursor.execute(f"SELECT * FROM {FLOOR_CASES} WHERE id = %s FOR UPDATE", [pk])
            cursor.fetchone()
            cursor.execute(f"UPDATE {FLOOR_CASES} SET changed_at = now(), version = version + 1 WHERE id = %s", [pk])
            for statement in beside:
                cursor.execute(statement, {"id": pk, "seq": next(numbers)})
            connection.commit()


CLAIM = f"""
SELECT id FROM {FLOOR_CASES}
 WHERE desk_id = 'TENESA' AND owner_id IS NULL AND awaits AND triage = ''
 ORDER BY urgent_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
"""


def claim_cases(connection: Any, owner: int, number: int, *, beside: Sequence[str] = ()) -> int:
    """The bare claim and the rows beside the case, one commit each; returns how many there were."""
    with connection.cursor() as cursor:
        for done in range(number):
            cursor.execute(CLAIM)
            row = cursor.fetchone()
            if row is None:
                connection.commit()
                return done
            cursor.execute(f"UPDATE {FLOOR_CASES} SET owner_id = %s, state = 'ASSIGNED' WHERE id = %s", [owner, row[0]])
            for statement in beside:
                cursor.execute(statement, {"id": row[0], "seq": 2})
            connection.commit()
    return number
