"""Import of caseloads and staff lists from CSV: a plan first, writing only when somebody says so."""
