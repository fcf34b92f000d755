"""The laws of sync once more with real parts: processes that are killed, disks that fail, clocks that jump."""
