"""`make lighthouse`: how fast, accessible and small the pages are that people see most."""
