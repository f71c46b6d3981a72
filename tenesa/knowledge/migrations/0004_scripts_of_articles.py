"""Scripts that were kept as articles get their place, so that a new version of them needs two people."""

from django.db import migrations

TOP, FOR_147 = "Knowledge", ["agent_147", "agent_tier2"]


def give_places(apps, schema_editor):
    Article, Script = apps.get_model("knowledge", "Article"), apps.get_model("knowledge", "Script")
    scripts = Article.objects.filter(kind="SCRIPT", script=None).select_related("published").order_by("pk")
    shared = {}
    for article in scripts:
        shared.setdefault(article.path, []).append(article)
    for path, articles in shared.items():
        for article in articles:
            name = article.published.title if article.published else article.slug
            alone = len(articles) == 1 and path
            place = f"{TOP}/{path}" if alone else "/".join(part for part in (TOP, path, name.replace("/", " ")) if part)
            if Script.objects.filter(path=place[:200]).exists():
                place = f"{place[:110]} {article.slug}"
            readers = FOR_147 if "147" in path else []
            Script.objects.create(article=article, path=place[:200], readers=readers)


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0003_scripts")]
    operations = [migrations.RunPython(give_places, migrations.RunPython.noop, elidable=True)]
