package dev.tiu;

import dev.tiu.boot.BootException;
import dev.tiu.boot.disk.BootPartitionFullException;
import dev.tiu.boot.disk.BootTreeException;
import dev.tiu.boot.disk.DiskHoldsDataException;
import dev.tiu.boot.disk.DiskInUseException;
import dev.tiu.boot.disk.DiskTooSmallException;
import dev.tiu.boot.disk.GrowException;
import dev.tiu.boot.disk.ImageRoomException;
import dev.tiu.boot.disk.NotADiskException;
import dev.tiu.bundle.BundleException;
import dev.tiu.bundle.ChannelException;
import dev.tiu.bundle.ExpiredException;
import dev.tiu.bundle.ManifestException;
import dev.tiu.bundle.SkeletonException;
import dev.tiu.bundle.http.NoRoomException;
import dev.tiu.bundle.http.TransferException;
import dev.tiu.bundle.squashfs.SquashfsException;
import dev.tiu.etcmerge.accounts.NoFreeIdException;
import dev.tiu.linux.Errno;
import dev.tiu.linux.LinuxException;
import dev.tiu.linux.LockedException;
import dev.tiu.snapshot.DeviceException;
import dev.tiu.verity.TrustException;
import dev.tiu.verity.VerityException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.Locale;

/** What a command's exit code says. The numbers are part of the interface and don't change. */
public enum ExitCode {
  OK(0, "done, or nothing to do"),
  INTERNAL(1, "a defect in tiu"),
  USAGE(2, "the command line or a configuration file is wrong"),
  DAMAGED(3, "the bundle is damaged, incomplete, or was changed"),
  UNTRUSTED(4, "the bundle's signature or a certificate isn't trusted"),
  UNFIT(5, "the image isn't for this device, too old, expired, or known to be bad"),
  NO_SPACE(6, "not enough room on the disk"),
  LOCKED(7, "another tiu is at work"),
  DEVICE(
      8, "the disk isn't laid out for it, is in use or holds data; or there is no such snapshot"),
  IO(9, "a system call or a program that tiu runs failed"),
  NETWORK(10, "a server can't be reached, or doesn't give what is needed"),
  BOOT(11, "a snapshot can't be made to boot; what boots now stays"),
  UNHEALTHY(12, "a health check failed that is required"),
  HOOK(13, "a hook of the admin's was against it");

  private final int number;
  private final String meaning;

  ExitCode(int number, String meaning) {
    this.number = number;
    this.meaning = meaning;
  }

  public int number() {
    return number;
  }

  /** For the manual. */
  public String meaning() {
    return meaning;
  }

  /** The code for a failure. */
  static ExitCode of(Throwable failure) {
    if (failure instanceof ClosedPipeException) {
      return OK;
    } else if (failure instanceof UsageException) {
      return USAGE;
    } else if (isUntrusted(failure)) {
      return UNTRUSTED;
    } else if (failure instanceof VerityException
        || failure instanceof SquashfsException
        || failure instanceof BundleException
        || failure instanceof ManifestException
        || failure instanceof ChannelException
        || failure instanceof SkeletonException) {
      return DAMAGED;
    } else if (failure instanceof UnfitException
        || failure instanceof ExpiredException
        || failure instanceof BootTreeException) {
      return UNFIT;
    } else if (failure instanceof NoSpaceException
        || failure instanceof NoRoomException
        || isTooSmall(failure)
        || isDiskFull(failure)) {
      return NO_SPACE;
    } else if (failure instanceof LockedException) {
      return LOCKED;
    } else if (failure instanceof DeviceException
        || failure instanceof NoFreeIdException
        || failure instanceof NotADiskException
        || failure instanceof DiskInUseException
        || failure instanceof DiskHoldsDataException
        || failure instanceof GrowException) {
      return DEVICE;
    } else if (failure instanceof BootException) {
      return BOOT;
    } else if (failure instanceof HookException) {
      return HOOK;
    } else if (failure instanceof TransferException) {
      return NETWORK;
    } else if (failure instanceof IOException) {
      return IO;
    }
    return INTERNAL;
  }

  /** Whether a disk, or what an image of one is written to, is smaller than what it should hold. */
  static boolean isTooSmall(Throwable failure) {
    return failure instanceof DiskTooSmallException
        || failure instanceof BootPartitionFullException
        || failure instanceof ImageRoomException;
  }

  /** Whether trust is what is missing, in the bundle or in what should give it. */
  private static boolean isUntrusted(Throwable failure) {
    if (failure instanceof BundleException && failure.getCause() instanceof TrustException e) {
      // A signature that can't even be read is damage.
      return e.reason() != TrustException.Reason.MALFORMED;
    }
    return failure instanceof TrustException || failure instanceof NoKeyringException;
  }

  /** Whether the kernel said so, through our own calls or through the JDK's. */
  static boolean isDiskFull(Throwable failure) {
    if (failure instanceof LinuxException e) {
      return e.errno() == Errno.ENOSPC || e.errno() == Errno.EDQUOT;
    }
    String message =
        failure instanceof FileSystemException e ? e.getReason() : failure.getMessage();
    return failure instanceof IOException
        && message != null
        && message.toLowerCase(Locale.ROOT).contains("no space left on device");
  }
}
