"""Mailboxes in one SQLite file behind pymap's IMAP: UIDs, UIDVALIDITY and every byte outlive a restart.

pymap's own maildir backend rewrites line ends and re-serialises headers, its dictionary forgets everything. Here its
dictionary mailbox keeps the index in memory and the file keeps the truth; a message body is read when it is asked for.
"""

import contextlib
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from pymap.backend.dict.mailbox import LoadedMessage, MailboxData, MailboxSet, Message
from pymap.bytes import Writeable
from pymap.exceptions import NotSupportedError
from pymap.flags import FlagOp
from pymap.interfaces.message import CachedMessage
from pymap.mailbox import MailboxSnapshot
from pymap.mime import MessageContent
from pymap.parsing.message import AppendMessage
from pymap.parsing.response.fetch import BodyStructure, EnvelopeStructure
from pymap.parsing.specials import FetchRequirement, ObjectId
from pymap.parsing.specials.flag import Flag

SCHEMA = """
CREATE TABLE IF NOT EXISTS folder (
    id INTEGER PRIMARY KEY, user TEXT NOT NULL, name TEXT NOT NULL,
    uid_validity INTEGER NOT NULL, next_uid INTEGER NOT NULL, UNIQUE (user, name));
CREATE TABLE IF NOT EXISTS message (
    folder_id INTEGER NOT NULL REFERENCES folder ON DELETE CASCADE, uid INTEGER NOT NULL,
    at REAL NOT NULL, flags TEXT NOT NULL, raw BLOB NOT NULL, PRIMARY KEY (folder_id, uid)) WITHOUT ROWID;
"""
FIRST_UID = 101  # not 1: code that mistakes UIDs for sequence numbers is found out


@dataclass(frozen=True)
class FolderRow:
    id: int
    name: str
    uid_validity: int
    next_uid: int


@dataclass(frozen=True)
class MessageRow:
    uid: int
    at: datetime
    flags: frozenset[Flag]


class Store:
    """The file. Whatever is written inside one `acceptance` is there as a whole or not at all."""

    def __init__(self, path: str, *, durable: bool = True) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute(f"PRAGMA synchronous = {'FULL' if durable else 'OFF'}")
        self._db.execute("PRAGMA foreign_keys = ON")
        self._db.executescript(SCHEMA)

    def close(self) -> None:
        self._db.close()

    @contextlib.contextmanager
    def acceptance(self) -> Iterator[None]:
        """One transaction; inside another one it is part of that."""
        if self._db.in_transaction:
            yield
            return
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def users(self) -> list[str]:
        return [user for (user,) in self._db.execute("SELECT DISTINCT user FROM folder ORDER BY user")]

    def folders(self, user: str) -> list[FolderRow]:
        rows = self._db.execute(
            "SELECT id, name, uid_validity, next_uid FROM folder WHERE user = ? ORDER BY id", [user]
        )
        return [FolderRow(*row) for row in rows]

    def add_folder(self, user: str, name: str) -> FolderRow:
        validity = MailboxSnapshot.new_uid_validity()
        cursor = self._db.execute(
            "INSERT INTO folder (user, name, uid_validity, next_uid) VALUES (?, ?, ?, ?)",
            [user, name, validity, FIRST_UID],
        )
        return FolderRow(cursor.lastrowid or 0, name, validity, FIRST_UID)

    def delete_folder(self, folder_id: int) -> None:
        self._db.execute("DELETE FROM folder WHERE id = ?", [folder_id])

    def messages(self, folder_id: int) -> Iterator[MessageRow]:
        rows = self._db.execute("SELECT uid, at, flags FROM message WHERE folder_id = ? ORDER BY uid", [folder_id])
        for uid, at, flags in rows:
            yield MessageRow(uid, datetime.fromtimestamp(at, UTC), _read_flags(flags))

    def add(self, folder_id: int, at: datetime, flags: Iterable[Flag], raw: bytes) -> int:
        with self.acceptance():
            uid = self._next_uid(folder_id)
            self._db.execute(
                "INSERT INTO message (folder_id, uid, at, flags, raw) VALUES (?, ?, ?, ?, ?)",
                [folder_id, uid, at.timestamp(), _write_flags(flags), raw],
            )
        return uid

    def copy(self, folder_id: int, uid: int, target_id: int) -> int:
        with self.acceptance():
            new_uid = self._next_uid(target_id)
            self._db.execute(
                "INSERT INTO message (folder_id, uid, at, flags, raw) "
                "SELECT ?, ?, at, flags, raw FROM message WHERE folder_id = ? AND uid = ?",
                [target_id, new_uid, folder_id, uid],
            )
        return new_uid

    def delete(self, folder_id: int, uids: Iterable[int]) -> None:
        with self.acceptance():
            self._db.executemany(
                "DELETE FROM message WHERE folder_id = ? AND uid = ?", [(folder_id, uid) for uid in uids]
            )

    def set_flags(self, folder_id: int, uid: int, flags: Iterable[Flag]) -> None:
        self._db.execute(
            "UPDATE message SET flags = ? WHERE folder_id = ? AND uid = ?", [_write_flags(flags), folder_id, uid]
        )

    def raw(self, folder_id: int, uid: int) -> bytes | None:
        row = self._db.execute("SELECT raw FROM message WHERE folder_id = ? AND uid = ?", [folder_id, uid]).fetchone()
        return row[0] if row else None

    def _next_uid(self, folder_id: int) -> int:
        (next_uid,) = self._db.execute(
            "UPDATE folder SET next_uid = next_uid + 1 WHERE id = ? RETURNING next_uid", [folder_id]
        ).fetchone()
        return int(next_uid) - 1


class SafeMessage(LoadedMessage):
    """ENVELOPE and BODYSTRUCTURE of a mail whose headers pymap cannot read are empty ones, not a lost connection.

    It is taken apart when a part of it is asked for; the whole, which is what readers fetch, goes out as it lies there.
    """

    def __init__(self, message: "StoredMessage", requirement: FetchRequirement, raw: bytes | None) -> None:
        super().__init__(message, requirement, None)
        self._whole = raw

    @property
    def content(self) -> MessageContent:
        if self._content is None and self._whole is not None:
            self._content = _content(self._whole)
        return super().content

    def get_size(self, section: Sequence[int] | None = None) -> int:
        return super().get_size(section) if section or self._whole is None else len(self._whole)

    def get_body(self, section: Sequence[int] | None = None, binary: bool = False) -> Writeable:
        if section or binary or self._whole is None:
            return super().get_body(section, binary)
        return Writeable.wrap(self._whole)

    def get_envelope_structure(self) -> EnvelopeStructure:
        try:
            envelope = super().get_envelope_structure()
            bytes(envelope)
        except Exception:
            return EnvelopeStructure.empty()
        return envelope

    def get_body_structure(self) -> BodyStructure:
        try:
            structure = super().get_body_structure()
            bytes(structure)
        except Exception:
            return BodyStructure.empty()
        return structure


class StoredMessage(Message):
    """A message whose bytes stay in the file until somebody fetches them."""

    __slots__ = ["_folder"]

    def __init__(self, folder: "StoredMailbox", row: MessageRow, *, recent: bool = False) -> None:
        super().__init__(row.uid, row.at, row.flags, email_id=ObjectId(b"M%x-%x" % (folder.id, row.uid)), recent=recent)
        self._folder = folder

    async def load_content(self, requirement: FetchRequirement) -> LoadedMessage:
        raw = self._folder.store.raw(self._folder.id, self.uid)
        return SafeMessage(self, requirement, raw)


class StoredMailbox(MailboxData):
    """One folder: each change goes to the file first, then into the index that sessions watch."""

    def __init__(self, owner: "StoredMailboxSet", row: FolderRow) -> None:
        super().__init__(owner._content_cache, owner._thread_cache)
        self.id = row.id
        self.store = owner.store
        self._uid_validity = row.uid_validity
        self._max_uid = row.next_uid - 1
        self._messages = {stored.uid: StoredMessage(self, stored) for stored in self.store.messages(row.id)}

    def show(self, row: MessageRow, *, recent: bool = False) -> StoredMessage:
        """Let every session see a message that is in the file by now."""
        message = StoredMessage(self, row, recent=recent)
        self._max_uid = max(self._max_uid, row.uid)
        self._messages[row.uid] = message
        self._mod_sequences.update([row.uid])
        self._updated.set()
        return message

    async def append(self, append_msg: AppendMessage, *, recent: bool = False) -> Message:
        at = append_msg.when or datetime.now(UTC)
        uid = self.store.add(self.id, at, append_msg.flag_set, append_msg.literal)
        return self.show(MessageRow(uid, at, append_msg.flag_set), recent=recent)

    async def copy(self, uid: int, destination: MailboxData, *, recent: bool = False) -> int | None:
        message = self._messages.get(uid)
        if message is None or not isinstance(destination, StoredMailbox):
            return None
        new_uid = self.store.copy(self.id, uid, destination.id)
        destination.show(MessageRow(new_uid, message.internal_date, message.permanent_flags), recent=recent)
        return new_uid

    async def move(self, uid: int, destination: MailboxData, *, recent: bool = False) -> int | None:
        with self.store.acceptance():
            new_uid = await self.copy(uid, destination, recent=recent)
            if new_uid is not None:
                await self.delete([uid])
        return new_uid

    async def update(self, uid: int, cached_msg: CachedMessage, flag_set: frozenset[Flag], mode: FlagOp) -> Message:
        message = await super().update(uid, cached_msg, flag_set, mode)
        self.store.set_flags(self.id, uid, message.permanent_flags)
        return message

    async def delete(self, uids: Iterable[int]) -> None:
        gone = list(uids)
        self.store.delete(self.id, gone)
        for uid in gone:
            self._messages.pop(uid, None)
        self._mod_sequences.expunge(gone)
        self._updated.set()


class StoredMailboxSet(MailboxSet):
    """The folders of one user; INBOX and Sent are always there."""

    def __init__(self, store: Store, user: str) -> None:
        super().__init__()
        self.store = store
        self.user = user
        rows = {row.name: row for row in store.folders(user)}
        for name in ("INBOX", "Sent"):
            if name not in rows:
                rows[name] = store.add_folder(user, name)
        self.inbox = StoredMailbox(self, rows.pop("INBOX"))
        self._inbox = self.inbox
        self._set = {name: StoredMailbox(self, row) for name, row in rows.items()}

    @property
    def sent(self) -> StoredMailbox:
        folder = self._set.get("Sent")
        if not isinstance(folder, StoredMailbox):
            folder = self._set["Sent"] = StoredMailbox(self, self.store.add_folder(self.user, "Sent"))
        return folder

    async def add_mailbox(self, name: str) -> ObjectId:
        if name in self._set:
            raise ValueError(name)
        self._set[name] = folder = StoredMailbox(self, self.store.add_folder(self.user, name))
        return folder.mailbox_id

    async def delete_mailbox(self, name: str) -> None:
        folder = self._set.pop(name)
        if isinstance(folder, StoredMailbox):
            self.store.delete_folder(folder.id)

    async def rename_mailbox(self, before: str, after: str) -> None:
        raise NotSupportedError


def accept(store: Store, raw: Sequence[tuple[StoredMailbox, bytes]]) -> None:
    """All copies of one mail, as one acceptance: after a crash either all of them are there or none is."""
    at = datetime.now(UTC)
    with store.acceptance():
        rows = [(folder, MessageRow(store.add(folder.id, at, (), data), at, frozenset())) for folder, data in raw]
    for folder, row in rows:
        folder.show(row, recent=True)


def _content(raw: bytes) -> MessageContent:
    """pymap's parsed view, which hands out every byte even where its parser gives up."""
    try:
        content = MessageContent.parse(raw)
    except Exception:  # whatever a hostile header does to pymap, the mail must stay fetchable
        content = MessageContent.parse(b"\r\n")
    content._raw = memoryview(raw)  # its own slice loses the last byte of a mail without a body
    return content


def _write_flags(flags: Iterable[Flag]) -> str:
    return " ".join(sorted(bytes(flag).decode("ascii", "replace") for flag in flags))


def _read_flags(text: str) -> frozenset[Flag]:
    return frozenset(Flag(part.encode()) for part in text.split())
