/** Whether a new snapshot has to prove itself before it becomes the default. */
@NullMarked
package dev.tiu.health;

import org.jspecify.annotations.NullMarked;
