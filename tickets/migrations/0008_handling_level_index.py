from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [('tickets', '0007_handling_level_of_cases')]

    operations = [
        migrations.AddConstraint(
            model_name='emailcase',
            constraint=models.CheckConstraint(condition=models.Q(('handling_level__in', ['0', '1', 'MONITORING', 'OTHER_SEGMENT'])), name='email_level_known'),
        ),
        migrations.AddIndex(
            model_name='emailcase',
            index=models.Index(condition=models.Q(('state__in', ('CLOSED', 'VOID', 'MERGED')), _negated=True), fields=['desk', 'handling_level', 'urgent_at', 'id'], name='email_level'),
        ),
    ]
