package dev.tiu.bundle.delta;

import dev.tiu.bundle.BundleException;
import dev.tiu.bundle.Part;
import java.io.IOException;

/**
 * A patch can't be applied, or a delta's index can't be: what is wrong, and where in the delta.
 * Nothing is lost by it: what the patch would have made can be taken from the bundle.
 */
public final class DeltaException extends BundleException {
  DeltaException(String source, Part part, long offset, String problem) {
    super(source, part, offset, problem);
  }

  DeltaException(String source, Part part, long offset, IOException cause) {
    super(source, part, offset, cause);
  }
}
