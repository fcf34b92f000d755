"""The steps by which an older server's database becomes today's, run by `fieldapp.server.upgrade`."""
