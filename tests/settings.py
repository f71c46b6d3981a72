"""The product's settings with the sample procedure beside the real ones."""

import os

from tenesa.settings import *  # noqa: F403
from tenesa.settings import CONTACT, INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.workspace.sample"]
DAY = (0, 24 * 60)  # what is tested does not depend on the hour of the test; hours are tested where they are asked for
AUTO_IN = {"delivers": os.environ.get("AUTO_IN_DELIVERS") == "1"}  # only where it is what is tested
CONTACT = {**CONTACT, "caring": {**CONTACT["caring"], "hours": DAY, "rest": DAY}}
