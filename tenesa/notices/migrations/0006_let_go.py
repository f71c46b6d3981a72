from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notices', '0005_second_person'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='notice',
            name='notice_kind_known',
        ),
        migrations.AlterField(
            model_name='notice',
            name='kind',
            field=models.CharField(choices=[('TAKEN', 'Your case was taken over'), ('GIVEN', 'A case was given to you'), ('RETURNED', 'Returned to you'), ('NOTED', 'Note by a team leader'), ('MENTIONED', 'You were mentioned in a note'), ('ACTED', 'Somebody acted on your case'), ('LEFT', 'Cases of somebody no longer active'), ('ASKED', 'Waits for your decision'), ('DECIDED', 'What you asked for was decided'), ('LET_GO', 'What you gave to somebody was let go')], max_length=10),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['TAKEN', 'GIVEN', 'RETURNED', 'NOTED', 'MENTIONED', 'ACTED', 'LEFT', 'ASKED', 'DECIDED', 'LET_GO'])), name='notice_kind_known'),
        ),
    ]
