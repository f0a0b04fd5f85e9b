package dev.tiu;

import dev.tiu.etcmerge.MergeSettings;
import dev.tiu.etcmerge.Policies;
import dev.tiu.etcmerge.Policy;
import dev.tiu.etcmerge.text.FstabMerge;
import dev.tiu.linux.Btrfs;
import dev.tiu.linux.Dir;
import dev.tiu.snapshot.Layout;
import java.io.IOException;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a merge of /etc goes by on a device. */
final class EtcSettings {
  private EtcSettings() {}

  /** The policies of a device, and the mounts that are its own. */
  static MergeSettings of(Dir etc) throws IOException {
    return MergeSettings.DEFAULT.withPolicies(policies(etc)).withMounts(mounts(etc));
  }

  /** The built-in policies, and those that its configuration adds. */
  static Policies policies(Dir etc) throws IOException {
    return Policies.BUILT_IN.with(Configuration.read(etc).etcPolicies());
  }

  /** The root, and what all snapshots share. */
  static SortedMap<String, FstabMerge.Own> mounts(Dir anywhere) throws IOException {
    String source = "UUID=" + Btrfs.fileSystemId(anywhere);
    SortedMap<String, FstabMerge.Own> mounts = new TreeMap<>();
    mounts.put("/", new FstabMerge.Own(source, Optional.empty()));
    for (Layout.Shared shared : Layout.SHARED) {
      String option = "subvol=" + Layout.SYSTEM.resolve(shared.subvolume());
      mounts.put("/" + shared.directory(), new FstabMerge.Own(source, Optional.of(option)));
    }
    return mounts;
  }

  /** The policy that somebody wrote. */
  static Policy policy(String label) {
    return Policy.find(label)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "\"%s\" is no policy; there are %s".formatted(label, Policy.labels())));
  }
}
