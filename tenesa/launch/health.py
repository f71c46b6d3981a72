"""`python -m tenesa.launch.health URL`: exit code 0 when what listens there is alive (http://… or tcp://host:port).

An HTTP answer below 500 is life: behind TLS the bare port redirects, and that is as it should be.
"""

import http.client
import sys
from urllib.parse import urlsplit

from tenesa.launch.rundir import answers


def alive(url: str) -> bool:
    parts = urlsplit(url)
    host, port = parts.hostname or "127.0.0.1", parts.port or 80
    if parts.scheme == "tcp":
        return answers(port, host)
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", parts.path or "/")
        return connection.getresponse().status < 500
    except OSError:
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(not all(alive(url) for url in sys.argv[1:]))
