package dev.tiu.bundle;

/** Is told what happens while a bundle is made. */
public interface CreateListener extends Progress {
  /** Takes a note; all come before the bundle is complete, in the order of their paths. */
  void note(Note note);
}
