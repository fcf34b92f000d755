"""What people are told of sync: for every state what happened, whether their work is safe, and what to do next.

One table in three parts: `entries` for a person's own work, `laptop` for what stands between a laptop and its
server, `team` for what a supervisor sees of others. Pure: whoever shows or sends a sentence takes it from here.
"""
