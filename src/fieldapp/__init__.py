"""fieldapp: an offline-first terminal app for outreach and intensive outpatient teams."""

__version__ = "0.1.0"
