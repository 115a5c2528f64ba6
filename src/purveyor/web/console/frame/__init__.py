"""What every page of the console has: navigation, live updates, names of people and orders."""
