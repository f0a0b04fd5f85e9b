package dev.tiu.etcmerge.accounts;

import java.io.IOException;

/** Says who has files in what outlives a system: an account that has some can't just go. */
public interface FileOwners {
  /** Whether a user, by its number on the device, owns a file. */
  boolean ownsFiles(int uid) throws IOException;

  /** Whether a file is of a group, by its number on the device. */
  boolean groupOwnsFiles(int gid) throws IOException;
}
