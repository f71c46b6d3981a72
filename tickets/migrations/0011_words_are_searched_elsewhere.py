from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('search', '0001_initial'),
        ('tickets', '0010_repair_time_warns'),
    ]

    operations = [
        migrations.RemoveIndex(model_name='emailcase', name='email_words'),
    ]
