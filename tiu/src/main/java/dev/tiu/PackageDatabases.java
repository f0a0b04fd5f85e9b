package dev.tiu;

import dev.tiu.bundle.Bundle;
import dev.tiu.bundle.squashfs.Child;
import dev.tiu.bundle.squashfs.Inode;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Command;
import dev.tiu.linux.CommandException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds the package database in an image and reads it. */
final class PackageDatabases {
  private static final List<BytePath> DPKG =
      List.of(BytePath.of("var/lib/dpkg/status"), BytePath.of("usr/lib/sysimage/dpkg/status"));
  private static final List<BytePath> RPM =
      List.of(BytePath.of("usr/lib/sysimage/rpm"), BytePath.of("var/lib/rpm"));

  /** A distribution's whole status file has some megabytes. */
  private static final int DPKG_LIMIT = 256 << 20;

  private static final long RPM_LIMIT = 1L << 30;

  /** What rpm has for each package; architectures as a part of the name where needed. */
  private static final String RPM_FORMAT = "%{NAME}\\t%{ARCH}\\t%{EVR}\\n";

  private final ProgramRunner programs;

  PackageDatabases(ProgramRunner programs) {
    this.programs = programs;
  }

  /**
   * What the image has installed; empty without a database.
   *
   * @throws CommandException if rpm is needed and isn't installed, or can't read the database
   */
  Optional<Packages> read(Bundle bundle) throws IOException {
    ImageFiles files = new ImageFiles(bundle);
    for (BytePath path : DPKG) {
      Optional<ImageFiles.Found> status = files.find(path);
      if (status.filter(found -> found.inode() instanceof Inode.RegularFile).isPresent()) {
        return Optional.of(DpkgStatus.parse(files.read(status.get(), DPKG_LIMIT)));
      }
    }
    for (BytePath path : RPM) {
      Optional<ImageFiles.Found> database = files.find(path);
      if (database.isPresent()
          && database.get().inode() instanceof Inode.Directory directory
          && !bundle.tree().list(directory).isEmpty()) {
        return Optional.of(readRpm(bundle, files, directory));
      }
    }
    return Optional.empty();
  }

  /** rpm itself knows its three kinds of databases; it gets a copy, because it may write. */
  private Packages readRpm(Bundle bundle, ImageFiles files, Inode.Directory directory)
      throws IOException {
    Path copy = Files.createTempDirectory("tiu-rpm-");
    try {
      long left = RPM_LIMIT;
      for (Child child : bundle.tree().list(directory)) {
        if (child.inode() instanceof Inode.RegularFile file) {
          left -= file.size();
          if (left < 0) {
            throw new UsageException(
                "%s: its rpm database is larger than %s"
                    .formatted(bundle.name(), Console.size(RPM_LIMIT)));
          }
          try (OutputStream out = Files.newOutputStream(copy.resolve(child.name().toString()))) {
            files.copy(file, out);
          }
        }
      }
      Command query = Command.of("rpm", "--dbpath", copy.toString(), "-qa", "--qf", RPM_FORMAT);
      return RpmList.parse(programs.run(query));
    } finally {
      remove(copy);
    }
  }

  private static void remove(Path directory) throws IOException {
    List<Path> left;
    try (Stream<Path> files = Files.walk(directory)) {
      left = files.sorted(java.util.Comparator.reverseOrder()).toList();
    }
    for (Path path : left) {
      Files.delete(path);
    }
  }
}
