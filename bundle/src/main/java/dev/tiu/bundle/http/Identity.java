package dev.tiu.bundle.http;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * What tells one version of a file on a server from another.
 *
 * @param strongTag an ETag that promises equal bytes
 * @param lastModified as the server wrote it
 */
record Identity(OptionalLong size, Optional<String> strongTag, Optional<String> lastModified) {

  static Identity of(Answer answer, OptionalLong size) {
    Optional<String> tag =
        answer.header("ETag").map(String::strip).filter(t -> t.matches("\"[\\x21-\\x7e]*\""));
    return new Identity(size, tag, answer.header("Last-Modified").map(String::strip));
  }

  /** Whether two of the same name can be told apart at all, beyond their size. */
  boolean isTelling() {
    return strongTag.isPresent() || lastModified.isPresent();
  }

  /** How this differs from a later answer's; empty if it doesn't. */
  Optional<String> difference(Identity later) {
    if (size.isPresent() && later.size.isPresent() && !size.equals(later.size)) {
      return Optional.of(
          "it had %d bytes, now %d".formatted(size.getAsLong(), later.size.getAsLong()));
    }
    if (strongTag.isPresent() && later.strongTag.isPresent()) {
      return strongTag.equals(later.strongTag) ? Optional.empty() : Optional.of("another ETag");
    }
    if (lastModified.isPresent()
        && later.lastModified.isPresent()
        && !lastModified.equals(later.lastModified)) {
      return Optional.of("another time of change");
    }
    return Optional.empty();
  }
}
