"""Words of the system as people read them: statuses, facts, reasons, fields of policies."""
