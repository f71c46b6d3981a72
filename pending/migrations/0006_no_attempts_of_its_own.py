from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("pending", "0005_attempts_in_the_common_log")]
    operations = [migrations.DeleteModel("Attempt")]
