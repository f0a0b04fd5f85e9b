package dev.tiu.linux.testing;

import dev.tiu.linux.Access;
import dev.tiu.linux.Btrfs;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Command;
import dev.tiu.linux.Dir;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A root file system with a few of this machine's programs, as a snapshot of tiu's has it.
 *
 * <pre>
 * root/        subvolume
 *   etc/       subvolume in it
 *   usr/bin/ usr/sbin/ usr/lib/ usr/lib64/    what {@link #install} brings
 *   bin sbin lib lib64                        links into usr
 *   dev/ proc/ run/ sys/ tmp/ var/tmp/        empty
 * </pre>
 */
public final class SmallRoot implements AutoCloseable {
  private static final BytePath ROOT = BytePath.of("root");
  private static final BytePath ETC = BytePath.of("root/etc");

  /** {@code libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x…)}, or the loader's path alone. */
  private static final Pattern LIBRARY = Pattern.compile("(/\\S+) \\(0x");

  private final BtrfsDisk disk;
  private final Dir top;
  private final Dir dir;

  private SmallRoot(BtrfsDisk disk, Dir top, Dir dir) {
    this.disk = disk;
    this.top = top;
    this.dir = dir;
  }

  /** One with a shell and these programs. */
  public static SmallRoot create(String... programs) throws IOException {
    BtrfsDisk disk = BtrfsDisk.create(256 << 20);
    Dir top = Dir.open(disk.mountPoint());
    Btrfs.createSubvolume(top, ROOT);
    Btrfs.createSubvolume(top, ETC);
    SmallRoot root = new SmallRoot(disk, top, top.openDir(ROOT));
    for (String directory : List.of("dev", "proc", "run", "sys", "tmp", "var/tmp")) {
      Files.createDirectories(root.path(directory));
    }
    for (String name : List.of("bin", "sbin", "lib", "lib64")) {
      Files.createDirectories(root.path("usr/" + name));
      Files.createSymbolicLink(root.path(name), Path.of("usr", name));
    }
    root.install("sh");
    for (String program : programs) {
      root.install(program);
    }
    return root;
  }

  /** Whether this machine has the program, to install it. */
  public static boolean canHave(String program) throws IOException {
    return find(program).isPresent();
  }

  private static Optional<Path> find(String program) {
    return List.of("/usr/sbin", "/usr/bin", "/sbin", "/bin").stream()
        .map(directory -> Path.of(directory, program))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Brings a program and the libraries that it is linked with. */
  public void install(String program) throws IOException {
    Path file = find(program).orElseThrow(() -> new IOException("not installed: " + program));
    copy(file);
    Command.Result libraries = Command.of("ldd", file.toString()).accepting(1).run();
    Matcher matcher = LIBRARY.matcher(libraries.text());
    while (matcher.find()) {
      copy(Path.of(matcher.group(1)));
    }
  }

  /** Brings a file of this machine to the same place, with what it links to as its content. */
  public void copy(Path file) throws IOException {
    Path copy = path(file.toString().substring(1));
    Files.createDirectories(copy.getParent());
    Files.copy(file.toRealPath(), copy, StandardCopyOption.REPLACE_EXISTING);
    Files.setPosixFilePermissions(copy, Files.getPosixFilePermissions(file));
  }

  /** Writes a file, and the directories to it. */
  public Path write(String path, String content) throws IOException {
    Path file = path(path);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, content);
  }

  /** Where a path of the root lies on this machine. */
  public Path path(String below) {
    return disk.mountPoint().resolve("root").resolve(below);
  }

  /** The root. */
  public Dir dir() {
    return dir;
  }

  /** The disk's top level, the root beside which others may lie. */
  public Dir top() {
    return top;
  }

  /** The disk. */
  public BtrfsDisk disk() {
    return disk;
  }

  /** Makes the root read-only, and not its {@code etc}. */
  public void seal() throws IOException {
    Btrfs.setAccess(dir, Access.READ_ONLY);
  }

  @Override
  public void close() throws IOException {
    dir.close();
    top.close();
    disk.close();
  }
}
