"""What is served over HTTP: the JSON API, the pages for customers and staff, and what monitoring asks."""
