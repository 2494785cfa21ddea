"""Where runs execute: devices, fork servers, stopping, following."""
