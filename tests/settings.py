"""The product's settings with the sample procedure beside the real ones."""

from tenesa.settings import *  # noqa: F403
from tenesa.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.workspace.sample"]
