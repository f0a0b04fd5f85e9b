package dev.tiu.bundle;

import java.io.IOException;

/** A channel's description can't be read, or says what can't be. */
public final class ChannelException extends IOException {
  private final String channel;

  ChannelException(String channel, String problem) {
    super(channel + ": " + problem);
    this.channel = channel;
  }

  /** Which one: a path or an address. */
  public String channel() {
    return channel;
  }
}
