from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('caring', '0002_reconciliation_withdrawn'),
    ]

    operations = [
        migrations.AlterField(
            model_name='caringresult',
            name='ended_how',
            field=models.CharField(blank=True, choices=[('', '—'), ('CHECKED', 'Checked by the team leader'), ('PAID', 'Paid meanwhile'), ('NOT_VALID', 'Not valid'), ('LEFT', 'Not reached again'), ('EXCLUDED', 'Not called any more')], max_length=9, verbose_name='ended'),
        ),
    ]
