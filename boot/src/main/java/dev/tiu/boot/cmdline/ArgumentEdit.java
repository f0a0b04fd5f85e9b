package dev.tiu.boot.cmdline;

import dev.tiu.boot.BootException;
import dev.tiu.linux.Dir;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What {@code tiu kargs} changes, in its own file of {@code /etc/tiu/cmdline.d}.
 *
 * <p>What it deletes of the image's or of tiu's defaults stays deleted with later images. Nothing
 * is written before {@link #write}.
 */
public final class ArgumentEdit {
  private final KernelArguments root;
  private final KernelArguments image;
  private DeviceArguments device;

  /**
   * Of the arguments that are in effect.
   *
   * @param root by {@link CommandLine#root}
   * @param image the manifest's
   */
  public ArgumentEdit(KernelArguments root, KernelArguments image, DeviceArguments device) {
    this.root = root;
    this.image = image;
    this.device = device;
  }

  /** The command line as it is with all edits. */
  public CommandLine commandLine() throws BootException {
    return CommandLine.merge(root, image, device);
  }

  /** Adds an argument at the end, unless just that is there. */
  public void append(KernelArgument argument) throws BootException {
    requireForeign(argument);
    ArgumentFile own = device.own();
    // An exact delete of the same is undone; one by the name alone still concerns others.
    List<KernelArgument> deleted = new ArrayList<>(own.deleted());
    deleted.remove(argument);
    update(deleted, own.appended().list());
    if (!isThere(argument)) {
      List<KernelArgument> appended = new ArrayList<>(own.appended().list());
      appended.add(argument);
      update(deleted, appended);
    }
  }

  /**
   * Takes arguments away.
   *
   * @param pattern a name alone means all of that name
   * @throws IllegalArgumentException if there is none
   */
  public void delete(KernelArgument pattern) throws BootException {
    requireForeign(pattern);
    if (commandLine().lines().stream().noneMatch(line -> means(pattern, line))) {
      throw new IllegalArgumentException(
          "There is no kernel argument %s to delete. `tiu kargs` shows those that there are"
              .formatted(pattern));
    }
    remove(pattern);
    for (CommandLine.Line line : commandLine().lines()) {
      if (means(pattern, line)) {
        throw new IllegalArgumentException(
            "%s is said in /etc/tiu/cmdline.d/%s, which is read after %s. Delete it there"
                .formatted(line.argument(), line.file(), DeviceArguments.OWN_FILE));
      }
    }
  }

  /** Puts it in the place of all arguments of that name. */
  public void replace(KernelArgument argument) throws BootException {
    requireForeign(argument);
    KernelArgument pattern = new KernelArgument(argument.name(), Optional.empty());
    if (commandLine().lines().stream().anyMatch(line -> means(pattern, line))) {
      delete(pattern);
    }
    ArgumentFile own = device.own();
    List<KernelArgument> appended = new ArrayList<>(own.appended().list());
    appended.add(argument);
    update(own.deleted(), appended);
  }

  /** Writes it into the live /etc. */
  public void write(Dir etc) throws IOException {
    device.write(etc);
  }

  private void remove(KernelArgument pattern) throws BootException {
    ArgumentFile own = device.own();
    List<KernelArgument> appended = new ArrayList<>(own.appended().list());
    appended.removeIf(argument -> ArgumentFile.means(pattern, argument));
    update(own.deleted(), appended);
    // Only what comes from elsewhere needs to be remembered.
    if (commandLine().lines().stream().anyMatch(line -> means(pattern, line))) {
      List<KernelArgument> deleted = new ArrayList<>(own.deleted());
      deleted.add(pattern);
      update(deleted, appended);
    }
  }

  private boolean isThere(KernelArgument argument) throws BootException {
    return commandLine().lines().stream().anyMatch(line -> line.argument().equals(argument));
  }

  private static boolean means(KernelArgument pattern, CommandLine.Line line) {
    return ArgumentFile.means(pattern, line.argument());
  }

  private void update(List<KernelArgument> deleted, List<KernelArgument> appended) {
    device =
        device.with(
            new ArgumentFile(
                DeviceArguments.OWN_FILE,
                deleted.stream().distinct().toList(),
                new KernelArguments(appended)));
  }

  private static void requireForeign(KernelArgument argument) {
    if (CommandLine.isOwn(argument)) {
      throw new IllegalArgumentException(
          argument.name()
              + " is tiu's own: it finds the snapshot that is to boot, and can't be changed."
              + " Options for mounting / belong into /etc/fstab");
    }
  }
}
