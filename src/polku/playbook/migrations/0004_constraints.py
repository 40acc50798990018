from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('playbook', '0003_states'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='version',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'review', 'signed', 'in_force', 'superseded'])), name='playbook_state'),
        ),
        migrations.AddConstraint(
            model_name='version',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('in_force_at__isnull', False), ('state__in', ('in_force', 'superseded'))), models.Q(models.Q(('state__in', ('in_force', 'superseded')), _negated=True), ('in_force_at__isnull', True)), _connector='OR'), name='playbook_in_force_since'),
        ),
        migrations.AddConstraint(
            model_name='version',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'superseded'), ('superseded_at__isnull', False)), models.Q(models.Q(('state', 'superseded'), _negated=True), ('superseded_at__isnull', True)), _connector='OR'), name='playbook_superseded_since'),
        ),
        migrations.AddConstraint(
            model_name='version',
            constraint=models.CheckConstraint(condition=models.Q(('effective_at__isnull', True), ('state__in', ('signed', 'in_force', 'superseded')), _connector='OR'), name='playbook_dated_when_signed'),
        ),
    ]
