"""Quick entry: one typed line becomes the facts of a contact (clinical.md 2.8). Pure."""
