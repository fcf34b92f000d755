"""A synthetic organisation to look around in: invented people, eight weeks of work, nothing real."""
