"""What readers report, and that the four roles may see it and those who decide may end it.

The rights are a copy, frozen as in 0002 and 0006; the table that counts is aid/rules/roles.py.
"""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.contrib.auth.management import create_permissions
from django.db import migrations, models

SEE = ("writer", "editor", "publisher", "administrator")
DECIDE = SEE[1:]


def give_rights(apps, schema_editor):
    alias = schema_editor.connection.alias
    config = apps.get_app_config("aid")
    # Django makes permissions only after the last migration, so those of this app are made here.
    config.models_module = True
    create_permissions(config, verbosity=0, using=alias, apps=apps)
    config.models_module = None
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission").objects.using(alias)
    for roles, codename in ((SEE, "view_report"), (DECIDE, "change_report")):
        right = Permission.get(content_type__app_label="aid", codename=codename)
        for group in Group.objects.using(alias).filter(name__in=roles):
            group.permissions.add(right)


class Migration(migrations.Migration):

    dependencies = [
        ('aid', '0017_search'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Report',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(editable=False, max_length=40, unique=True)),
                ('claim_key', models.CharField(blank=True, db_index=True, default='', max_length=80)),
                ('page', models.CharField(blank=True, default='', help_text='The page that is meant, where it is about neither a claim nor an article.', max_length=200)),
                ('seen', models.CharField(blank=True, default='', help_text='What the reader had before them when they wrote.', max_length=300)),
                ('message', models.TextField(blank=True, default='', max_length=5000)),
                ('evidence', models.TextField(blank=True, default='', help_text='Where, by the reader, it can be read.', max_length=1000)),
                ('email', models.EmailField(blank=True, default='', help_text='For an answer; never public, in no export.', max_length=254)),
                ('language', models.CharField(blank=True, default='', help_text='Of the page that it was sent from.', max_length=10)),
                ('received_at', models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                ('state', models.CharField(choices=[('received', 'Received'), ('looked_at', 'Being looked at'), ('corrected', 'Ended as a correction'), ('refused', 'Ended without a change'), ('duplicate', 'Duplicate'), ('answered', 'Answered')], db_index=True, default='received', max_length=10)),
                ('reason', models.TextField(blank=True, default='', help_text='What the reader is told.')),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('erased_at', models.DateTimeField(blank=True, help_text='When what the reader wrote, and their address, were deleted.', null=True)),
            ],
            options={
                'ordering': ['received_at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='ReportTally',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('of', models.CharField(help_text='“all”, “on claim:…” or “from …”.', max_length=120)),
                ('ends_at', models.DateTimeField(db_index=True)),
                ('number', models.PositiveIntegerField(default=0)),
            ],
            options={
                'verbose_name_plural': 'report tallies',
            },
        ),
        migrations.RemoveConstraint(
            model_name='auditentry',
            name='auditentry_action_in_vocabulary',
        ),
        migrations.AlterField(
            model_name='auditentry',
            name='action',
            field=models.CharField(choices=[('added', 'Added'), ('changed', 'Changed'), ('deleted', 'Deleted'), ('submitted', 'Sent to the fact-check'), ('sent_back', 'Sent back'), ('assigned', 'Assigned'), ('signed_off', 'Signed off'), ('exempted', 'Exempted from a rule'), ('made_ready', 'Made ready'), ('scheduled', 'Scheduled'), ('unscheduled', 'Schedule taken back'), ('published', 'Published'), ('withdrawn', 'Withdrawn'), ('reinstated', 'Reinstated'), ('corrected', 'Corrected'), ('restored', 'Restored'), ('embargoed', 'Embargo changed'), ('verified', 'Verified'), ('set_aside', 'Set aside'), ('taken_up', 'Taken up again'), ('reopened', 'Reopened'), ('decided', 'Decided'), ('preferred', 'Preferred'), ('merged', 'Merged'), ('bulk', 'Changed in bulk'), ('undone', 'Undone'), ('link_made', 'Preview link made'), ('link_revoked', 'Preview link revoked'), ('link_answered', 'Preview answered'), ('report_ended', 'Report ended'), ('contact_deleted', 'Personal data deleted'), ('exported', 'Exported'), ('login', 'Login'), ('logout', 'Logout'), ('login_failed', 'Failed login')], db_index=True, max_length=20),
        ),
        migrations.AddConstraint(
            model_name='auditentry',
            constraint=models.CheckConstraint(condition=models.Q(('action__in', ['added', 'changed', 'deleted', 'submitted', 'sent_back', 'assigned', 'signed_off', 'exempted', 'made_ready', 'scheduled', 'unscheduled', 'published', 'withdrawn', 'reinstated', 'corrected', 'restored', 'embargoed', 'verified', 'set_aside', 'taken_up', 'reopened', 'decided', 'preferred', 'merged', 'bulk', 'undone', 'link_made', 'link_revoked', 'link_answered', 'report_ended', 'contact_deleted', 'exported', 'login', 'logout', 'login_failed'])), name='auditentry_action_in_vocabulary', violation_error_code='vocabulary', violation_error_message='Action holds a value that is not in its list.'),
        ),
        migrations.AddField(
            model_name='report',
            name='article',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='aid.article'),
        ),
        migrations.AddField(
            model_name='report',
            name='assigned_to',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reports_assigned', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='report',
            name='correction',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='aid.correction'),
        ),
        migrations.AddField(
            model_name='report',
            name='duplicate_of',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='duplicates', to='aid.report'),
        ),
        migrations.AddField(
            model_name='report',
            name='ended_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reports_ended', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='reporttally',
            constraint=models.UniqueConstraint(fields=('of', 'ends_at'), name='report_tally_once'),
        ),
        migrations.AddConstraint(
            model_name='report',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['received', 'looked_at', 'corrected', 'refused', 'duplicate', 'answered'])), name='report_state_in_vocabulary', violation_error_code='vocabulary', violation_error_message='State holds a value that is not in its list.'),
        ),
        migrations.AddConstraint(
            model_name='report',
            constraint=models.CheckConstraint(condition=models.Q(('article__isnull', True), ('claim_key', ''), _connector='OR'), name='report_about_one_thing', violation_error_message='A report is about a claim or about an article.'),
        ),
        migrations.AddConstraint(
            model_name='report',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('state__in', ('received', 'looked_at'))), models.Q(models.Q(('state__in', ('received', 'looked_at')), _negated=True), ('ended_at__isnull', False)), _connector='OR'), name='report_ended_with_a_moment', violation_error_message='What has ended says when.'),
        ),
        migrations.AddConstraint(
            model_name='report',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'corrected'), ('correction__isnull', False)), models.Q(models.Q(('state', 'corrected'), _negated=True), ('correction__isnull', True)), _connector='OR'), name='report_corrected_by_a_correction', violation_error_message='A report that ended as a correction names it, and no other does.'),
        ),
        migrations.AddConstraint(
            model_name='report',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'duplicate'), ('duplicate_of__isnull', False)), models.Q(models.Q(('state', 'duplicate'), _negated=True), ('duplicate_of__isnull', True)), _connector='OR'), name='report_duplicate_of_another', violation_error_message='A duplicate names the report that it repeats, and no other does.'),
        ),
        migrations.AddConstraint(
            model_name='report',
            constraint=models.CheckConstraint(condition=models.Q(('duplicate_of__isnull', True), models.Q(('duplicate_of', models.F('pk')), _negated=True), _connector='OR'), name='report_not_of_itself', violation_error_message='A report is no duplicate of itself.'),
        ),
        migrations.AddConstraint(
            model_name='report',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('refused', 'answered')), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='report_refused_with_a_reason', violation_error_message='The reader is told why.'),
        ),
        migrations.AddConstraint(
            model_name='report',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('erased_at__isnull', True), models.Q(('message', ''), _negated=True)), models.Q(('email', ''), ('erased_at__isnull', False), ('evidence', ''), ('message', ''), ('page', ''), ('seen', '')), _connector='OR'), name='report_erased_wholly', violation_error_message='A report has words, or it says when they were deleted.'),
        ),
        # Backwards the rights go with the tables that they are about.
        migrations.RunPython(give_rights, migrations.RunPython.noop),
    ]
