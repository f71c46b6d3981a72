"""The product's settings with the sample procedure beside the real ones."""

from tenesa.settings import *  # noqa: F403
from tenesa.settings import CONTACT, INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.workspace.sample"]
DAY = (0, 24 * 60)  # what is tested does not depend on the hour of the test; hours are tested where they are asked for
CONTACT = {**CONTACT, "caring": {**CONTACT["caring"], "hours": DAY, "rest": DAY}}
