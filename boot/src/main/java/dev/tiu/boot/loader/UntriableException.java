package dev.tiu.boot.loader;

import dev.tiu.boot.BootException;

/** A snapshot that can boot, but not on trial, since nothing would end a trial of it. */
public final class UntriableException extends BootException {
  private static final long serialVersionUID = 1;

  UntriableException(String problem, String remedy) {
    super(problem, PublishedEntries.NOT_ON_TRIAL, remedy);
  }
}
