"""Tests of what judges and counts; the measuring itself needs root and is tried by use."""
