"""Every sentence a caller can hear, per language, and how dates, times and numbers are said."""
