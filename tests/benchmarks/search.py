"""The page of results over a million cases, beside a bare SELECT of as many cases by the index of words alone.

Each case has a mail; each document the numbers and names of its case and some eighty words of a text, drawn from five
thousand texts: common words are in every other case, rare ones in a few.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial
from typing import Any

from django.db import connection
from django.test import Client

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.search.index import home
from tenesa.search.search_query import SearchQuery
from tests.benchmarks import floor, people, population, reports
from tests.benchmarks.measure import Line, milliseconds, percentile
from tickets.models import EmailCase

LIMIT = 300.0  # ms, at the 95th percentile
TABLES = ["search_document", "mail_inboundmail"]
TEXTS = """
CREATE TEMP TABLE bench_text AS
SELECT i, t.body, strip(to_tsvector('simple', t.body)) || strip(to_tsvector('indonesian', t.body))
          || strip(to_tsvector('english', t.body)) AS words
  FROM generate_series(0, 4999) i, LATERAL (
       SELECT string_agg(CASE WHEN n <= 8 THEN (array['gangguan','mohon','layanan','segera','pelanggan','internet',
                                                      'modem','terima','kasih','putus','lambat','cabang'])
                                               [1 + floor(random() * 12)::int]
                              ELSE (array['ba','ker','sung','tal','men','pro','lin','gar','du','wah'])[1 + w % 10]
                                   || (array['ti','kar','no','lem','pas','ru','dung','gi','sa','ban'])[1 + w / 10 % 10]
                                   || (array['an','kan','i','ur','ing','o','at','ek'])[1 + w / 100 % 8]
                                   || substr('abcdefghijklmnopqrstuvwxyz', 1 + w / 800 % 26, 1) END, ' ') AS body
         FROM (SELECT n, floor(20000 * power(random(), 3))::int AS w
                 FROM generate_series(1, 80) n WHERE i IS NOT NULL) AS drawn) AS t"""
PHONE = "'021' || lpad((c.id * 104729 % 100000000)::text, 8, '0')"
DOCUMENTS = f"""
INSERT INTO search_document (procedure, case_id, desk_id, area_id, at, words, grams, digest)
SELECT 'tickets.emailcase', c.id, c.desk_id, c.area_id, c.changed_at,
       array_to_tsvector(array_remove(ARRAY[
           '@desk:' || c.desk_id, 'tn' || lpad(c.id::text, 7, '0'), replace(l.product_id, '-', ''),
           nullif(lower(l.incident_number), ''), {PHONE}, c.sender_address, split_part(c.sender_address, '@', 2)],
           NULL)) || strip(to_tsvector('simple', c.subject || ' ' || c.sender_name)) || bench_text.words,
       lower(concat_ws(' ', c.subject, c.sender_name, c.sender_address, replace(l.product_id, '-', ''),
                       l.incident_number, {PHONE})), ''
  FROM tickets_emailcase c JOIN tickets_line l ON l.case_id = c.id JOIN bench_text ON bench_text.i = c.id % 5000"""
MAILS = f"""
INSERT INTO mail_inboundmail (
    mailbox_id, folder, uid_validity, uid, blob_id, stored_at, status, reason, attempts, nudged_at, kind, message_id,
    in_reply_to, "references", from_address, from_name, reply_to, "to", cc, subject, text, html, found, authentication,
    procedure, case_id, filed_by)
SELECT mailbox_id, 'INBOX', 1, 1000 + c.id, %(blob)s, received_at, 'FILED', '', 0, now(), 'PERSON', c.id || '@bench',
       '', '{{}}', sender_address, sender_name, '', '{{}}', '{{}}', subject, body || ' ' || {PHONE.replace("%", "%%")},
       '', '{{}}', '{{}}', 'tickets.emailcase', c.id, 'new'
  FROM tickets_emailcase c JOIN bench_text ON bench_text.i = c.id %% 5000"""
SEARCHES = {
    "incident number": "{incident}",
    "end of a product id": "{end}",
    "product id": "{product}",
    "telephone in another spelling": "+62 21 {phone}",
    "address": "user4711@pelanggan11.example",
    "domain": "@pelanggan11.example",
    "rare words": "relokasi gudang Medan 4711",
    "word of half of all cases": "gangguan",
    "three common words": "mohon internet lambat",
    "beginning of words": "gang",
    "words that are together nowhere": "gangguan modem zzyzx",
    "part of a word": "akass",
    "common part of words": "ang",
    "four digits": "4711",
    "name": "nababan",
    "one letter": "a",
}


def measure(number: int, *, turns: int) -> list[Line]:
    fill(number)
    people.person("agent7", Role.AGENT_EMAIL)
    of_area = people.person("wira", Role.AGENT_EMAIL, [(people.DESK, "3")])
    one = EmailCase.objects.filter(desk_id=people.DESK, lines__incident_number__gt="").order_by("-pk")[1000]
    line = one.lines.get()
    known = {"product": line.product_id, "end": line.product_id[-8:], "incident": line.incident_number}
    known |= {"phone": f"{one.pk * 104729 % 100000000:08d}"}
    lines: list[Line] = []
    for user in (User.objects.get(username="agent7"), of_area):
        client = Client(HTTP_HOST="localhost")
        client.force_login(user)
        who = "" if user.username == "agent7" else ", one area"
        for name, words in SEARCHES.items():
            lines += _timed(client, f"search by {name}{who}", words.format(**known), turns)
    return lines


def fill(number: int) -> None:
    started = time.perf_counter()
    people.desk_and_areas()
    population.empty()
    population.grow(number, [people.person("agent0", Role.AGENT_EMAIL).pk])
    blob = people.first_mail().blob_id
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE search_document, search_change")
        cursor.execute("SET session_replication_role = replica; SET maintenance_work_mem = '512MB'")
        cursor.execute(TEXTS)
        with reports.bare(cursor, TABLES):
            cursor.execute(DOCUMENTS)
            cursor.execute(MAILS, {"blob": blob})
        cursor.execute("RESET session_replication_role; RESET maintenance_work_mem; DROP TABLE bench_text")
    floor.vacuum(*TABLES)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_size_pretty(pg_total_relation_size('search_document')),"
            " pg_size_pretty(pg_relation_size('search_words')), pg_size_pretty(pg_relation_size('search_grams'))"
        )
        sizes = "{} in all, words {}, parts {}".format(*cursor.fetchone())
    print(f"{number} documents filled in {time.perf_counter() - started:.0f} s: {sizes}", flush=True)


def _timed(client: Client, name: str, words: str, turns: int) -> Iterator[Line]:
    own: list[float] = []
    bare: list[float] = []
    query = f"'{home(people.DESK)}' & {SearchQuery.of(words).queries[0]}"
    for turn in range(-1, turns):
        times = milliseconds(partial(_get, client, words)), milliseconds(partial(_bare, query))
        if turn >= 0:
            own.append(times[0])
            bare.append(times[1])
    late, least = percentile(own, 0.95), percentile(bare, 0.95)
    yield Line(f"{name}, p95 of {LIMIT:.0f} ms", late, "ms", least, late / LIMIT, 1.0)


def _get(client: Client, words: str) -> None:
    answer: Any = client.get("/search/", {"q": words})
    if answer.status_code != 200:
        msg = f"“{words}” answered {answer.status_code}"
        raise AssertionError(msg)


def _bare(query: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute("SELECT case_id FROM search_document WHERE words @@ %s::tsquery LIMIT 21", [query])
        return cursor.fetchall()
