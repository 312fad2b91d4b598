"""`python -m crm_contracts.cli`."""

import sys

from crm_contracts.cli import main

sys.exit(main())
