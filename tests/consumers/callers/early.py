"""A caller that reads the endpoint while it is imported."""

import os

BASE = os.environ["CRM_BASE_URL"]


class Early:
    def find(self):
        return [BASE, os.getpid()]
