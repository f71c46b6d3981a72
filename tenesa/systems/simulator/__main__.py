"""The simulators as a service: `python -m tenesa.systems.simulator --port 8800 --data FILE [--life 60]`."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import threading
import time
from pathlib import Path

from werkzeug.serving import WSGIRequestHandler, make_server

from tenesa.systems.simulator.app import Simulator
from tenesa.systems.simulator.movement import move_due
from tenesa.systems.simulator.store import Database

logger = logging.getLogger("simulator")


class Quiet(WSGIRequestHandler):
    """Calls are listed by the controls; a line each on the console would hide everything else."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


def live(database: Database, pause: float) -> None:
    while True:
        time.sleep(pause)
        try:
            move_due(database)
        except Exception:
            logger.exception("automatic life")


def main() -> None:
    parser = argparse.ArgumentParser(prog="tenesa.systems.simulator", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8800)
    parser.add_argument("--data", type=Path, required=True, help="the SQLite file; made when it is missing")
    parser.add_argument("--life", type=float, default=0, help="seconds in which a new ticket is repaired by itself")
    parser.add_argument("--latency", type=int, default=0, help="milliseconds added to every call")
    arguments = parser.parse_args()
    token = os.environ.get("SYSTEMS_TOKEN", "simulator")
    app = Simulator(arguments.data, token=token, life=arguments.life, latency_ms=arguments.latency)
    if arguments.life:
        pause = min(1.0, arguments.life / 10)
        threading.Thread(target=live, args=(app.database, pause), daemon=True).start()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    server = make_server(arguments.host, arguments.port, app, threaded=True, request_handler=Quiet)
    server.daemon_threads = True  # type: ignore[attr-defined]
    server.serve_forever()


if __name__ == "__main__":
    main()
