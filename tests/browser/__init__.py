"""The pages in a real browser, over a real installation: a database, a server, a worker, and simulated providers."""
