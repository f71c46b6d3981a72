"""REST of callbacks beyond what every desk has: the queue in its order, and the claim of the next."""

from __future__ import annotations

from typing import Any, cast

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from tenesa.accounts.models import User
from tenesa.api.pagination import CasePagination
from tenesa.api.steps import PROBLEM
from tenesa.workflow.errors import NotYourStep
from tenesa.workspace import let_go
from tenesa.workspace.rest import DeskViewSet
from vvip.callbacks import queue
from vvip.callbacks.procedure.base import TIER2
from vvip.callbacks.queue import PLACE
from vvip.callbacks.states import State
from vvip.models import Callback


class QueuePagination(CasePagination):
    """The queue alone by its place, everything else by urgency."""

    def paginate_queryset(self, queryset: Any, request: Request, view: APIView | None = None) -> list[Any]:
        if request.query_params.get("state") == State.QUEUED:
            self.columns = PLACE
        return super().paginate_queryset(queryset, request, view)


class CallbackViewSet(DeskViewSet):
    """Callbacks of the caller's desks; `state=QUEUED` gives the queue in its order."""

    pagination_class = QueuePagination

    @extend_schema(request=None, responses={204: None, 401: PROBLEM, 403: PROBLEM, 409: PROBLEM})
    @action(detail=False, methods=["post"], pagination_class=None)
    def claim(self, request: Request) -> Response:
        """Take the next callback. 200 with it, 204 where nobody waits who may be called now, 409 (reasons) not now."""
        user = cast("User", request.user)
        if not user.has_role(*TIER2):
            raise NotYourStep(queue.only_tier2())
        left = let_go.by(user.pk, Callback.procedure_name())
        taken = queue.claim_next(user, but=left) or (queue.claim_next(user) if left else None)
        return Response(status=204) if taken is None else Response(self.get_serializer(taken).data)
