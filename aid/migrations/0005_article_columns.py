"""Takes away the columns that 0004 has carried over. Apart from it, for PostgreSQL changes no table that has rows
waiting to be checked."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("aid", "0004_editions")]

    operations = [
        migrations.RemoveConstraint(
            model_name='article',
            name='article_section_in_vocabulary',
        ),
        migrations.RemoveConstraint(
            model_name='article',
            name='article_live_with_its_moments',
        ),
        migrations.RemoveConstraint(
            model_name='article',
            name='article_live_not_before_published',
        ),
        migrations.RemoveField(
            model_name='article',
            name='live',
        ),
        migrations.RemoveField(
            model_name='article',
            name='live_at',
        ),
        migrations.RemoveField(
            model_name='article',
            name='section',
        ),
        migrations.RemoveField(
            model_name='article',
            name='topics',
        ),
    ]
