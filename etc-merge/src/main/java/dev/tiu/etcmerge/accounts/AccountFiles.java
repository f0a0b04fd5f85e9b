package dev.tiu.etcmerge.accounts;

import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** What one {@code /etc} has of the files that accounts are in; immutable. */
public final class AccountFiles {
  /** A character for each byte: a name or a comment may be in any encoding. */
  private final Map<AccountFile, String> texts = new EnumMap<>(AccountFile.class);

  private AccountFiles() {}

  /** Those that are there, with their contents. */
  public static AccountFiles of(Map<AccountFile, byte[]> contents) {
    AccountFiles files = new AccountFiles();
    contents.forEach(
        (file, content) -> files.texts.put(file, new String(content, StandardCharsets.ISO_8859_1)));
    return files;
  }

  static AccountFiles ofTexts(Map<AccountFile, String> texts) {
    AccountFiles files = new AccountFiles();
    files.texts.putAll(texts);
    return files;
  }

  /** A file's content, if it is there; the caller's own copy. */
  public Optional<byte[]> content(AccountFile file) {
    return text(file).map(text -> text.getBytes(StandardCharsets.ISO_8859_1));
  }

  Optional<String> text(AccountFile file) {
    return Optional.ofNullable(texts.get(file));
  }

  boolean has(AccountFile file) {
    return texts.containsKey(file);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof AccountFiles that && texts.equals(that.texts);
  }

  @Override
  public int hashCode() {
    return texts.hashCode();
  }

  /** Which there are; never a content, as that may be secret. */
  @Override
  public String toString() {
    return texts.keySet().toString();
  }
}
