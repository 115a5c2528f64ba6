"""The search of the console: pages, orders and actions by what is typed."""
