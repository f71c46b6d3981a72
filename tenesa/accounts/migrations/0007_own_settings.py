from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0006_auto_in'),
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='compact',
            field=models.BooleanField(default=False, verbose_name='compact rows and forms'),
        ),
        migrations.AddField(
            model_name='user',
            name='language',
            field=models.CharField(blank=True, choices=[('id', 'Indonesian'), ('en', 'English')], max_length=2, verbose_name='language'),
        ),
        migrations.AddField(
            model_name='user',
            name='signature',
            field=models.CharField(blank=True, max_length=300, verbose_name='signature'),
        ),
        migrations.AddField(
            model_name='user',
            name='single_keys',
            field=models.BooleanField(default=True, verbose_name='single keys for what is done often'),
        ),
        migrations.AddField(
            model_name='user',
            name='theme',
            field=models.CharField(blank=True, choices=[('light', 'Light'), ('dark', 'Dark'), ('system', 'As the system')], max_length=6, verbose_name='appearance'),
        ),
        migrations.AddField(
            model_name='user',
            name='tour_hint',
            field=models.PositiveSmallIntegerField(default=7),  # who is here already needs no first hints
        ),
        migrations.AlterField(
            model_name='user',
            name='tour_hint',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(('language__in', ['', 'id', 'en'])), name='user_language_known'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(('theme__in', ['', 'light', 'dark', 'system'])), name='user_theme_known'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(('tour_hint__lte', 7)), name='user_tour_has_seven_hints'),
        ),
    ]
