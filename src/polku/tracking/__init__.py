"""Signals, touches and consent."""
