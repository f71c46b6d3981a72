"""The simulated APPREC: a recording of every call that was answered, and of those before the simulator's time.

Calls "EB-9…" are the past that a demonstration tells of; those whose number ends in 00 were never recorded.
"""

from __future__ import annotations

import base64
import io
import math
import re
import wave
from functools import lru_cache

from tenesa.systems.simulator.contract import Answer, Operation, Params, RefusalError
from tenesa.systems.simulator.store import Store
from tenesa.systems.softphone.simulator import as_it_stands

CALL = re.compile(r"(?:CALL|EB)-(?P<number>\d{8})")
PAST = re.compile(r"9\d{5}(?!00)\d\d")
RATE, LONGEST = 8_000, 6  # samples a second; seconds of sound, however long the call was
TONES = (440, 554)  # agent and customer in turn, a second each


def find(store: Store, params: Params) -> Answer:
    call_id = params.need("call_id")
    found = CALL.fullmatch(call_id)
    duration = _duration(store, found["number"]) if found else None
    if found is None or duration is None:
        raise RefusalError("NOT_FOUND", f"Tidak ada rekaman panggilan {call_id}.")
    recording = f"REC-{found['number']}"
    facts = {"recording": recording, "call_id": call_id, "duration": duration, "media": "audio/wav"}
    return Answer(facts, ref=recording)


def audio(store: Store, params: Params) -> Answer:
    recording = params.need("recording")
    duration = _duration(store, recording.removeprefix("REC-"))
    if duration is None:
        raise RefusalError("NOT_FOUND", f"Tidak ada rekaman {recording}.")
    return Answer({"content": base64.b64encode(sound(min(LONGEST, max(1, duration)))).decode()})


def _duration(store: Store, number: str) -> int | None:
    """Seconds of talk; None where there was none, or no such call."""
    if PAST.fullmatch(number):
        return 40 + int(number) % 260
    wanted = int(number) if number.isdecimal() else 0
    row = store.db.execute("SELECT * FROM phone_calls WHERE id = ?", (wanted,)).fetchone()
    stands = as_it_stands(store, row) if row else None
    return int(stands["duration"]) if stands and stands["recording"] and stands["state"] == "ENDED" else None


@lru_cache(maxsize=LONGEST)
def sound(seconds: int) -> bytes:
    """A WAV file in which two tones speak in turn."""
    samples = bytearray()
    for moment in range(RATE * seconds):
        second, within = divmod(moment, RATE)
        loud = math.sin(math.pi * within / RATE)  # no click between the two
        tone = math.sin(2 * math.pi * TONES[second % 2] * moment / RATE)
        samples.append(128 + round(60 * loud * tone))
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setparams((1, 1, RATE, 0, "NONE", ""))
        file.writeframes(bytes(samples))
    return content.getvalue()


OPERATIONS = {"find": Operation(find), "audio": Operation(audio, media="audio/wav")}
