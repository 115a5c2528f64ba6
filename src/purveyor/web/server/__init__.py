"""The application that is served: its routes, headers, health, start and end."""
