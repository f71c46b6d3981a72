"""Tags are words of the search: whatever changes them queues their cases, as events and mails do."""

from django.db import migrations

QUEUE = """
CREATE FUNCTION search_queue_tag() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO search_change (procedure, case_id)
    SELECT procedure, case_id FROM workspace_casetag WHERE tag_id = NEW.id AND removed_at IS NULL;
    RETURN NULL;
END $$;

CREATE TRIGGER search_queue AFTER INSERT OR UPDATE ON workspace_casetag FOR EACH ROW EXECUTE FUNCTION search_queue();
CREATE TRIGGER search_queue AFTER UPDATE OF name ON workspace_tag FOR EACH ROW EXECUTE FUNCTION search_queue_tag();

INSERT INTO search_change (procedure, case_id)
SELECT DISTINCT procedure, case_id FROM workspace_casetag WHERE removed_at IS NULL;
"""
NO_QUEUE = """
DROP TRIGGER search_queue ON workspace_casetag;
DROP TRIGGER search_queue ON workspace_tag;
DROP FUNCTION search_queue_tag();
"""


class Migration(migrations.Migration):
    dependencies = [("search", "0001_squashed"), ("workspace", "0001_squashed")]

    operations = [migrations.RunSQL(QUEUE, NO_QUEUE)]
