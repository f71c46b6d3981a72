"""The tables of caring."""

from __future__ import annotations

from caring.billing_models import BillingPolicy

__all__ = ["BillingPolicy"]
