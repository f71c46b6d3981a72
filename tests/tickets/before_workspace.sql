-- A database of the version before the workspace (tickets 0010): one watched case of a customer, an answer of ours
-- that waits to leave, its history, clocks, call, note and draft. Written by that version's own steps, then dumped;
-- what migrations supply (documents, reasons, targets) is left out.
INSERT INTO accounts_desk (code, name) VALUES ('TENESA', 'TENESA');
INSERT INTO accounts_team (id, code, name, area_id, desk_id) VALUES (1, 'tenesa-all', 'TENESA', NULL, 'TENESA');
INSERT INTO accounts_user (id, password, last_login, is_superuser, username, first_name, last_name, email, is_staff, is_active, date_joined) VALUES (1, 'md5$CH7Fp8wi7tXF1vc4ECiQSV$7cf4335506dc8085adb64964dea43740', NULL, false, 'rini', 'Rini', '', '', false, true, '2026-11-28 10:18:19.168072+00');
INSERT INTO accounts_membership (id, role, user_id, team_id) VALUES (1, 'agent_email', 1, 1);
INSERT INTO accounts_presence (user_id, state, reason, since, seen_at, ready_on) VALUES (1, 'AVAILABLE', '', '2026-11-28 10:18:19.170305+00', '2026-11-28 10:18:19.170308+00', '2026-11-28');
INSERT INTO audit_event (id, procedure, case_id, seq, at, role, step, clause, revision, source, target, data, key, previous_hash, hash, actor_id) VALUES (1, 'tickets.emailcase', 1, 1, '2026-11-28 10:18:19.190384+00', 'system', 'receive', 'W-05 1.2.1', 'W-05 rev 00', '', 'NEW', '{}', NULL, '', 'cbf987a7db83fe8169277c9e864c618a7874b6ac419f480f62719c68f8bfe5c2', NULL);
INSERT INTO audit_event (id, procedure, case_id, seq, at, role, step, clause, revision, source, target, data, key, previous_hash, hash, actor_id) VALUES (2, 'tickets.emailcase', 1, 2, '2026-11-28 10:18:19.325277+00', 'agent_email', 'send_update', 'P-05 5.8', 'W-05 rev 00', 'MONITORING', 'MONITORING', '{}', NULL, 'cbf987a7db83fe8169277c9e864c618a7874b6ac419f480f62719c68f8bfe5c2', 'b0eb3940ea6cac40c204b88affc2a28200a5550f82d21ea94ae1df1cb8f5d8cb', 1);
INSERT INTO mail_blob (sha256, size, data) VALUES ('e20ac426226f421c051055de1b120a1dac0ce574ee8f01719e98013a1547f80a', 113, '\x78010171008eff5375626a6563743a206d61696c20310d0a0d0a5974682e2054696d2054454e4553412c206c696e6b2053494420343730303131322d30303435313237373930206d61746920746f74616c2073656a616b20706167692e205049433a20426f6e617220303831322d303030302d313138372e17fd1efb');
INSERT INTO mail_mailbox (id, address, name, procedure, active, auto_acknowledge, imap_host, imap_port, imap_ssl, username, password, sent_folder, server_keeps_sent, smtp_url, area_id, desk_id, oauth_access_token, oauth_client_id, oauth_client_secret, oauth_refresh_token, oauth_token_url, oauth_valid_until, protocol, sign_in) VALUES (1, 'tenesa@telkom.example', 'TENESA', 'tickets.emailcase', true, false, '127.0.0.1', 993, true, 'tenesa', '', 'Sent', true, '', NULL, 'TENESA', '', '', '', '', '', NULL, 'IMAP', 'PASSWORD');
INSERT INTO mail_inboundmail (id, folder, uid_validity, uid, stored_at, status, reason, attempts, nudged_at, kind, message_id, in_reply_to, "references", from_address, from_name, reply_to, "to", cc, subject, text, html, sent_at, found, procedure, case_id, filed_by, blob_id, mailbox_id, party, arrived_at, decided_at, decided_by_id, moved_at, told_at, uidl, whole_size, authentication) VALUES (1, 'INBOX', 1, 1, '2026-11-28 10:18:19.185669+00', 'STORED', '', 0, '2026-11-28 10:18:19.185686+00', 'PERSON', '<a8802447-ed4a-4efd-a692-b98d914a41bf@pelanggan.example>', '', '{}', 'bonar@samudra.example', 'Bonar Nababan', '', '{tenesa@telkom.example}', '{}', 'Gangguan 1', 'Yth. Tim TENESA, link SID 4700112-0045127790 mati total sejak pagi. PIC: Bonar 0812-0000-1187.', '', NULL, '{"phones": [], "incidents": [], "product_ids": []}', '', NULL, '', 'e20ac426226f421c051055de1b120a1dac0ce574ee8f01719e98013a1547f80a', 1, 'CUSTOMER', '2026-11-28 10:18:19.185664+00', NULL, NULL, NULL, NULL, '', 0, '{}');
INSERT INTO mail_outboundmail (id, procedure, case_id, purpose, template, template_version, "to", cc, subject, text, html, message_id, in_reply_to, "references", automatic, idempotency_key, created_at, status, send_after, attempts, unsure, claimed_at, sent_at, bounced_at, handled_at, error, event_id, forwards_id, mailbox_id, scheduled, settled_at, body, nudged_at) VALUES ('53b1cabf-b2bb-4529-bf55-3e029713f983', 'tickets.emailcase', 1, 'progress', 'progress_update', 0, '{bonar@samudra.example}', '{}', 'Re: Gangguan 1', 'Selamat sore Bapak/Ibu Bonar Nababan,

Berikut perkembangan tiket IN10482301 untuk layanan 4700112-0045127790:

Status: IN10482301: dalam penanganan gangguan

Sedang diperbaiki oleh tim lapangan.

Kabar berikutnya kami sampaikan paling lambat 28-11-2026 19.18 WIB.

Terima kasih atas kesabaran Bapak/Ibu.

Salam hormat,
Rini
TENESA
', '<!doctype html>
<html lang="id">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"></head>
<body style="margin:0;padding:16px;background:#ffffff;color:#1f2933;font:15px/1.6 Arial,Helvetica,sans-serif">
<div style="max-width:640px;margin:0 auto">
<p>Selamat sore Bapak/Ibu Bonar Nababan,</p>
<p>Berikut perkembangan tiket IN10482301 untuk layanan 4700112-0045127790:</p>
<p>Status: IN10482301: dalam penanganan gangguan</p>
<p>Sedang diperbaiki oleh tim lapangan.</p>
<p>Kabar berikutnya kami sampaikan paling lambat 28-11-2026 19.18 WIB.</p>
<p>Terima kasih atas kesabaran Bapak/Ibu.</p>
<p>Salam hormat,<br>
Rini<br>
TENESA</p>
</div>
</body>
</html>
', 'tickets.emailcase.1.53b1cabfb2bb4529bf55.jz5lvso6l7vzucvqp7codor7@telkom.example', '<a8802447-ed4a-4efd-a692-b98d914a41bf@pelanggan.example>', '{<a8802447-ed4a-4efd-a692-b98d914a41bf@pelanggan.example>}', false, 'tickets.emailcase:1:2:progress:', '2026-11-28 10:18:19.375138+00', 'HELD', '2026-11-28 10:18:29.375021+00', 0, false, NULL, NULL, NULL, NULL, '', 2, NULL, 1, false, NULL, 'Sedang diperbaiki oleh tim lapangan.', '2026-11-28 10:18:19.375152+00');
INSERT INTO systems_externalcall (id, procedure, case_id, system, operation, payload, idempotency_key, retry_seconds, status, attempts, next_try_at, claimed_at, answer, error_code, error_message, answered_at, applied_at, note, created_at, event_id) VALUES ('7f0c4d69-1852-4d27-8001-c7c780194ee3', 'tickets.emailcase', 1, 'siskas', 'find_customer', '{"email": "bonar@samudra.example"}', 'tickets.emailcase:1:siskas.find_customer:1:sender', '[60.0, 120.0, 300.0, 600.0]', 'WAITING', 0, '2026-11-28 10:18:19.200727+00', NULL, '{}', '', '', NULL, NULL, '', '2026-11-28 10:18:19.200743+00', 1);
INSERT INTO tickets_emailcase (id, lease_until, opened_at, changed_at, urgent_at, urgent_for, awaits, version, chain, subject, sender_name, sender_address, received_at, answered_at, unread, triage, segment, segment_source, segment_reason, kind, complaint, related_product, conclusion_reason, reporter_name, reporter_phone, reporter_email, symptom, description, drafts, ticket_problem, delayed_at, educated_at, forwarded_at, posted_at, handed_to, cause, repair, state_before, reason, state, area_id, customer_id, desk_id, first_mail_id, last_mail_id, mailbox_id, owner_id, merged_into_id, names_id, split_from_id, warn_at, taken_from_id, handling_level) VALUES (1, NULL, '2026-11-28 10:18:19.188576+00', '2026-11-28 10:18:19.325277+00', '2026-11-28 12:18:19.325277+00', 'progress_update', false, 2, 'b0eb3940ea6cac40c204b88affc2a28200a5550f82d21ea94ae1df1cb8f5d8cb', 'Gangguan 1', 'Bonar Nababan', 'bonar@samudra.example', '2026-11-28 10:18:19.185669+00', '2026-11-28 10:18:19.325277+00', false, '', 'DES', '', '', 'COMPLAINT', 'NEW', '', '', '', '', '', '', '', 0, '', NULL, NULL, NULL, NULL, '', '', '', '', '', 'MONITORING', NULL, NULL, 'TENESA', 1, 1, 1, 1, NULL, NULL, NULL, '2026-11-28 11:48:19.325277+00', NULL, 'MONITORING');
INSERT INTO tickets_draft (id, step, "values", saved_at, author_id, case_id) VALUES (1, 'write', '{"message": "Kami cek"}', '2026-11-28 10:18:19.402588+00', 1, 1);
INSERT INTO tickets_incident (id, number, product_id, status, summary, cause, solution, facts, worklogs, read_at) VALUES (1, 'IN10482301', '4700112-0045127790', 'BACKEND', '', '', '', '{"number": "IN10482301", "status": "BACKEND", "worklogs": [], "status_at": "2026-11-28T10:18:19.175758+00:00", "service_no": "4700112-0045127790", "owner_group": "TA Tegal", "reported_at": "2026-11-28T10:18:19.175758+00:00"}', '[]', '2026-11-28 10:18:19.175785+00');
INSERT INTO tickets_incidentstatus (id, status, at, incident_id) VALUES (1, 'BACKEND', '2026-11-28 10:18:19.175758+00', 1);
INSERT INTO tickets_line (id, product_id, incident_number, opened_here, case_id, incident_id) VALUES (1, '4700112-0045127790', 'IN10482301', false, 1, 1);
INSERT INTO tickets_note (id, text, at, author_id, case_id) VALUES (1, 'PIC ditelepon', '2026-11-28 10:18:19.400837+00', 1, 1);
INSERT INTO timers_timer (id, procedure, case_id, name, started_at, warn_at, due_at, step, state, ended_at, breached, note, goes_on, "left", left_warn, retry_at, warned_at, paused_at, calendar_id) VALUES (1, 'tickets.emailcase', 1, 'first_response', '2026-11-28 10:18:19.190384+00', '2026-11-28 11:03:19.190384+00', '2026-11-28 11:18:19.190384+00', '', 'STOPPED', '2026-11-28 10:18:19.325277+00', false, '', false, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO timers_timer (id, procedure, case_id, name, started_at, warn_at, due_at, step, state, ended_at, breached, note, goes_on, "left", left_warn, retry_at, warned_at, paused_at, calendar_id) VALUES (2, 'tickets.emailcase', 1, 'progress_update', '2026-11-28 10:18:19.325277+00', '2026-11-28 11:48:19.325277+00', '2026-11-28 12:18:19.325277+00', 'update_due', 'RUNNING', NULL, false, '', true, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO timers_timer (id, procedure, case_id, name, started_at, warn_at, due_at, step, state, ended_at, breached, note, goes_on, "left", left_warn, retry_at, warned_at, paused_at, calendar_id) VALUES (3, 'tickets.emailcase', 1, 'nossa_silent', '2026-11-28 10:18:19.325277+00', NULL, '2026-11-28 14:18:19.325277+00', '', 'RUNNING', NULL, false, '', false, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO timers_mark (id, kind, at, seq, due_at, warn_at, "left", left_warn, told, timer_id) VALUES (1, 'STARTED', '2026-11-28 10:18:19.190384+00', 1, '2026-11-28 11:18:19.190384+00', '2026-11-28 11:03:19.190384+00', NULL, NULL, '[]', 1);
INSERT INTO timers_mark (id, kind, at, seq, due_at, warn_at, "left", left_warn, told, timer_id) VALUES (2, 'STOPPED', '2026-11-28 10:18:19.325277+00', 2, NULL, NULL, NULL, NULL, '[]', 1);
INSERT INTO timers_mark (id, kind, at, seq, due_at, warn_at, "left", left_warn, told, timer_id) VALUES (3, 'STARTED', '2026-11-28 10:18:19.325277+00', 2, '2026-11-28 12:18:19.325277+00', '2026-11-28 11:48:19.325277+00', NULL, NULL, '[]', 2);
INSERT INTO timers_mark (id, kind, at, seq, due_at, warn_at, "left", left_warn, told, timer_id) VALUES (4, 'STARTED', '2026-11-28 10:18:19.325277+00', 2, '2026-11-28 14:18:19.325277+00', NULL, NULL, NULL, '[]', 3);
SELECT pg_catalog.setval('accounts_membership_id_seq', 1, true);
SELECT pg_catalog.setval('accounts_team_id_seq', 1, true);
SELECT pg_catalog.setval('accounts_user_id_seq', 1, true);
SELECT pg_catalog.setval('audit_event_id_seq', 2, true);
SELECT pg_catalog.setval('mail_inboundmail_id_seq', 1, true);
SELECT pg_catalog.setval('mail_mailbox_id_seq', 1, true);
SELECT pg_catalog.setval('tickets_draft_id_seq', 1, true);
SELECT pg_catalog.setval('tickets_emailcase_id_seq', 1, true);
SELECT pg_catalog.setval('tickets_incident_id_seq', 1, true);
SELECT pg_catalog.setval('tickets_incidentstatus_id_seq', 1, true);
SELECT pg_catalog.setval('tickets_line_id_seq', 1, true);
SELECT pg_catalog.setval('tickets_note_id_seq', 1, true);
SELECT pg_catalog.setval('timers_mark_id_seq', 4, true);
SELECT pg_catalog.setval('timers_timer_id_seq', 3, true);
