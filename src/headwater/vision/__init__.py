"""Pictures as bytes and pixels, without the platform."""
