package dev.tiu;

import dev.tiu.bundle.Bundle;
import dev.tiu.bundle.BundleException;
import dev.tiu.bundle.EtcPolicy;
import dev.tiu.etcmerge.MergeSettings;
import dev.tiu.etcmerge.PathGlob;
import dev.tiu.etcmerge.Policies;
import dev.tiu.etcmerge.Policy;
import dev.tiu.etcmerge.text.FstabMerge;
import dev.tiu.linux.Btrfs;
import dev.tiu.linux.Dir;
import dev.tiu.snapshot.DeviceException;
import dev.tiu.snapshot.Layout;
import dev.tiu.snapshot.SnapshotStore;
import dev.tiu.verity.VerityException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a merge of /etc goes by on a device. */
final class EtcSettings {
  private EtcSettings() {}

  /**
   * The policies of a device with an image, and the mounts that are the device's own.
   *
   * @param image what the image's maker wants
   */
  static MergeSettings of(Dir etc, List<EtcPolicy> image) throws IOException {
    return MergeSettings.DEFAULT.withPolicies(policies(etc, image)).withMounts(mounts(etc));
  }

  /** The built-in policies, then the image's, then those of the device's configuration. */
  static Policies policies(Dir etc, List<EtcPolicy> image) throws IOException {
    Map<PathGlob, Policy> wanted = new LinkedHashMap<>();
    for (EtcPolicy policy : image) {
      PathGlob paths = new PathGlob(policy.paths());
      wanted.remove(paths); // The last counts.
      wanted.put(paths, Policy.find(policy.policy()).orElse(Policy.MERGE));
    }
    return Policies.BUILT_IN.with(wanted).with(Configuration.read(etc).etcPolicies());
  }

  /**
   * What the maker of a snapshot's image wants. Without its record, that it is damaged shows
   * elsewhere, nothing: what merges loses nothing.
   */
  static List<EtcPolicy> ofImage(SnapshotStore store, int number) throws IOException {
    try (Bundle record = store.openRecord(number)) {
      return record.manifest().etcPolicies();
    } catch (DeviceException | BundleException | VerityException e) {
      return List.of();
    }
  }

  /** Those that this version knows no meaning for; such paths merge. */
  static List<EtcPolicy> unknown(List<EtcPolicy> policies) {
    return policies.stream().filter(policy -> Policy.find(policy.policy()).isEmpty()).toList();
  }

  /**
   * What somebody writes for an image: {@code GLOB=POLICY}.
   *
   * @throws IllegalArgumentException with a message for the person who wrote it
   */
  static EtcPolicy parse(String text) {
    int equals = text.lastIndexOf('=');
    if (equals < 0) {
      throw new IllegalArgumentException(
          "\"%s\" isn't of the form GLOB=POLICY, app/**=image".formatted(text));
    }
    PathGlob paths = new PathGlob(text.substring(0, equals));
    return new EtcPolicy(paths.text(), policy(text.substring(equals + 1)).label());
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
