"""Cases by the hundred thousand, written by SQL: two years of a desk, one in twelve still open."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.models import DateTimeField

from segmentation.models import Customer
from tenesa.timers.models import Timer
from tests.benchmarks import people
from tickets.models import EmailCase, Line

TABLES = ("tickets_emailcase", "tickets_line", "timers_timer", "segmentation_customer")

CUSTOMERS = """
INSERT INTO segmentation_customer (reference, name, segment, source, read_at)
SELECT lpad((%(first)s + i)::text, 9, '0'),
       'PT ' || (array['Samudra','Nusa','Graha','Rimba','Tirta','Surya','Bahari','Cendana'])[1 + i %% 8] || ' '
             || (array['Niaga','Raya','Abadi','Karya','Sejati','Makmur','Lintas'])[1 + i / 8 %% 7]
             || ' ' || (%(first)s + i),
       (array['DES','DGS','DBS','DCS'])[1 + i %% 4], 'SISKAS', now()
  FROM generate_series(1, %(number)s) i
"""

# `r` and `q` are evenly spread numbers from 0 to 999 that do not depend on each other.
CASES = """
WITH spread AS (
    SELECT i, (hashint8(i) & 1073741823) %% 1000 AS r, (hashint8(i + 7777777) & 1073741823) %% 1000 AS q,
           (hashint8(i + 99999999) & 1073741823) AS h
      FROM generate_series(%(first)s + 1, %(first)s + %(number)s) i),
placed AS (
    SELECT *, CASE WHEN r < 20 THEN 'NEW' WHEN r < 30 THEN 'ASSIGNED' WHEN r < 36 THEN 'SEGMENT_CHECKED'
                   WHEN r < 42 THEN 'CLASSIFIED' WHEN r < 50 THEN 'TROUBLESHOOTING' WHEN r < 60 THEN 'TICKET_OPEN'
                   WHEN r < 78 THEN 'MONITORING' WHEN r = 78 THEN 'ESCALATED' WHEN r = 79 THEN 'VOID_PROPOSED'
                   WHEN r < 100 THEN 'VOID' ELSE 'CLOSED' END AS state
      FROM spread),
dated AS (
    SELECT *, state IN ('CLOSED', 'VOID') AS ended,
           state IN ('ASSIGNED','SEGMENT_CHECKED','CLASSIFIED','TROUBLESHOOTING') AS held,
           CASE WHEN state IN ('CLOSED', 'VOID') THEN now() - (h %% 63072000) * interval '1 s'
                ELSE now() - (h %% 259200) * interval '1 s' END AS opened
      FROM placed)
INSERT INTO tickets_emailcase (
    state, desk_id, area_id, owner_id, lease_until, opened_at, changed_at, urgent_at, urgent_for, warn_at, awaits,
    version, chain, mailbox_id, subject, sender_name, sender_address, received_at, answered_at, first_mail_id,
    last_mail_id, unread_by, triage, customer_id, segment, segment_source, kind, complaint, reason)
SELECT state, CASE WHEN q < 750 THEN 'TENESA' ELSE 'TDSCC' END,
       CASE WHEN q %% 10 = 0 THEN NULL ELSE (1 + h %% 7)::text END,
       CASE WHEN held OR ended OR state IN ('TICKET_OPEN', 'MONITORING') AND q %% 2 = 0
            THEN (%(agents)s::bigint[])[1 + h %% cardinality(%(agents)s::bigint[])] END,
       CASE WHEN held THEN now() + interval '20 min' END,
       opened, opened + (h %% 7200) * interval '1 s',
       opened + CASE WHEN held OR state = 'NEW' THEN interval '1 h' ELSE interval '4 h' END
              + (h %% 1000) * interval '1 ms',
       CASE WHEN ended THEN '' WHEN state = 'NEW' THEN 'first_response' ELSE 'progress_update' END,
       CASE WHEN NOT ended THEN opened + CASE WHEN held OR state = 'NEW' THEN interval '45 min'
                                              ELSE interval '225 min' END + (h %% 1000) * interval '1 ms' END,
       NOT ended AND (held OR state IN ('NEW', 'ESCALATED', 'VOID_PROPOSED') OR q %% 5 = 0),
       3, repeat('0', 64), %(mailbox)s,
       (array['Gangguan','Link down','Internet lambat','Minta relokasi','Info tagihan','Tanya progres'])[1 + h %% 6]
           || ' ' || (array['kantor pusat','cabang','gudang','pabrik','gerai'])[1 + q %% 5] || ' '
           || (array['Bandung','Medan','Makassar','Surabaya','Denpasar','Palembang','Manado'])[1 + h %% 7] || ' ' || i,
       (array['Bonar Nababan','Siti Rahmawati','Ketut Wirawan','Yohanes Tandi','Nur Aini'])[1 + q %% 5],
       'user' || h %% 50000 || '@pelanggan' || h %% 900 || '.example',
       opened, CASE WHEN state <> 'NEW' THEN opened + interval '20 min' END, %(mail)s, %(mail)s,
       CASE WHEN state = 'NEW' THEN 'CUSTOMER' ELSE '' END,
       CASE WHEN state = 'NEW' AND q %% 40 = 0 THEN 'pengirim tidak dikenal di SISKAS dan TENOSS' ELSE '' END,
       CASE WHEN state <> 'NEW' AND q %% 20 > 0 THEN %(customer)s + h %% %(customers)s END,
       CASE WHEN state = 'NEW' THEN '' ELSE (array['DES','DGS','DBS'])[1 + q %% 3] END,
       CASE WHEN state = 'NEW' THEN '' ELSE 'SISKAS' END,
       CASE WHEN state IN ('NEW', 'ASSIGNED') THEN '' ELSE 'COMPLAINT' END,
       CASE WHEN state IN ('NEW', 'ASSIGNED') THEN '' ELSE 'NEW' END,
       CASE WHEN state IN ('ESCALATED', 'VOID_PROPOSED') THEN 'perlu keputusan' ELSE '' END
  FROM dated
"""

LINES = """
INSERT INTO tickets_line (case_id, product_id, incident_number, opened_here)
SELECT id, '47' || lpad((id %% 100000)::text, 5, '0') || '-' || lpad((id * 7919 %% 10000000000)::text, 10, '0'),
       CASE WHEN id %% 3 = 0 THEN 'INC' || lpad(id::text, 8, '0') ELSE '' END, false
  FROM tickets_emailcase WHERE id > %(after)s
"""

TIMERS = """
INSERT INTO timers_timer (procedure, case_id, name, started_at, warn_at, due_at, step, state, breached, note)
SELECT 'tickets.emailcase', id, urgent_for, opened_at, warn_at, urgent_at, '', 'RUNNING',
       urgent_at < now(), ''
  FROM tickets_emailcase WHERE id > %(after)s AND urgent_for <> ''
"""

WAITING = """
INSERT INTO tickets_emailcase (
    state, desk_id, opened_at, changed_at, urgent_at, urgent_for, warn_at, awaits, version, chain, mailbox_id, subject,
    sender_name, sender_address, received_at, first_mail_id, last_mail_id, unread_by)
SELECT 'NEW', 'TENESA', now(), now(), now() + i * interval '1 s', 'first_response',
       now() + i * interval '1 s' - interval '15 min', true, 1, repeat('0', 64),
       %(mailbox)s, 'Gangguan ' || i, 'Bonar Nababan', 'bonar' || i || '@samudra.example', now(), %(mail)s, %(mail)s,
       'CUSTOMER'
  FROM generate_series(1, %(number)s) i
"""

# Each case was opened by a step; on an empty history PostgreSQL would plan, and keep, to read the whole of it.
EVENTS = """
INSERT INTO audit_event (procedure, case_id, seq, at, role, step, clause, revision, source, target, data,
                         previous_hash, hash)
SELECT 'tickets.emailcase', id, 1, opened_at, 'system', 'receive', 'W-05 1.2.1', 'W-05 rev 00', '', 'NEW', '{}',
       repeat('0', 64), chain
  FROM tickets_emailcase
"""


def empty() -> None:
    """Remove every case and what hangs on it; from now on the database knows the models' defaults too."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE tickets_emailcase, timers_timer, audit_event, segmentation_customer CASCADE")
        for model in (EmailCase, Line, Timer, Customer):
            for column in model._meta.concrete_fields:
                filled = column.null or column.primary_key or column.generated
                if not filled and not isinstance(column, DateTimeField):
                    value = column.get_db_prep_save(column.get_default(), connection)
                    table = f"ALTER TABLE {model._meta.db_table} ALTER COLUMN {column.column} SET DEFAULT %s"
                    cursor.execute(table, [value])


def waiting(number: int) -> None:
    """New cases in the queue of the desk, each with the event of its opening and the clock of its first answer."""
    empty()
    mail = people.first_mail()
    with connection.cursor() as cursor:
        cursor.execute(WAITING, {"number": number, "mail": mail.pk, "mailbox": mail.mailbox_id})
        cursor.execute(TIMERS, {"after": 0})
        cursor.execute(EVENTS)
        for table in ("tickets_emailcase", "timers_timer", "audit_event"):
            cursor.execute(f"VACUUM ANALYZE {table}")


def grow(total: int, agents: list[int]) -> None:
    """Add cases until there are so many, with their lines, clocks and customers."""
    mail = people.first_mail()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), coalesce(max(id), 0) FROM tickets_emailcase")
        present, after = cursor.fetchone()
        cursor.execute("SELECT count(*) FROM segmentation_customer")
        known = cursor.fetchone()[0]
        customers = max(total // 50, 1) - known
        with _bare_tables():
            cursor.execute(CUSTOMERS, {"first": known, "number": customers})
            cursor.execute("SELECT min(id), count(*) FROM segmentation_customer")
            customer, customers = cursor.fetchone()
            cursor.execute(
                CASES,
                {
                    "first": present,
                    "number": total - present,
                    "agents": agents,
                    "mail": mail.pk,
                    "mailbox": mail.mailbox_id,
                    "customer": customer,
                    "customers": customers,
                },
            )
            cursor.execute(LINES, {"after": after})
            cursor.execute(TIMERS, {"after": after})
        for table in TABLES:
            cursor.execute(f"VACUUM ANALYZE {table}")


@contextmanager
def _bare_tables() -> Iterator[None]:
    """Without indexes and foreign key checks while rows are poured in; indexes are built again afterwards."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
            " WHERE indrelid = ANY (%s::regclass[]) AND NOT indisprimary AND NOT EXISTS"
            " (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)",
            [list(TABLES)],
        )
        indexes = cursor.fetchall()
        cursor.execute("SET session_replication_role = replica; SET maintenance_work_mem = '256MB'")
        for name, _definition in indexes:
            cursor.execute(f"DROP INDEX {name}")
        yield
        for _name, definition in indexes:
            cursor.execute(definition)
        cursor.execute("RESET session_replication_role; RESET maintenance_work_mem")
