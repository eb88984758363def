"""Every sentence a caller can hear is there, in words, in each language."""
