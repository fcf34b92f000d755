"""What several screens share: safe text, lists, status and message lines, themes."""
