"""Views: filters of lists that members of staff keep under a name, each for themselves."""
