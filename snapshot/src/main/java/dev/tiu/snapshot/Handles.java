package dev.tiu.snapshot;

import java.util.IdentityHashMap;

/** One thread's handles on directories of several trees. */
final class Handles implements AutoCloseable {
  private final IdentityHashMap<Site, Parents> bySite = new IdentityHashMap<>();

  Parents of(Site site) {
    return bySite.computeIfAbsent(site, s -> new Parents(s.tree()));
  }

  @Override
  public void close() {
    bySite.values().forEach(Parents::close);
  }
}
