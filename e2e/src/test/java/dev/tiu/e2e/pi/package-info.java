/**
 * The Raspberry Pi's firmware as far as it is documented, so that what is written for it can be
 * tested without the board: which files it reads from the card, and what it makes of them.
 *
 * <p>From Raspberry Pi's documentation, {@code config_txt/{boot,autoboot,conditional}.adoc} and
 * {@code raspberry-pi/{bootflow-eeprom,eeprom-bootloader}.adoc}. Where that leaves something open
 * the model takes the way that is worse for who relies on it.
 */
@NullMarked
package dev.tiu.e2e.pi;

import org.jspecify.annotations.NullMarked;
