import django.db.models.deletion
from django.db import migrations, models

# Each is the beginning of another index of its table: it was written with every row and never read
NEEDLESS = {
    "listen_answer": ("response_id",),
    "listen_response": ("survey_id", "customer_id", "location_id"),
}


def _indexes(schema_editor, table):
    with schema_editor.connection.cursor() as cursor:
        constraints = schema_editor.connection.introspection.get_constraints(cursor, table)
    for name, one in constraints.items():
        is_plain = one["index"] and not one["unique"] and not one["primary_key"]
        if is_plain and len(one["columns"]) == 1:
            yield name, one["columns"][0]


def drop(apps, schema_editor):
    """Drop them by what they index: the tables need not be remade for that."""
    for table, columns in NEEDLESS.items():
        for name, column in list(_indexes(schema_editor, table)):
            if column in columns:
                schema_editor.execute(f"DROP INDEX {schema_editor.quote_name(name)}")


def restore(apps, schema_editor):
    for table, columns in NEEDLESS.items():
        there = {column for _name, column in _indexes(schema_editor, table)}
        for column in columns:
            if column not in there:
                quote = schema_editor.quote_name
                schema_editor.execute(f"CREATE INDEX {quote(f'{table}_{column}')} ON {quote(table)} ({quote(column)})")


def _unindexed(to, related_name, **options):
    return models.ForeignKey(db_index=False, related_name=related_name, to=to, **options)


class Migration(migrations.Migration):
    dependencies = [
        ("company", "0002_works_on_holidays"),
        ("customers", "0002_segment"),
        ("listen", "0005_answer_figures"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(drop, restore)],
            state_operations=[
                migrations.AlterField(
                    "answer",
                    "response",
                    _unindexed("listen.response", "answers", on_delete=django.db.models.deletion.CASCADE),
                ),
                migrations.AlterField(
                    "response",
                    "customer",
                    _unindexed(
                        "customers.customer",
                        "responses",
                        on_delete=django.db.models.deletion.SET_NULL,
                        blank=True,
                        null=True,
                    ),
                ),
                migrations.AlterField(
                    "response",
                    "location",
                    _unindexed(
                        "company.location",
                        "responses",
                        on_delete=django.db.models.deletion.PROTECT,
                        blank=True,
                        null=True,
                    ),
                ),
                migrations.AlterField(
                    "response",
                    "survey",
                    _unindexed("listen.survey", "responses", on_delete=django.db.models.deletion.PROTECT),
                ),
            ],
        ),
    ]
