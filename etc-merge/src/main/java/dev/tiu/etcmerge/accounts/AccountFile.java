package dev.tiu.etcmerge.accounts;

/** The files of {@code /etc} that accounts are in, and how a line of each is made up. */
public enum AccountFile {
  /** {@code name:password:uid:gid:comment:home:shell}. */
  PASSWD("passwd", 7, 7),
  /** {@code name:password:gid:members}. */
  GROUP("group", 4, 4),
  /** {@code name:password:last-change:min:max:warn:inactive:expire:reserved}. */
  SHADOW("shadow", 2, 9),
  /** {@code name:password:administrators:members}. */
  GSHADOW("gshadow", 4, 4),
  /** {@code name:start:count}; a name may have several. */
  SUBUID("subuid", 3, 3),
  /** As subuid. */
  SUBGID("subgid", 3, 3);

  private final String fileName;
  private final int leastFields;
  private final int mostFields;

  AccountFile(String fileName, int leastFields, int mostFields) {
    this.fileName = fileName;
    this.leastFields = leastFields;
    this.mostFields = mostFields;
  }

  /** Its name in /etc. */
  public String fileName() {
    return fileName;
  }

  /** Whether a line with so many fields is a record. */
  boolean hasFields(int count) {
    return leastFields <= count && count <= mostFields;
  }

  /** The fields that are numbers: from this one up to the other, which isn't one any more. */
  int firstNumber() {
    return this == SUBUID || this == SUBGID ? 1 : 2;
  }

  /** See {@link #firstNumber}. */
  int endOfNumbers() {
    return switch (this) {
      case PASSWD -> 4;
      case GROUP, SUBUID, SUBGID -> 3;
      case SHADOW, GSHADOW -> 2;
    };
  }
}
