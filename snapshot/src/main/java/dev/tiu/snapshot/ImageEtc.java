package dev.tiu.snapshot;

import dev.tiu.bundle.Bundle;
import dev.tiu.linux.Dir;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** An image's /etc alone, for looking at it. */
public final class ImageEtc {
  private ImageEtc() {}

  /** Fills an empty directory with it. */
  public static void extract(Bundle image, Dir directory, int threads) throws IOException {
    ImageTree target = ImageTree.of(image, ImagePart.ETC);
    Plan plan = Planner.plan(ImageTree.empty(image), target, Deviations.NONE, Patches.none());
    Site site =
        new Site(ImagePart.ETC, plan, target, directory, Optional.empty(), Existing.REPLACE);
    Applied unused = new Applier(Sources.of(image), threads, bytes -> {}).apply(List.of(site));
  }
}
