package dev.tiu.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.junit.jupiter.api.Test;

/** Any bytes are a channel, whose own JSON says the same, or a ChannelException. */
final class ChannelJsonFuzzTest {
  @FuzzTest
  void parse(byte[] json) throws ChannelException {
    Channel channel;
    try {
      channel = Channel.parse(json, "fuzz");
    } catch (ChannelException e) {
      assertThat(e).hasMessageStartingWith("fuzz: ");
      return;
    }
    assertThat(channel.images()).allMatch(image -> Channel.isFileName(image.file()));
    assertThat(channel.deltas()).allMatch(delta -> Channel.isFileName(delta.file()));
    assertThat(Channel.parse(channel.toJson(), "fuzz")).isEqualTo(channel);
  }

  @Test
  void seed_is_a_channel() throws ChannelException {
    byte[] seed = FuzzSeeds.read(ChannelJsonFuzzTest.class, "parse", "two");
    assertThat(Channel.parse(seed, "seed").toJson()).isEqualTo(seed);
  }
}
