"""The order's page for its customer, behind a signed link: where everything is, and what may be done."""
