"""What a team counts, from rows that the records left behind: pure, exact, and the same on every laptop (clinical.md 5)."""
