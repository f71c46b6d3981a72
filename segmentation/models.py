"""The tables of customers and of the lists of special and VVIP customers."""

from segmentation.customers import Customer, CustomerNumber, Service
from segmentation.lists import ListEntry

__all__ = ["Customer", "CustomerNumber", "ListEntry", "Service"]
