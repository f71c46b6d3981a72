"""The tables of customers and of the lists of special and VVIP customers."""

from segmentation.customers import Customer, CustomerNumber, Service
from segmentation.lists import ListEntry
from segmentation.openings import OpeningsWeek, RecordOpening
from segmentation.special_list.batches import ListImport, ListImportRow

__all__ = [
    "Customer", "CustomerNumber", "ListEntry", "ListImport", "ListImportRow", "OpeningsWeek", "RecordOpening",
    "Service",
]  # fmt: skip
