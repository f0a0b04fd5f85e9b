package dev.tiu.bundle;

/** Is told how far a long work has come; from any thread, one call at a time per stage. */
@FunctionalInterface
public interface Progress {
  /** Tells nobody. */
  Progress NONE = (stage, done, total) -> {};

  /** What is being done. */
  enum Stage {
    PACKING("packing"),
    HASHING("building the hash tree"),
    CONTENT("reading the content"),
    HASH_TREE("checking the hash tree"),
    PATCHES("making patches"),
    CHECKING("checking the patches");

    private final String label;

    Stage(String label) {
      this.label = label;
    }

    /** For people. */
    @Override
    public String toString() {
      return label;
    }
  }

  /**
   * Takes the state.
   *
   * @param done in bytes
   * @param total in bytes; 0 if it isn't known beforehand
   */
  void at(Stage stage, long done, long total);
}
