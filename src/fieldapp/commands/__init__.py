"""One module per subcommand, imported when it is called; each offers its click `command`."""
