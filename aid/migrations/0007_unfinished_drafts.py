"""A draft may be saved before it has a headline. Submitting and publishing ask for one."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("aid", "0006_desk_roles"),
    ]

    operations = [
        migrations.AlterField(
            model_name="articlerevision",
            name="headline",
            field=models.CharField(blank=True, help_text="A draft may go without; one that is submitted may not.", max_length=160),
        ),
    ]
