"""Files that are handed in with a step: kept with the case, scanned, shown and given out as attachments are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import QuerySet

from tenesa.mail.models import Blob, CaseFile
from tenesa.mail.nudge import nudge
from tenesa.workflow.readings import Reading

if TYPE_CHECKING:
    from tenesa.audit.models import Event
    from tenesa.workflow.case import Case


def _of(case: Any) -> QuerySet[CaseFile]:
    rows = CaseFile.objects.filter(procedure=case.procedure_name(), case_id=case.pk)
    return rows.select_related("blob").defer("blob__data").order_by("pk")


HANDED_IN = Reading("files handed in", _of)


@dataclass(frozen=True)
class KeepFiles:
    """Outgoing that stores the files beside the case; a worker has them scanned after commit."""

    files: Sequence[UploadedFile[bytes]]

    def write(self, case: Case, event: Event | None = None) -> None:
        name = case.procedure_name()
        blobs = Blob.keep([file.read() for file in self.files])
        CaseFile.objects.bulk_create(
            CaseFile(procedure=name, case_id=case.pk, blob=blob, name=(file.name or "lampiran")[-200:])
            for blob, file in zip(blobs, self.files, strict=True)
        )
        if blobs and settings.CLAMAV_URL:
            transaction.on_commit(partial(nudge, "scan_case_files", name, case.pk))
