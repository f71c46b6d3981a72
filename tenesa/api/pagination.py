"""Keyset paging for lists of cases: as fast on the last page as on the first."""

from rest_framework.pagination import CursorPagination


class CasePagination(CursorPagination):
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
    ordering = ("urgent_at", "pk")
