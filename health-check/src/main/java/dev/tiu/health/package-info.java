/**
 * Trial and verdict: whether a new snapshot has to prove itself, the checks by which it does, and
 * how they are carried out. Nothing here changes a device.
 */
@NullMarked
package dev.tiu.health;

import org.jspecify.annotations.NullMarked;
