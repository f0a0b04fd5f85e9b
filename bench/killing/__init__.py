"""Kills remote updates at random moments; bench/kill-update is the command."""
