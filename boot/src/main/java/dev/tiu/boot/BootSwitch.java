package dev.tiu.boot;

import java.io.IOException;

/**
 * Decides which snapshot a device boots from the next time.
 *
 * <p>A switch is one atomic change: a power cut leaves the device with the old target or the new
 * one. When the call returns, the change is on the disk.
 */
public interface BootSwitch {
  /** Makes {@code target} what boots from now on, until another call. */
  void makeDefault(BootTarget target) throws IOException;
}
