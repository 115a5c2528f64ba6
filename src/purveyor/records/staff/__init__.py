"""Staff decides who may come in: keys for the API, with scopes."""
