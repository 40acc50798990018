from django.db import migrations, models
from django.db.models import F

FILL = """
    UPDATE scoring_score
    SET created_at = (SELECT lead.created_at FROM crm_lead AS lead WHERE lead.id = scoring_score.lead_id)
"""


class Migration(migrations.Migration):
    dependencies = [("crm", "0001_initial"), ("scoring", "0002_search_and_order")]

    operations = [
        migrations.AddField("score", "created_at", models.DateTimeField(null=True)),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AlterField("score", "created_at", models.DateTimeField()),
        migrations.AddIndex(
            "score",
            models.Index(F("is_open"), F("created_at").desc(), F("lead").desc(), name="score_created_order"),
        ),
    ]
