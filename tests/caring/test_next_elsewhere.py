"""Where the next step is on another page, the page says so and leads there (P-01 8 langkah 4)."""

from __future__ import annotations

import re
from functools import partial

import pytest
from django.urls import reverse

from caring.models import CaringResult
from caring.prospects.desk import ProspectDesk
from caring.results.desk import ResultDesk
from caring.results.states import State
from tenesa.accounts.models import SYSTEM, User
from tenesa.accounts.roles import Role
from tenesa.workflow.perform import perform
from tenesa.workspace import drafts
from tests.caring import desk, results
from tests.caring.test_faults import recalled
from tests.ui.test_frame import signed_in
from tests.workspace.rooms import text_of, words_of_page

pytestmark = pytest.mark.django_db


def ways(user: User, case: object) -> dict[str, str]:
    """Addresses of the links in the rail, with the key that opens each."""
    page = signed_in(user).get(case.get_absolute_url()).content.decode()  # type: ignore[attr-defined]
    rail = page[page.index('id="procedure"') :]
    return dict(re.findall(r'<a class="link num" href="([^"]+)"(?: data-key="(\w)")?', rail))


def test_a_recall_leads_to_its_prospect_and_the_prospect_back(citra: User, laras: User, novita: User) -> None:
    result, one = recalled(citra, laras, novita)
    for user in (citra, novita):
        assert ways(user, result)[one.get_absolute_url()] == "0"
    page = text_of(signed_in(citra).get(result.get_absolute_url()))
    assert "Pelanggan ditelepon ulang dari halaman prospeknya" in page
    assert "Tidak ada yang perlu dilakukan sekarang" not in page
    assert result.get_absolute_url() in ways(citra, one)
    assert (ResultDesk().holder(result), ProspectDesk().holder(one)) == ("Citra", "dijanjikan oleh Citra")
    assert "Dikembalikan QC: Pastikan pelanggan bersedia." in text_of(signed_in(citra).get(one.get_absolute_url()))
    palette = signed_in(citra).get(reverse("palette"), {"q": one.number, "case": f"caring.caringresult:{result.pk}"})
    assert one.get_absolute_url() in palette.content.decode()


def test_it_leads_nowhere_once_the_customer_was_called_again(citra: User, laras: User, novita: User) -> None:
    result, one = recalled(citra, laras, novita)
    desk.agreed(citra, one)
    assert "0" not in ways(citra, desk.again(result)).values()


def test_what_the_leader_did_not_agree_to_is_not_said_to_be_from_qc(citra: User, novita: User) -> None:
    one = desk.in_call(citra)
    note = "Pelanggan marah karena ditelepon tiga kali pekan ini, minta bicara dengan atasan."
    perform(one, "decline", actor=citra, data={"reason": "COMPLAINT", "note": note})
    result = CaringResult.objects.get()
    boss = desk.person("hendra", Role.SUPERVISOR)
    perform(result, "refuse", actor=boss, data={"reason": "Tanyakan kronologinya."})
    page = text_of(signed_in(citra).get(one.get_absolute_url()))
    assert "Tidak disetujui pimpinan: Tanyakan kronologinya." in page
    assert "Dikembalikan QC" not in page


def test_who_is_not_called_any_more_leads_to_what_came_of_the_call(citra: User, laras: User, novita: User) -> None:
    """Also where it was a recall that ended with it; without a result there is nothing to lead to."""
    result, one = recalled(citra, laras, novita)
    perform(one, "pick", actor=citra)
    perform(one, "exclude", actor=novita, data={"why": "DISPUTE", "note": "Sengketa tagihan."})
    for user in (citra, novita):
        assert ways(user, desk.again(one)) == {result.get_absolute_url(): "0"}
    page = text_of(signed_in(citra).get(one.get_absolute_url()))
    assert f"Hasil panggilannya: {result.number}" in " ".join(words_of_page(page).split())
    assert desk.again(result).ended_how == "EXCLUDED"
    other = perform(desk.prospect(), "exclude", actor=novita, data={"why": "DISPUTE", "note": "Sengketa tagihan."})
    assert ways(citra, other) == {}


def test_list_and_head_of_a_result_tell_the_same_person(citra: User, laras: User, novita: User) -> None:
    """Its agent, or whoever judges it now; never “nobody” beside a name."""
    seen = signed_in(novita)
    for state in (State.RECALL, State.QC_QUEUED, State.QC_CLAIMED, State.FINAL):
        who = laras if state == State.QC_CLAIMED else citra
        one = results.made(state, citra, prospect=desk.prospect(), owner=who if who == laras else None)
        assert ResultDesk().holder(one) == str(who)
        listed = words_of_page(text_of(seen.get(reverse("results:list"), {"view": "all", "state": state})))
        other = citra if who == laras else laras
        assert (f"· {who}" in listed, f"· {other}" in listed) == (True, False), state


def test_a_recording_has_one_number_and_its_call_another(citra: User, laras: User) -> None:
    """What the agreement was kept with is the number of the call, until the recording is found."""
    one = results.made(State.QC_QUEUED, citra, prospect=desk.prospect(), call_id="EB-90000001", recording="EB-90000001")
    told = lambda: {str(fact.label): fact.value for fact in ResultDesk().facts(desk.again(one), laras) if fact.value}  # noqa: E731
    assert (told().get("Rekaman"), told()["ID panggilan Eyebeam"]) == (None, "EB-90000001")
    perform(one, "note_recording", actor=SYSTEM, recording="REC-7")
    assert (told()["Rekaman"], told()["ID panggilan Eyebeam"]) == ("REC-7", "EB-90000001")
    page = text_of(signed_in(laras).get(one.get_absolute_url()))
    head = page[page.index('id="tape-title"') : page.index("</h2>", page.index('id="tape-title"'))]
    assert ("REC-7" in head, "EB-90000001" in head) == (True, False)


def test_a_step_is_told_as_a_success_only_while_it_is_one(
    citra: User, novita: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker may have ended the case before the page is drawn."""
    for ends in (False, True):
        one = desk.prospect()
        excluded = partial(perform, one, "exclude", actor=novita, data={"why": "DISPUTE", "note": "Sengketa."})
        monkeypatch.setattr(drafts, "forget", lambda *_: excluded() if ends else None)  # noqa: B023 - called at once
        page = signed_in(citra).post(reverse("prospects:step", args=[one.pk, "pick"]), follow=True)
        [told] = page.context["messages"]
        words = f"Ambil prospek · {one.number}"
        assert (told.level_tag, str(told)) == (
            ("warning", f"{words}: kasusnya kini “Dikecualikan”") if ends else ("success", words)
        )
