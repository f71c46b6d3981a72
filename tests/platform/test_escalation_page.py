"""The page of decisions: lists, the page of one, and what is asked about a case on that case's page (X-11)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tenesa.accounts.models import Membership, PresenceState, User
from tenesa.accounts.presence import change_presence
from tenesa.accounts.roles import Role
from tenesa.escalation import people
from tenesa.escalation.models import Escalation
from tenesa.escalation.selectors import waiting_of
from tenesa.escalation.states import State
from tenesa.ui import viewing
from tenesa.workflow.perform import perform
from tenesa.workspace import lists
from tenesa.workspace.models import Draft
from tests import factories
from tests.pending.desk import asked
from tests.platform.test_escalation import WHY, again, case_of, escalated, shown, waiting
from tests.ui.test_frame import signed_in
from tickets.states import State as Mail

HTMX: Any = {"HX-Request": "true"}


def step(client: Client, one: Escalation, name: str, **data: str) -> Any:
    return client.post(reverse("approvals:step", args=[one.pk, name]), data, headers=HTMX)


def text(answer: Any) -> str:
    return str(answer.content.decode())


def part_of(page: str, one: Escalation) -> str:
    """What stands about it on the page of its case."""
    return page.partition(f'id="asked-{one.pk}"')[2].partition("</section>")[0]


# --- asking ----------------------------------------------------------------------------------------------------------
def test_the_form_says_who_of_each_level_is_on_duty_now(
    rini: User, bowo: User, hendra: User, asing: User, django_capture_on_commit_callbacks: Any
) -> None:
    near, far = (factories.person(f"area{area}", Role.TEAM_LEADER, area=area) for area in "12")
    case = perform(factories.opened(), "take", actor=rini)
    client, page = signed_in(rini), case.get_absolute_url()
    everybody = "Bertugas sekarang: Team leader: Area1, Area2, Bowo · Supervisor: Hendra"
    assert everybody in text(client.get(page)), "no area: the whole desk's case"
    with django_capture_on_commit_callbacks(execute=True):
        change_presence(hendra, PresenceState.OFFLINE)
        change_presence(bowo, PresenceState.AUX, reason="makan")
    type(case).objects.filter(pk=case.pk).update(area="2")
    now = "Bertugas sekarang: Team leader: Area2, Bowo (istirahat) · Supervisor: tidak ada"
    assert now in text(client.get(page))
    assert near != far
    type(bowo).objects.filter(pk=far.pk).update(first_name="<b>Area2")
    people.forget(far)
    assert "Team leader: &lt;b&gt;Area2, Bowo" in text(client.get(page))
    schema = client.get(f"/api/cases/{case.pk}/steps/").json()
    offer = next(one for one in schema if one["step"] == "escalate")
    assert offer["allowed"] is True
    perform(case, "escalate", actor=rini, data={"level": "SUPERVISOR", "reason": WHY})
    assert Escalation.objects.get().level == "SUPERVISOR"


# --- the list --------------------------------------------------------------------------------------------------------
def test_a_list_costs_the_same_for_one_and_for_thirty(
    rini: User, bowo: User, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    escalated(rini)
    for _round in range(2):
        leader = User.objects.get(pk=bowo.pk)
        with django_assert_max_num_queries(4):  # places, escalations with people, their mails, their cases
            shown(leader)
        for _number in range(12):
            escalated(rini)


def test_the_list_goes_on_by_keyset_without_gap_or_repeat(rini: User, bowo: User) -> None:
    moment, desk = timezone.now(), factories.desk()
    for number in range(lists.PAGE + 5):
        Escalation.objects.create(
            desk=desk, procedure="tickets.emailcase", case_id=number, level="TEAM_LEADER", asker=rini, reason=WHY,
            state=State.ASKED, urgent_at=moment,
        )  # fmt: skip
    first = shown(bowo)
    second = shown(bowo, after=first.next)
    seen = [row.pk for row in (*first.rows, *second.rows)]
    assert seen == sorted(set(seen))
    assert (len(seen), second.next) == (lists.PAGE + 5, "")


def test_a_row_says_who_asks_for_what_about_which_case(rini: User, dewi: User, bowo: User) -> None:
    one, case = escalated(rini, "TELKOM"), perform(factories.opened(), "take", actor=rini)
    row = shown(bowo).rows[0]
    about = case_of(one)
    assert (row.who, row.about, row.number, row.chips[0].text, row.signal) == (
        str(rini), WHY, about.number, "Telkom", "",
    )  # fmt: skip
    assert about.who in str(row.why)
    assert about.title in str(row.why)
    perform(case, "ask_for_case", actor=dewi, data={"reason": "Saya kenal."})
    assert (shown(rini).rows[0].who, str(shown(rini).rows[0].chips[0].text)) == (str(dewi), "meminta kasus")
    hold = perform(asked(rini), "pick_up", actor=rini)
    perform(hold, "escalate", actor=rini, data={"level": "TEAM_LEADER", "reason": "Unit diam."})
    assert {row.number for row in shown(bowo).rows} == {about.number, hold.number}


def test_each_list_shows_its_own_and_the_open_one_is_found_in_it(rini: User, bowo: User) -> None:
    fresh, unit, done = escalated(rini), escalated(rini, "TELKOM"), escalated(rini)
    perform(unit, "approve", actor=bowo, data={})
    perform(done, "send_back", actor=bowo, data={"note": "Lengkapi."})
    leader, agent = signed_in(bowo), signed_in(rini)

    def listed(client: Client, address: str) -> set[int]:
        return {int(pk) for pk in re.findall(r'data-row="(\d+)"', text(client.get(address)))}

    for view, rows in {"waiting": {fresh.pk}, "units": {unit.pk}, "done": {done.pk}}.items():
        assert listed(leader, f"/approvals/?view={view}") == rows
        for pk in rows:
            page = text(leader.get(f"/approvals/{pk}/"))
            assert {int(row) for row in re.findall(r'data-row="(\d+)"', page)} == rows
            assert re.search(rf'href="/approvals/\?view={view}"[^>]*aria-current="page"', page)
    assert listed(agent, "/approvals/?view=asked") == {fresh.pk, unit.pk}
    assert listed(agent, f"/approvals/{unit.pk}/") == {fresh.pk, unit.pk}
    assert agent.get("/approvals/?view=units").status_code == 404


def test_the_count_of_many_is_the_count_of_each(rini: User, dewi: User, bowo: User, hendra: User) -> None:
    escalated(rini), escalated(rini, "SUPERVISOR"), escalated(bowo)
    one = escalated(rini)
    perform(one, "delegate", actor=bowo, data={"to": hendra.pk})
    case = perform(factories.opened(), "take", actor=rini)
    perform(case, "ask_for_case", actor=dewi, data={"reason": "Saya kenal."})
    people = [rini, dewi, bowo, hendra]
    assert waiting_of([user.pk for user in people]) == {user.pk: waiting(user)[0] for user in people}


def test_the_leaders_board_shows_what_waits_for_them(rini: User, bowo: User, hendra: User) -> None:
    one = escalated(rini)
    card = text(signed_in(bowo).get(reverse("board"))).partition(f'id="approval-{one.pk}"')[2].partition("</li>")[0]
    for words in (one.get_absolute_url(), case_of(one).number, WHY, str(rini), 'data-signal=""'):
        assert words in card
    perform(one, "delegate", actor=bowo, data={"to": hendra.pk})
    assert f'id="approval-{one.pk}"' not in text(signed_in(bowo).get(reverse("board")))
    assert f'id="approval-{one.pk}"' in text(signed_in(hendra).get(reverse("board")))


def test_a_new_role_sees_its_own_list_at_once(rini: User, bowo: User) -> None:
    escalated(rini, "SUPERVISOR")
    assert (shown(bowo).rows, waiting(bowo)[0]) == ([], 0)
    Membership.objects.filter(user=bowo).update(role=Role.SUPERVISOR)
    risen = User.objects.get(pk=bowo.pk)
    assert (len(shown(risen).rows), waiting(risen)[0]) == (1, 1)


# --- the page --------------------------------------------------------------------------------------------------------
def test_the_first_key_decides_and_the_next_one_opens(rini: User, bowo: User) -> None:
    first, second = escalated(rini), escalated(rini)
    client = signed_in(bowo)
    page = text(client.get(reverse("approvals:list")))
    assert first.number in page
    assert page.count('data-key="y"') == 1
    answer = step(client, first, "approve", key="k1")
    assert (answer.status_code, second.number in text(answer)) == (200, True)
    assert answer["HX-Push-Url"] == second.get_absolute_url()
    late = step(client, first, "approve", key="k2")
    assert (late.status_code, again(first).version) == (409, 2)
    empty = step(client, second, "send_back", note="")
    assert (empty.status_code, empty["HX-Retarget"], "aria-invalid" in text(empty)) == (422, "#procedure", True)
    last = step(client, second, "send_back", note="Lengkapi.")
    assert ("Tidak ada yang perlu diputuskan" in text(last), "data-case" in text(last)) == (True, False)
    assert last["HX-Push-Url"] == reverse("approvals:list")


def test_it_stays_while_something_of_it_waits_for_the_same_person(rini: User, bowo: User, hendra: User) -> None:
    one, other = escalated(rini), escalated(rini)
    client = signed_in(hendra)
    for name, data in (("note", {"text": "Sudah ditelepon."}), ("add_level", {})):
        assert f'data-case="{one.pk}"' in text(step(client, one, name, **data))
    perform(other, "pass_to_unit", actor=bowo, data={"unit": "TELKOM"})
    assert f'data-case="{other.pk}"' in text(step(client, other, "remind"))
    assert f'data-case="{one.pk}"' in text(step(client, other, "take_answer", answer="Selesai."))


def test_whoever_takes_the_case_over_goes_to_it(rini: User, bowo: User) -> None:
    one, other = escalated(rini), escalated(rini)
    answer = step(signed_in(bowo), one, "take_over")
    assert (answer.status_code, answer["HX-Redirect"]) == (204, case_of(one).get_absolute_url())
    plain = signed_in(bowo).post(reverse("approvals:step", args=[other.pk, "take_over"]))
    assert plain["Location"] == case_of(other).get_absolute_url()


def test_the_page_has_what_the_page_of_a_mail_has(rini: User, bowo: User, dewi: User) -> None:
    one = escalated(rini, "TELKOM")
    case, client = case_of(one), signed_in(bowo)
    viewing.here(one, dewi, writes=False)
    client.post(reverse("approvals:draft", args=[one.pk, "send_back"]), {"note": "Cek MRTG"}, headers=HTMX)
    perform(one, "note", actor=rini, data={"text": "Pelanggan menelepon lagi."})
    page = text(client.get(one.get_absolute_url()))
    facts = page.partition('id="case-facts"')[2].partition("</details>")[0]
    for words in (case.get_absolute_url(), case.number, case.who, "Telkom", str(case.get_state_display())):
        assert words in facts
    assert "Cek MRTG" in page.partition('id="offer-send_back"')[2].partition("</details>")[0]
    assert "Pelanggan menelepon lagi." in page.partition('id="timeline"')[2]
    assert f"{dewi} sedang melihat" in page
    assert Draft.objects.get(author=bowo).procedure == one.procedure_name()
    hints = text(client.get(reverse("palette"), {"case": f"{one.procedure_name()}:{one.pk}", "q": "setujui"}))
    assert 'data-press="y"' in hints
    assert text(client.get(reverse("approvals:map"))).count("WITH_UNIT")
    step(client, one, "send_back", note="Cek MRTG dulu.")
    assert not Draft.objects.filter(author=bowo).exists()


def test_who_may_not_decide_reads_why(rini: User, bowo: User) -> None:
    own = escalated(bowo)
    page = text(signed_in(bowo).get(own.get_absolute_url()))
    blocked = page.partition('class="blocked-title"')[2]
    assert blocked.count("Anda sendiri yang memintanya") == 1
    assert 'id="offer-approve"' not in page
    waits = text(signed_in(rini).get(escalated(rini).get_absolute_url()))
    assert 'id="offer-withdraw"' in waits


def test_several_are_decided_together_and_each_refusal_is_told(rini: User, bowo: User) -> None:
    ones = [escalated(rini), escalated(rini), escalated(bowo)]
    client, chosen = signed_in(bowo), [one.pk for one in ones]
    offers = text(client.get(reverse("approvals:bulk"), {"case": chosen}))
    assert 'value="approve"' in offers
    done = client.post(reverse("approvals:bulk"), {"case": chosen, "step": "approve", "token": "t-1", "note": ""})
    assert [again(one).state for one in ones] == [State.APPROVED, State.APPROVED, State.ASKED]
    assert "Anda sendiri yang memintanya" in text(done)


def test_a_page_of_a_decision_asks_as_much_for_a_long_history(
    rini: User, bowo: User, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    one, client = escalated(rini), signed_in(bowo)
    client.get(one.get_absolute_url())
    for _round in range(2):
        with django_assert_max_num_queries(20):
            client.get(one.get_absolute_url())
        for number in range(5):
            perform(one, "note", actor=rini, data={"text": f"Catatan {number}"})
            escalated(rini)


# --- on the page of the case -----------------------------------------------------------------------------------------
def test_it_is_decided_on_the_page_of_its_case_and_only_that_part_is_renewed(rini: User, bowo: User) -> None:
    one = escalated(rini)
    client = signed_in(bowo)
    page = text(client.get(case_of(one).get_absolute_url()))
    assert WHY in part_of(page, one)
    assert page.count('data-key="y"') == 1
    empty = step(client, one, "send_back", **{"from": "case", "note": " "})
    assert (empty.status_code, "aria-invalid" in part_of(text(empty), one)) == (422, True)
    done = step(client, one, "approve", **{"from": "case"})
    assert (done.status_code, done["HX-Trigger"]) == (200, "live-case, live, live-menu")
    assert ("data-key" in part_of(text(done), one), 'id="procedure"' in text(done)) == (False, False)
    assert "Setujui" in text(done).partition("data-toasts")[2]
    page = text(client.get(case_of(one).get_absolute_url()))
    assert f'id="asked-{one.pk}"' not in page
    assert case_of(one).state == Mail.ASSIGNED


def test_what_is_too_late_there_is_refused_there_with_the_words_kept(rini: User, bowo: User, hendra: User) -> None:
    one = escalated(rini)
    perform(one, "approve", actor=hendra, data={})
    late = step(signed_in(bowo), one, "send_back", **{"from": "case", "note": "Cek MRTG dulu."})
    assert late.status_code == 409
    assert "Cek MRTG dulu." in part_of(text(late), one)
    assert "Tidak ada yang berubah" in part_of(text(late), one)


def test_the_owner_reads_who_wants_the_case_and_others_who_decides(rini: User, dewi: User, bowo: User) -> None:
    case = perform(factories.opened(), "take", actor=rini)
    perform(case, "ask_for_case", actor=dewi, data={"reason": "Pelanggan menelepon saya."})
    one = Escalation.objects.get()
    address = case.get_absolute_url()
    assert 'data-key="y"' in part_of(text(signed_in(rini).get(address)), one)
    hers = part_of(text(signed_in(dewi).get(address)), one)
    assert ('data-key="y"' in hers, 'data-key="w"' in hers, str(rini) in hers) == (False, True, True)


def test_of_two_ways_to_take_the_case_it_is_said_which_decides(rini: User, bowo: User) -> None:
    one = escalated(rini)
    case, client = case_of(one), signed_in(bowo)
    page = text(client.get(case.get_absolute_url()))
    decision, own = part_of(page, one), page.partition('id="procedure"')[2]
    assert "Putuskan: ambil alih kasus" in decision
    stays = f"Hanya pemegang kasusnya yang berganti: {one.number} tetap menunggu keputusan."
    assert own.count(stays) == 1
    perform(one, "send_back", actor=bowo, data={"note": "Lengkapi."})
    assert "Hanya pemegang kasusnya" not in text(client.get(case.get_absolute_url()))


def test_it_stands_on_the_page_of_a_hold_as_well(rini: User, bowo: User) -> None:
    hold = perform(asked(rini), "pick_up", actor=rini)
    perform(hold, "escalate", actor=rini, data={"level": "TEAM_LEADER", "reason": "Unit tidak menjawab."})
    one = Escalation.objects.get()
    client = signed_in(bowo)
    page = text(client.get(hold.get_absolute_url()))
    assert 'data-key="y"' in part_of(page, one)
    assert f"{one.number} tetap menunggu keputusan." in page
    assert step(client, one, "approve", **{"from": "case"}).status_code == 200
    page = text(client.get(one.get_absolute_url()))
    assert hold.get_absolute_url() in page
