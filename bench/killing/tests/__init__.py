"""Tests of what judges and counts; the killing itself needs root and is tried by use."""
