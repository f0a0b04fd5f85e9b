package dev.tiu.etcmerge.accounts;

import java.util.Optional;

/**
 * One file in its three versions, and what becomes of it.
 *
 * @param image the base's where the image has no such file: that drops no account
 * @param result begins as the device's
 * @param isDecided false if the device has no such file and its image had one: it stays away
 */
record FileMerge(
    AccountFile file, Table base, Table local, Table image, TableEdit result, boolean isDecided) {

  static FileMerge of(AccountFile file, AccountFiles base, AccountFiles local, AccountFiles image) {
    Table baseTable = table(file, base.text(file));
    Table localTable = table(file, local.text(file));
    Optional<String> shipped = image.text(file);
    return new FileMerge(
        file,
        baseTable,
        localTable,
        shipped.isPresent() ? table(file, shipped) : baseTable,
        new TableEdit(localTable),
        local.has(file) || (!base.has(file) && image.has(file)));
  }

  private static Table table(AccountFile file, Optional<String> text) {
    return Table.parse(file, text.orElse(""));
  }

  /** Adds a record where the image has it. */
  void insert(Line line) {
    result.insert(line, image.namesBefore(line.name()));
  }

  void remove(String name) {
    result.remove(line -> line.name().equals(name));
  }
}
