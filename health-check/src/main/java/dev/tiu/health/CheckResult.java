package dev.tiu.health;

import java.time.Duration;

/**
 * How a check went.
 *
 * @param tries how many were made
 * @param detail what was seen at last, in one line
 * @param output the end of what a program said
 */
public record CheckResult(
    String name,
    Importance importance,
    boolean passed,
    int tries,
    Duration took,
    String detail,
    String output) {}
