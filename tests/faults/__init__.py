"""The laws once more with real parts: processes, sockets, disks and databases that are killed."""
