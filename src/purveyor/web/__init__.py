"""The face towards programs: the JSON API, its description, and what monitoring asks. It decides nothing."""
