from django.db import migrations

from tenesa.contact.numbers import normal

BATCH = 2_000


def fill(apps, schema_editor):
    """The numbers of customers and services that were read before there was an index of them."""
    customer, service, number = (
        apps.get_model("segmentation", name) for name in ("Customer", "Service", "CustomerNumber")
    )
    rows = []

    def flush(least):
        if len(rows) >= least:
            number.objects.bulk_create(rows, ignore_conflicts=True)
            rows.clear()

    for one in customer.objects.only("reference", "contacts").iterator(BATCH):
        phones = [contact.get("phone") or "" for contact in one.contacts]
        found = {normal(text) for text in (one.reference, *phones)} - {""}
        rows.extend(number(number=text, customer_id=one.pk) for text in sorted(found))
        flush(BATCH)
    for one in service.objects.only("product_id", "customer_id").iterator(BATCH):
        if text := normal(one.product_id):
            rows.append(number(number=text, customer_id=one.customer_id, service_id=one.pk))
        flush(BATCH)
    flush(1)


class Migration(migrations.Migration):
    dependencies = [("segmentation", "0003_special_list")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
