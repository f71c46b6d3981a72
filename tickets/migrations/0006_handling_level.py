from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tickets', '0005_taken_from'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='emailcase',
            name='handling_level',
            field=models.CharField(choices=[('0', 'Level 0 (W-75)'), ('1', 'Level 1 (W-76)'), ('MONITORING', 'Monitoring (W-86)'), ('OTHER_SEGMENT', 'Other segment (W-89)')], db_default='0', default='0', max_length=14, verbose_name='handling level'),
        ),
    ]
