package dev.tiu.verity;

import java.util.Arrays;
import java.util.List;

/**
 * Content whose signature was verified, and the signers that the keyring trusts, at least one.
 *
 * @param content the caller's own; this record hands out copies
 */
@SuppressWarnings("ArrayRecordComponent") // copied at the border, compared by content
public record SignedContent(byte[] content, List<SignerIdentity> signers) {
  public SignedContent {
    content = content.clone();
    signers = List.copyOf(signers);
    if (signers.isEmpty()) {
      throw new IllegalArgumentException("signed content without a trusted signer");
    }
  }

  @Override
  public byte[] content() {
    return content.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SignedContent that
        && Arrays.equals(content, that.content)
        && signers.equals(that.signers);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(content) + signers.hashCode();
  }

  @Override
  public String toString() {
    return "SignedContent[" + content.length + " bytes, signers=" + signers + "]";
  }
}
