from django.db import migrations, models

# Who wrote last what nobody has read, by the step that told of it; a case that nothing tells of was opened by a mail.
NEWS = """
    UPDATE tickets_emailcase AS c SET unread_by = COALESCE((
        SELECT CASE
               WHEN step IN ('note_third_party', 'reopen_for_third_party', 'note_group_reply') THEN 'UNIT'
               WHEN step IN ('take_over', 'hand_back', 'change_hands', 'return_escalation') THEN 'COLLEAGUE'
               WHEN step = 'note_change' THEN 'NOSSA'
               WHEN step IN ('want_attention', 'update_due') THEN 'SYSTEM' END
          FROM audit_event
         WHERE procedure = 'tickets.emailcase' AND case_id = c.id
           AND step IN ('receive', 'attach_reply', 'reopen', 'take_in', 'note_third_party', 'reopen_for_third_party',
                        'note_group_reply', 'take_over', 'hand_back', 'change_hands', 'return_escalation',
                        'note_change', 'want_attention', 'update_due')
         ORDER BY seq DESC LIMIT 1), 'CUSTOMER')
     WHERE unread"""
UNREAD = [
    ("CUSTOMER", "Customer"),
    ("UNIT", "Unit"),
    ("COLLEAGUE", "Colleague"),
    ("NOSSA", "NOSSA"),
    ("SYSTEM", "System"),
]


class Migration(migrations.Migration):
    dependencies = [("tickets", "0011_words_are_searched_elsewhere"), ("audit", "0002_roles")]

    operations = [
        migrations.AddField(
            model_name="emailcase",
            name="unread_by",
            field=models.CharField(blank=True, choices=UNREAD, db_default="", default="", max_length=9),
        ),
        migrations.RunSQL(NEWS, "UPDATE tickets_emailcase SET unread = unread_by <> ''"),
        migrations.RemoveField(model_name="emailcase", name="unread"),
        migrations.AddConstraint(
            model_name="emailcase",
            constraint=models.CheckConstraint(
                condition=models.Q(("unread_by__in", ["", *(value for value, _label in UNREAD)])),
                name="email_unread_by_known",
            ),
        ),
    ]
