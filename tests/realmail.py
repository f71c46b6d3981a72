"""Dovecot and Postfix as Debian has them, in a directory of their own: what the mail tests also run against.

`MAIL_SERVER=dovecot pytest tests/platform/mail` is the plain pair, where we put our own copies into Sent;
`MAIL_SERVER=dovecot-sent` is the pair that keeps sent mail itself (see CONFORMANCE in the README).
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import time
from pathlib import Path

from tenesa.launch.process import spawn
from tenesa.launch.rundir import answers
from tests.ports import free_port

KIND = os.environ.get("MAIL_SERVER", "embedded")
KEEPS_SENT = KIND in {"embedded", "dovecot-sent"}
PASSWORD = "rahasia"

_DOVECOT = """
base_dir = {base}/dovecot
state_dir = {base}/dovecot
log_path = {base}/dovecot.log
protocols = imap pop3 lmtp
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2
auth_username_format = %Ln
recipient_delimiter = +
lmtp_save_to_detail_mailbox = yes
first_valid_uid = 1
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
mail_location = maildir:{base}/mail/%n
mail_max_userip_connections = 100
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {base}/oauth2.conf
}}
passdb {{
  driver = static
  mechanisms = plain login
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={base}/mail/%n allow_all_users=yes
}}
namespace inbox {{
  inbox = yes
  mailbox Sent {{
    auto = create
    special_use = \\Sent
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service pop3-login {{
  chroot =
  inet_listener pop3 {{
    port = {pop3}
  }}
  inet_listener pop3s {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
service lmtp {{
  inet_listener lmtp {{
    port = {lmtp}
  }}
}}
service auth {{
  inet_listener sasl {{
    port = {sasl}
  }}
}}
"""
_OAUTH2 = """
introspection_mode = auth
introspection_url = http://127.0.0.1:{provider}/introspect
username_attribute = username
active_attribute = active
active_value = true
"""
_POSTFIX = """
compatibility_level = 3.6
queue_directory = {base}/spool
data_directory = {base}/postfix-data
maillog_file = {base}/postfix.log
maillog_file_prefixes = {base}
mail_owner = postfix
setgid_group = postdrop
myhostname = mail.telkom.example
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
alias_maps =
alias_database =
append_dot_mydomain = no
smtpd_peername_lookup = no
smtpd_tls_security_level = none
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:{sasl}
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_recipient_restrictions = check_recipient_access regexp:{base}/faults, permit
message_size_limit = 41943040
virtual_mailbox_limit = 0
virtual_alias_domains =
virtual_mailbox_domains = telkom.example
virtual_transport = lmtp:inet:127.0.0.1:{lmtp}
virtual_alias_maps = regexp:{base}/elsewhere
recipient_delimiter = +
{bcc}
"""
_MASTER = """
127.0.0.1:{smtp} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""
_TABLES = {
    "faults": (
        "/@tolak\\.example$/ 550 5.1.1 No such mailbox\n/@penuh\\.example$/ 452 4.2.2 Mailbox full, try again later\n"
    ),
    "elsewhere": "!/@telkom\\.example$/ pelanggan@telkom.example\n",
    "copies": "/^([^@+]+)@telkom\\.example$/ ${1}+Sent@telkom.example\n",
}


def missing() -> str:
    """Why the real servers cannot run here, or ""."""
    absent = [name for name in ("dovecot", "postfix") if not shutil.which(name, path="/usr/sbin:/usr/bin:/sbin")]
    if absent or not all(Path("/usr/lib/dovecot", name).exists() for name in ("imap", "lmtp", "pop3")):
        return "apt-get install dovecot-imapd dovecot-lmtpd dovecot-pop3d postfix"
    return "" if os.geteuid() == 0 else "Postfix starts as root only"


class RealServers:
    """`provider` is the port at which Dovecot asks whether an access token is good; the test answers there."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self.imap, self.pop3, self.smtp, self.lmtp, self.sasl, self.provider = (free_port() for _n in range(6))
        self._processes: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        self._write()
        self._spawn("/usr/sbin/dovecot", "-F", "-c", str(self.base / "dovecot.conf"))
        self._spawn("/usr/sbin/postfix", "-c", str(self.base / "postfix"), "start-fg")
        end = time.monotonic() + 30
        while not all(answers(port) for port in (self.imap, self.pop3, self.smtp, self.lmtp)):
            assert time.monotonic() < end, self._logs()
            time.sleep(0.1)

    def stop(self) -> None:
        subprocess.run(
            ["/usr/sbin/postfix", "-c", str(self.base / "postfix"), "stop"], capture_output=True, check=False
        )
        for process in self._processes:
            process.send_signal(signal.SIGTERM)
        for process in self._processes:
            process.wait(15)

    def settle(self) -> None:
        """Postfix says 250 when a mail lies in its queue; come back when everything in it was delivered."""
        end = time.monotonic() + 20
        while any(
            path.is_file() for name in ("incoming", "active") for path in (self.base / "spool" / name).rglob("*")
        ):
            assert time.monotonic() < end, self._logs()
            time.sleep(0.05)

    def _write(self) -> None:
        self.base.chmod(0o755)
        nobody = pwd.getpwnam("nobody")
        bcc = f"sender_bcc_maps = regexp:{self.base}/copies" if KEEPS_SENT else ""
        ports = {name: getattr(self, name) for name in ("imap", "pop3", "smtp", "lmtp", "sasl", "provider")}
        values = {"base": self.base, "user": "nobody", "group": "nogroup", "password": PASSWORD, "bcc": bcc, **ports}
        for name in ("dovecot", "mail", "postfix", "postfix-data", "spool"):
            (self.base / name).mkdir(mode=0o755)
        os.chown(self.base / "mail", nobody.pw_uid, nobody.pw_gid)
        os.chown(self.base / "postfix-data", pwd.getpwnam("postfix").pw_uid, -1)
        (self.base / "dovecot.conf").write_text(_DOVECOT.format(**values))
        (self.base / "oauth2.conf").write_text(_OAUTH2.format(**values))
        (self.base / "postfix" / "main.cf").write_text(_POSTFIX.format(**values))
        (self.base / "postfix" / "master.cf").write_text(_MASTER.format(**values))
        for name, table in _TABLES.items():
            (self.base / name).write_text(table)

    def _spawn(self, *argv: str) -> None:
        self._processes.append(spawn(list(argv), log=self.base / "out.log"))

    def _logs(self) -> str:
        return "\n".join(path.read_text(errors="replace")[-2000:] for path in sorted(self.base.glob("*.log")))
