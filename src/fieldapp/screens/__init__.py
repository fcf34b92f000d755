"""One module and one style sheet per screen; `routes` says where each lives."""
