"""Half a year of a caring desk, written by SQL: prospects, results, verdicts, promises, refused calls, measurements.

One result in five is an agreement; QC judged each of them but those that wait. The sums of all measures are whole; of
the measurements behind them only three measures are written, as a page reads one measure by an index that begins
with it.
"""

from __future__ import annotations

import time
from typing import Any

from django.db import connection

from tenesa.accounts.models import Team, User
from tenesa.accounts.roles import Role
from tests import factories
from tests.benchmarks import floor, people
from tests.benchmarks.reports import bare

DESK, DAYS, WAITING = "CARING", 180, 5_000  # of the results so many wait for QC, and a fifth of that for the agent
AGENTS, QCOS = 100, 8
POURED = (
    "caring_prospect", "caring_caringresult", "caring_verdict", "caring_promise", "caring_promiseline",
    "contact_dialrefusal", "reporting_measurement", "reporting_tally", "reporting_monthly",
)  # fmt: skip
TABLES = (*POURED, "caring_callreport", "caring_secondlook", "reporting_sample")
PROSPECTS = """
INSERT INTO caring_prospect (id, desk_id, opened_at, changed_at, urgent_at, urgent_for, awaits, version, chain, state,
    period, campaign, ncli, fastel, name, address, city, regional, witel, zone, package, bills, total, oldest_month,
    isolated, phones, email, mycx_order, score, place, score_facts, scored_at, touched_at, ready, ready_at, attempts,
    excluded_why, bills_problem, number_called, receiver, relation, remark)
SELECT i, %(desk)s, now() - i %% %(days)s * interval '1 day', now() - i %% %(days)s * interval '1 day', now(), '',
    i %% 4 = 0, 1, repeat('0', 64), CASE WHEN i %% 4 = 0 THEN 'AVAILABLE' ELSE 'DONE_DECLINE' END,
    date_trunc('month', now())::date, CASE WHEN i %% 3 = 0 THEN 'CT0' ELSE 'PRANPC' END, (40000000 + i)::text,
    '131' || lpad(i::text, 9, '0'), 'Debitur ' || i, '', '', 'III', 'BANDUNG', 'WIB', '', '{}', 350000,
    date_trunc('month', now())::date, false, ARRAY['081200002000'], '', '', i %% 700, -(i %% 700), '{}', now(), now(),
    i %% 4 = 0, now(), 1, '', '', '', '', '', ''
FROM generate_series(1, %(number)s / 2) i"""
RESULTS = """
INSERT INTO caring_caringresult (id, desk_id, opened_at, changed_at, urgent_at, urgent_for, awaits, version, chain,
    state, prospect_id, result_version, entry, campaign, period, day, fastel, ncli, name, agent_id, login, team_id,
    number_called, called_at, duration, call_id, recording, status, category, reason, receiver, relation, is_payer,
    willing, arrears, amount_told, offer, promised_on, promised_amount, remark, draft_awaits, entered_in,
    entry_problem, mycx_ref, tamara_ref, entered_at, sampled, workers, judged_version, approved, qco_id, judged_at,
    return_class, recommendation, returned_at, appeal, appeal_open, difference, ended_how)
SELECT i, %(desk)s, at, at, at + interval '7 days', '', state <> 'FINAL', 5, repeat('0', 64),
    state, 1 + i / 2 %% (%(number)s / 2), 1, 'NEW',
    CASE WHEN i %% 3 = 0 THEN 'CT0' ELSE 'PRANPC' END, date_trunc('month', at)::date,
    (at AT TIME ZONE 'Asia/Jakarta')::date, '131' || lpad(i::text, 9, '0'), (40000000 + i / 2)::text, 'Debitur ' || i,
    (%(people)s::bigint[])[1 + i %% %(agents)s], 'agen' || i %% %(agents)s, %(team)s, '081200002000', at, 90,
    'EB-' || i, 'REC-' || i, CASE WHEN agrees OR i %% 5 = 1 THEN 'CONTACTED' ELSE 'NOT_CONTACTED' END,
    CASE WHEN agrees THEN 'AGREE' WHEN i %% 5 = 1 THEN 'DECLINE' ELSE 'NONE' END,
    CASE WHEN agrees THEN 'KEEPS' WHEN i %% 5 = 1 THEN 'NO_MONEY'
        ELSE (array['RNA', 'RNA', 'BUSY', 'INVALID', 'MAILBOX', 'OTHER'])[1 + i %% 6] END,
    'Debitur', '', agrees, agrees, 350000, CASE WHEN agrees THEN 350000 END, CASE WHEN agrees THEN 'FULL' ELSE '' END,
    CASE WHEN agrees THEN (at + interval '5 days')::date END, CASE WHEN agrees THEN 350000 END, '', '',
    ARRAY['cwc', 'mycx'], '', 'MX-' || i, 'CWC-' || i, at, agrees, ARRAY[]::bigint[],
    CASE WHEN judged THEN 1 END, CASE WHEN judged THEN state = 'FINAL' END,
    CASE WHEN judged THEN (%(qcos)s::bigint[])[1 + i / 5 %% cardinality(%(qcos)s::bigint[])] END,
    CASE WHEN judged THEN least(at + interval '1 day', now()) END,
    CASE WHEN state = 'RETURNED' THEN 'OFFER' ELSE '' END, CASE WHEN state = 'RETURNED' THEN 'Ulangi' ELSE '' END,
    CASE WHEN state = 'RETURNED' THEN least(at + interval '1 day', now()) END, '', false, '',
    CASE WHEN state = 'FINAL' THEN 'CHECKED' ELSE '' END
FROM (SELECT *, agrees AND state <> 'QC_QUEUED' AS judged FROM (
    SELECT i, now() - (hashint8(i) & 1073741823) %% (%(days)s * 86400) * interval '1 s' AS at,
           i %% 5 = 0 OR i <= %(waiting)s AS agrees,
           CASE WHEN i <= %(waiting)s THEN 'QC_QUEUED'
                WHEN i <= 2 * %(waiting)s AND i %% 5 = 0 THEN 'RETURNED' ELSE 'FINAL' END AS state
      FROM generate_series(1, %(number)s) i) drawn) told"""
VERDICTS = """
INSERT INTO caring_verdict (result_id, result_version, desk_id, agent_id, kind, decision, gate_id, ticks, scorecard_id,
    scores, score, note, recommendation, qco_id, at, content)
SELECT r.id, 1, r.desk_id, r.agent_id, 'DECIDING',
    CASE WHEN r.state = 'RETURNED' THEN 'RETURNED' ELSE 'APPROVED' END, %(gate)s,
    jsonb_build_object('PAYER', true, 'BILL', r.id %% 20 > 0, 'WILLING', true, 'CONTRACT', r.id %% 15 > 0,
        'RECORDED', true, 'OTHER', true), %(scorecard)s, '{}', 85, '',
    CASE WHEN r.state = 'RETURNED' THEN 'Ulangi' ELSE '' END, r.qco_id, r.judged_at, '{}'
  FROM caring_caringresult r WHERE r.judged_at IS NOT NULL"""
PROMISES = """
INSERT INTO caring_promise (result_id, desk_id, agent_id, fastel, ncli, period, made_on, state, again, paid, settled_at)
SELECT id, desk_id, agent_id, fastel, ncli, period, day, p.state, 0, 0,
       CASE WHEN p.state <> 'OPEN' THEN promised_on + interval '2 days' END
  FROM caring_caringresult r, LATERAL (
       SELECT CASE WHEN promised_on >= current_date - (id %% 97 = 0)::int * 3 THEN 'OPEN'
                   ELSE (array['KEPT', 'KEPT', 'PARTIAL', 'BROKEN', 'PAID_BEFORE'])[1 + id / 5 %% 5] END AS state) p
 WHERE r.state = 'FINAL' AND category = 'AGREE'"""
LINES = """
INSERT INTO caring_promiseline (promise_id, due, amount)
SELECT p.id, r.promised_on, r.promised_amount FROM caring_promise p JOIN caring_caringresult r ON r.id = p.result_id"""
REFUSALS = """
INSERT INTO contact_dialrefusal (person, number, purpose, procedure, case_id, desk_id, agent_id, at, why, words,
                                 proof)
SELECT '', '081200002000', 'caring', 'caring.prospect', prospect_id, desk_id, agent_id, called_at,
       (array['HOURS', 'DAILY', 'GAP', 'SILENCE'])[1 + id %% 4], 'jeda antar-panggilan', '{}'
  FROM caring_caringresult WHERE id %% 10 = 3"""
LOOKS = """
WITH sample AS (
    INSERT INTO reporting_sample (purpose, desk_id, first, last, seed, strata, at)
    SELECT purpose, %(desk)s, current_date - i, current_date - i, i, (
        SELECT jsonb_object_agg(a || ' ' || current_date - i, '{"cases": 90, "drawn": 1, "digest": "0"}'::jsonb)
          FROM unnest(%(people)s::bigint[]) a), now() - i * interval '1 day'
      FROM generate_series(1, %(days)s) i, unnest(array['caring.caringresult', 'caring.verdict']) purpose
    RETURNING id)
INSERT INTO caring_secondlook (verdict_id, sample_id, desk_id, done)
SELECT v.id, (SELECT min(id) FROM sample), %(desk)s, v.id %% 3 > 0 FROM caring_verdict v WHERE v.id %% 100 = 0"""
MEASURED = """
WITH measured AS (
    SELECT m.kpi, (m.at AT TIME ZONE 'Asia/Jakarta')::date AS day, r.desk_id, NULL::text AS area_id, r.team_id,
           r.agent_id, r.campaign AS segment, m.part, r.id AS case_id, m.at, r.call_id, m.met, m.seq
      FROM (SELECT r.*, r.category = 'AGREE' AS agrees, r.status <> 'NOT_CONTACTED' AS reached,
                   (extract(hour FROM r.called_at AT TIME ZONE 'Asia/Jakarta'))::int AS hour
              FROM caring_caringresult r) r
           LEFT JOIN caring_promise p ON p.result_id = r.id LEFT JOIN caring_verdict v ON v.result_id = r.id,
           LATERAL (
             VALUES ('p01_agrees', r.opened_at, '', NULL, 1, r.agrees),
                    ('p01_agree_calls', r.opened_at, r.reason, r.agrees, 1, true),
                    ('p01_agree_contacted', r.opened_at, '', r.agrees, 1, r.reached),
                    ('p01_contacted', r.opened_at, lpad(r.hour::text, 2, '0'), r.reached, 1, true),
                    ('p01_contact_part', r.opened_at,
                     CASE WHEN r.hour < 12 THEN 'MORNING' WHEN r.hour < 16 THEN 'AFTERNOON' ELSE 'EVENING' END,
                     r.reached, 1, true),
                    ('p01_contact_zone', r.opened_at, 'WIB', r.reached, 1, true),
                    ('p01_promises', p.settled_at, p.state, p.state IN ('KEPT', 'PAID_BEFORE'), 7,
                     p.settled_at IS NOT NULL),
                    ('p01_payer', v.at, '', (v.ticks->>'PAYER')::bool, 3, v.id IS NOT NULL),
                    ('p01_bill', v.at, '', (v.ticks->>'BILL')::bool, 3, v.id IS NOT NULL),
                    ('p01_willing', v.at, '', (v.ticks->>'WILLING')::bool, 3, v.id IS NOT NULL),
                    ('p01_contract', v.at, '', (v.ticks->>'CONTRACT')::bool, 3, v.id IS NOT NULL),
                    ('p01_recorded', v.at, '', (v.ticks->>'RECORDED')::bool, 3, v.id IS NOT NULL),
                    ('p01_other', v.at, '', (v.ticks->>'OTHER')::bool, 3, v.id IS NOT NULL),
                    ('p01_caring', v.at, '', (v.ticks->>'BILL')::bool AND (v.ticks->>'CONTRACT')::bool, 3,
                     v.id IS NOT NULL),
                    ('p01_approved', v.at, r.category, v.decision = 'APPROVED', 3, v.id IS NOT NULL)
           ) m(kpi, at, part, met, seq, counts)
     WHERE m.counts)"""
MEASUREMENTS = f"""{MEASURED}
INSERT INTO reporting_measurement (kpi, day, desk_id, area_id, team_id, agent_id, segment, part, procedure, case_id,
                                   seq, at, reference, met)
SELECT kpi, day, desk_id, area_id, team_id, agent_id, segment, part, 'caring.caringresult', case_id, seq, at, call_id,
       met FROM measured WHERE kpi IN ('p01_agree_calls', 'p01_bill', 'p01_promises')"""
MONTHS = """
INSERT INTO reporting_monthly (kpi, day, desk_id, area_id, team_id, agent_id, segment, part, total, met, seconds,
                               buckets)
SELECT kpi, date_trunc('month', day)::date, desk_id, area_id, team_id, agent_id, segment, part, sum(total), sum(met),
       0, '{}' FROM reporting_tally GROUP BY 1, 2, 3, 4, 5, 6, 7, 8"""
TALLY = f"""{MEASURED}
INSERT INTO reporting_tally (kpi, day, desk_id, area_id, team_id, agent_id, segment, part, total, met, seconds,
                             buckets)
SELECT kpi, day, desk_id, area_id, team_id, agent_id, segment, part, count(*), count(*) FILTER (WHERE met), 0, '{{}}'
  FROM measured GROUP BY 1, 2, 3, 4, 5, 6, 7, 8"""


def fill(number: int) -> None:
    """So many results, in the place of all there were."""
    started = time.perf_counter()
    told = {**_people(), "number": number, "days": DAYS, "waiting": min(WAITING, number // 10)}
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(TABLES)} CASCADE")
        cursor.execute("SET session_replication_role = replica")  # no foreign key is looked up, no row refused
        cursor.execute("SET maintenance_work_mem = '512MB'; SET work_mem = '512MB'")
        with bare(cursor, POURED):
            for statement in (PROSPECTS, RESULTS, VERDICTS, PROMISES, LINES, REFUSALS, LOOKS):
                cursor.execute(statement, told)
            cursor.execute("ANALYZE caring_caringresult, caring_verdict, caring_promise")
            for statement in (MEASUREMENTS, TALLY):
                cursor.execute(statement)
            cursor.execute(MONTHS)
        cursor.execute("RESET session_replication_role; RESET maintenance_work_mem; RESET work_mem")
    floor.vacuum(*TABLES)
    print(f"{number} results filled in {time.perf_counter() - started:.0f} s", flush=True)


def _people() -> dict[str, Any]:
    from caring.models import Instrument
    from caring.quality import instruments

    people.desk_and_areas()
    agents = [_person(f"agen{at}", Role.AGENT_CARING) for at in range(AGENTS)]
    qcos = [_person(f"laras{at or ''}", Role.QCO) for at in range(QCOS)]
    _person("novita", Role.TEAM_LEADER)
    kind = Instrument.Kind
    return {
        "desk": DESK, "people": agents, "agents": AGENTS, "qcos": qcos,
        "gate": instruments.current(kind.GATE).pk, "scorecard": instruments.current(kind.SCORECARD).pk,
        "team": Team.objects.filter(desk=DESK).values_list("pk", flat=True)[0],
    }  # fmt: skip


def _person(username: str, role: Role) -> int:
    """Somebody of the desk, made once."""
    found = User.objects.filter(username=username).first() or factories.person(username, role, desk_code=DESK)
    return found.pk
