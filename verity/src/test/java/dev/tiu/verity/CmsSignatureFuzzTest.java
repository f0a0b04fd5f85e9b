package dev.tiu.verity;

import static dev.tiu.verity.TestCertificate.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.tiu.verity.TestCertificate.KeyType;
import dev.tiu.verity.TestCertificate.Request;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Hostile bytes: whatever they are, the content comes out unchanged or a TrustException does. */
final class CmsSignatureFuzzTest {
  private static final byte[] CONTENT = {1, 2, 3, 4, 5, 6, 7, 8};
  private static final int ROUNDS = 500;

  @TempDir Path dir;

  static byte[] content() {
    return CONTENT.clone();
  }

  @FuzzTest
  void verify(byte[] cms) throws IOException {
    Keyring keyring = Keyring.load(FuzzSeeds.keyring());
    try {
      assertThat(CmsSignature.verify(cms, keyring, NOW).content()).isEqualTo(CONTENT);
    } catch (TrustException e) {
      assertThat(e).hasMessageContaining(" ");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"p256", "p384", "rsa", "ed25519", "two"})
  void seed_is_signed(String name) throws IOException {
    byte[] seed = FuzzSeeds.read(CmsSignatureFuzzTest.class, "verify", name);
    Keyring keyring = Keyring.load(FuzzSeeds.keyring());
    assertThat(CmsSignature.verify(seed, keyring, NOW).signers()).isNotEmpty();
  }

  @ParameterizedTest
  @EnumSource(KeyType.class)
  void changed_bytes_give_the_same_content_or_a_trust_exception(KeyType type) throws Exception {
    TrustFixture fixture = new TrustFixture(dir);
    TestCertificate authority = Request.authority("CA").selfSigned();
    Signer signer = fixture.signer(Request.signer("S").key(type).issuedBy(authority));
    Keyring keyring = fixture.keyring(authority.pem());
    byte[] good = CmsSignature.sign(CONTENT, List.of(signer), NOW);
    long seed = 77;
    Random random = new Random(seed);
    int refused = 0;
    for (int round = 0; round < ROUNDS; round++) {
      byte[] bytes = mutate(good, random);
      try {
        SignedContent verified = CmsSignature.verify(bytes, keyring, NOW);
        assertThat(verified.content())
            .as("%s, seed %d, round %d", type, seed, round)
            .isEqualTo(CONTENT);
      } catch (TrustException e) {
        assertThat(e).as("%s, seed %d, round %d", type, seed, round).hasMessageContaining(" ");
        refused++;
      } catch (RuntimeException | Error e) {
        fail(type + ", seed " + seed + ", round " + round, e);
      }
    }
    assertThat(refused).as("%s, seed %d", type, seed).isGreaterThan(ROUNDS * 9 / 10);
  }

  /** What no signature covers is as fixed as what one does. */
  @ParameterizedTest
  @EnumSource(KeyType.class)
  void any_flipped_bit_is_refused(KeyType type) throws Exception {
    TrustFixture fixture = new TrustFixture(dir);
    TestCertificate authority = Request.authority("CA").selfSigned();
    Signer signer = fixture.signer(Request.signer("S").key(type).issuedBy(authority));
    Keyring keyring = fixture.keyring(authority.pem());
    byte[] good = CmsSignature.sign(CONTENT, List.of(signer), NOW);
    List<Integer> accepted = new ArrayList<>();
    int step = type == KeyType.P256 ? 1 : 5; // five has no factor in common with eight
    for (int bit = 0; bit < 8 * good.length; bit += step) {
      byte[] flipped = good.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      try {
        CmsSignature.verify(flipped, keyring, NOW);
        accepted.add(bit);
      } catch (TrustException e) {
        // as it should be
      }
    }
    assertThat(accepted).as("bits of %s", HexFormat.of().formatHex(good)).isEmpty();
  }

  @Test
  void truncated_at_any_byte_is_a_trust_exception() throws Exception {
    TrustFixture fixture = new TrustFixture(dir);
    TestCertificate authority = Request.authority("CA").selfSigned();
    Signer signer = fixture.signer(Request.signer("S").issuedBy(authority));
    Keyring keyring = fixture.keyring(authority.pem());
    byte[] good = CmsSignature.sign(CONTENT, List.of(signer), NOW);
    for (int length = 0; length < good.length; length++) {
      byte[] cut = Arrays.copyOf(good, length);
      try {
        CmsSignature.verify(cut, keyring, NOW);
        fail("accepted with " + length + " of " + good.length + " bytes");
      } catch (TrustException e) {
        assertThat(e.reason()).isEqualTo(TrustException.Reason.MALFORMED);
      }
    }
  }

  /** Flips, sets, repeats, swaps or cuts a few bytes; tags and lengths of DER come up often. */
  private static byte[] mutate(byte[] good, Random random) {
    byte[] bytes = good.clone();
    for (int n = random.nextInt(3); n >= 0; n--) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(5)) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes[at] = (byte) random.nextInt(256);
        case 2 -> {
          byte[] interesting = {0, -1, 0x30, 0x31, (byte) 0x80, (byte) 0xa0, 0x04, 0x05, 0x02};
          bytes[at] = interesting[random.nextInt(interesting.length)];
        }
        case 3 -> {
          int from = random.nextInt(bytes.length);
          int length = Math.min(random.nextInt(40), bytes.length - Math.max(at, from));
          System.arraycopy(bytes, from, bytes, at, length);
        }
        default -> bytes = Arrays.copyOf(bytes, Math.max(1, bytes.length - random.nextInt(9)));
      }
    }
    return bytes;
  }
}
