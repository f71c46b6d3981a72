"""The simulator's memory: one SQLite file, so that a restart forgets nothing and threads do not disturb each other."""

from __future__ import annotations

import json
import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tenesa.systems.simulator.seed import Health, Service, World, world
from tenesa.systems.simulator.seed_incidents import INCIDENTS, OPEN
from tenesa.systems.simulator.seed_scripts import FIRST_VERSION, SCRIPTS

NEW_NUMBERS_FROM = 10_490_001
SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS incidents (
    number TEXT PRIMARY KEY, service_no TEXT NOT NULL, status TEXT NOT NULL, reported_at TEXT NOT NULL,
    next_move_at REAL, data TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS incidents_service ON incidents (service_no);
CREATE TABLE IF NOT EXISTS changes (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, previous TEXT NOT NULL, status TEXT NOT NULL,
    incident TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS lines (service_no TEXT PRIMARY KEY, health TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS posts (
    id INTEGER PRIMARY KEY AUTOINCREMENT, grp TEXT NOT NULL, text TEXT NOT NULL, reference TEXT NOT NULL,
    at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS replies (
    id INTEGER PRIMARY KEY AUTOINCREMENT, post INTEGER NOT NULL, author TEXT NOT NULL, text TEXT NOT NULL,
    at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS matters (
    id INTEGER PRIMARY KEY AUTOINCREMENT, grp TEXT NOT NULL, reference TEXT NOT NULL, text TEXT NOT NULL,
    at TEXT NOT NULL, answer TEXT NOT NULL DEFAULT '', answered_by TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS troubles (
    id INTEGER PRIMARY KEY AUTOINCREMENT, tool TEXT NOT NULL, text TEXT NOT NULL, since TEXT NOT NULL,
    area TEXT NOT NULL, status TEXT NOT NULL, status_at TEXT NOT NULL, note TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS agents (login TEXT PRIMARY KEY, state TEXT NOT NULL, since TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS scripts (
    path TEXT PRIMARY KEY, title TEXT NOT NULL, script TEXT NOT NULL, version TEXT NOT NULL,
    published_at TEXT NOT NULL, published INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS callbacks (
    id INTEGER PRIMARY KEY AUTOINCREMENT, reference TEXT NOT NULL UNIQUE, number TEXT NOT NULL, due_at TEXT NOT NULL,
    priority INTEGER NOT NULL, status TEXT NOT NULL DEFAULT 'QUEUED', agent TEXT NOT NULL DEFAULT '',
    result TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS phone_calls (
    id INTEGER PRIMARY KEY AUTOINCREMENT, agent TEXT NOT NULL, number TEXT NOT NULL, at TEXT NOT NULL,
    ended_at TEXT, result TEXT NOT NULL DEFAULT '');
CREATE INDEX IF NOT EXISTS phone_calls_agent ON phone_calls (agent, id);
CREATE TABLE IF NOT EXISTS orders (
    id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, fastel TEXT NOT NULL, campaign TEXT NOT NULL,
    period TEXT NOT NULL, agent TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS outbound (
    id INTEGER PRIMARY KEY AUTOINCREMENT, system TEXT NOT NULL, key TEXT NOT NULL, supersedes TEXT NOT NULL,
    day TEXT NOT NULL, follow INTEGER NOT NULL, locked_by TEXT NOT NULL DEFAULT '', entered_at TEXT NOT NULL,
    data TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS outbound_key ON outbound (system, key);
CREATE INDEX IF NOT EXISTS outbound_supersedes ON outbound (system, supersedes);
CREATE INDEX IF NOT EXISTS outbound_day ON outbound (system, day, id);
CREATE TABLE IF NOT EXISTS payments (
    id INTEGER PRIMARY KEY AUTOINCREMENT, fastel TEXT NOT NULL, amount INTEGER NOT NULL, value_date TEXT NOT NULL,
    posted_on TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS payments_fastel ON payments (fastel);
CREATE TABLE IF NOT EXISTS answers (
    system TEXT, operation TEXT, key TEXT, digest TEXT NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (system, operation, key));
CREATE TABLE IF NOT EXISTS calls (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, system TEXT NOT NULL, operation TEXT NOT NULL,
    method TEXT NOT NULL, key TEXT NOT NULL, actor TEXT NOT NULL, clause TEXT NOT NULL, content TEXT NOT NULL,
    status INTEGER, repeated INTEGER NOT NULL DEFAULT 0, fault TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS faults (
    system TEXT, operation TEXT, kind TEXT NOT NULL, ms INTEGER NOT NULL, remaining INTEGER,
    PRIMARY KEY (system, operation));
"""
TABLES = re.findall(r"CREATE TABLE IF NOT EXISTS (\w+)", SCHEMA)


class Store:
    """One unit of work on the file: everything done with it is kept together or not at all."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db
        self.now = datetime.now(UTC).replace(microsecond=0)

    @property
    def world(self) -> World:
        return world()

    # --- settings of the simulator itself -----------------------------------------------------------------------
    def setting(self, name: str, default: str = "") -> str:
        row = self.db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return str(row["value"]) if row and row["value"] else default

    def set_setting(self, name: str, value: str) -> None:
        self.db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    # --- services -----------------------------------------------------------------------------------------------
    def health(self, service: Service) -> Health:
        """As seeded, until an incident was repaired or somebody switched it."""
        row = self.db.execute("SELECT health FROM lines WHERE service_no = ?", (service.number,)).fetchone()
        return Health(row["health"]) if row else service.health

    def set_health(self, service_no: str, health: Health) -> None:
        self.db.execute("INSERT OR REPLACE INTO lines VALUES (?, ?)", (service_no, health.value))

    # --- incidents ----------------------------------------------------------------------------------------------
    def incident(self, number: str) -> dict[str, Any] | None:
        row = self.db.execute("SELECT data FROM incidents WHERE number = ?", (number,)).fetchone()
        return json.loads(row["data"]) if row else None

    def incidents_of(self, service_no: str) -> list[dict[str, Any]]:
        """Open ones first, the newest of them first."""
        rows = self.db.execute("SELECT data FROM incidents WHERE service_no = ?", (service_no,))
        found = sorted((json.loads(row["data"]) for row in rows), key=lambda i: str(i["reported_at"]), reverse=True)
        return sorted(found, key=lambda incident: incident["status"] not in OPEN)

    def open_incident_of(self, service_no: str) -> dict[str, Any] | None:
        return next((i for i in self.incidents_of(service_no) if i["status"] in OPEN), None)

    def next_number(self) -> str:
        number = int(self.setting("next_number", str(NEW_NUMBERS_FROM)))
        self.set_setting("next_number", str(number + 1))
        return f"IN{number}"

    def keep_incident(self, incident: dict[str, Any], *, previous: str | None = None) -> None:
        """Store the incident; with `previous` its new status also goes into the feed. Moves on by itself if alive."""
        alive = float(self.setting("life", "0"))
        moves = alive and self.setting(f"alive:{incident['number']}") and incident["status"] in (*OPEN, "FINALCHECK")
        next_move = time.time() + alive / 5 if moves else None
        text = json.dumps(incident)
        self.db.execute(
            "INSERT OR REPLACE INTO incidents VALUES (?, ?, ?, ?, ?, ?)",
            (
                incident["number"],
                incident["service_no"],
                incident["status"],
                incident["reported_at"],
                next_move,
                text,
            ),
        )
        if previous is not None:
            self.db.execute(
                "INSERT INTO changes (at, previous, status, incident) VALUES (?, ?, ?, ?)",
                (self.now.isoformat(), previous, incident["status"], text),
            )

    def seed(self) -> None:
        if not self.setting("seeded"):
            for incident in INCIDENTS(self.now):
                self.keep_incident(incident)
            self.set_setting("seeded", self.now.isoformat())
        for path, title, script in SCRIPTS:  # also into a file of a version that had none
            self.db.execute(
                "INSERT OR IGNORE INTO scripts VALUES (?, ?, ?, ?, ?, 1)",
                (path, title, script, FIRST_VERSION, self.now.isoformat()),
            )


class Database:
    """The file, opened anew for each unit of work."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        with closing(self._connect()) as db:
            db.execute("PRAGMA journal_mode = WAL")
            db.executescript(SCHEMA)
        with self.work() as store:
            store.seed()

    def _connect(self) -> sqlite3.Connection:
        db = sqlite3.connect(self.path, timeout=30, isolation_level=None)
        db.row_factory = sqlite3.Row
        db.execute("PRAGMA synchronous = OFF")  # survives a killed process; a power cut may cost a demo its data
        return db

    @contextmanager
    def work(self) -> Iterator[Store]:
        """One writer at a time: what is read in here stays true until the end."""
        with closing(self._connect()) as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield Store(db)
            except BaseException:
                db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")

    def reset(self) -> None:
        """Back to the seed; calls and faults are forgotten too, its own settings stay."""
        with self.work() as store:
            kept = {name: store.setting(name) for name in ("life", "latency", "pop_url", "pop_token")}
            for table in TABLES:
                store.db.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names
            for name, value in kept.items():
                store.set_setting(name, value)
            store.seed()
