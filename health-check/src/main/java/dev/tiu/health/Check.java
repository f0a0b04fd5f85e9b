package dev.tiu.health;

import dev.tiu.health.probe.Probe;

/**
 * Something that must hold of a healthy system.
 *
 * @param name for people, unique
 * @param lane checks of one lane are made one after the other, as their names are ordered; a
 *     check's own name where it may be made beside all others
 */
public record Check(
    String name, String lane, Importance importance, Patience patience, Probe probe) {}
