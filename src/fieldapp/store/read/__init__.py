"""Read models: what the screens show, made from views, facts and a small memory of who is who."""
