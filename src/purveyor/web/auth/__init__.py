"""Who may come in: sessions, passwords, second factors, API keys, roles."""
