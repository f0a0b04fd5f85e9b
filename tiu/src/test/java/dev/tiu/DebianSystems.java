package dev.tiu;

import dev.tiu.linux.Command;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * Real systems: releases of Debian with what a device has, made by mmdebstrap from the mirror that
 * this machine's apt uses.
 */
final class DebianSystems {
  private static final String PACKAGES =
      "systemd-sysv,systemd-resolved,udev,dbus,polkitd,libpam-systemd,openssh-server,sudo,nginx,"
          + "network-manager,netbase,cron,logrotate,rsyslog,locales,tzdata,ca-certificates,nano";

  private static final Duration TIME_LIMIT = Duration.ofMinutes(9);

  /** All at once, as each waits for its downloads half of the time. */
  private static final String BUILD =
      """
      mirror() {
        apt-get indextargets --format '$(REPO_URI) $(RELEASE) #$(ORIGIN)' 'Created-By: Packages' \
          | sed -n '/security\\|updates/d; s/ .* #Debian$//p' | head -n 1
      }
      mirror=$(mirror)
      if [ -z "$mirror" ]; then
        apt-get -qq update
        mirror=$(mirror)
      fi
      pids=
      for release in $RELEASES; do
        mmdebstrap --quiet --mode=root --variant=minbase --include=$PACKAGES \
          --aptopt='Apt::Install-Recommends "false"' --dpkgopt='path-exclude=/usr/share/doc/*' \
          --dpkgopt='path-exclude=/usr/share/locale/*' \
          $release $release.tar "deb $mirror $release main" > $release.log 2>&1 &
        pids="$pids $!"
      done
      failed=
      for pid in $pids; do
        wait $pid || failed=yes
      done
      [ -z "$failed" ] || { cat *.log >&2; exit 1; }
      """;

  private DebianSystems() {}

  /** Makes {@code RELEASE.tar} of each in a directory. */
  static void build(Path directory, String... releases) throws IOException {
    Command.of("bash", "-euc", BUILD)
        .environment(
            Map.of(
                "RELEASES",
                String.join(" ", releases),
                "PACKAGES",
                PACKAGES,
                "PATH",
                "/usr/sbin:/usr/bin:/sbin:/bin"))
        .directory(directory)
        .timeLimit(TIME_LIMIT)
        .run();
  }
}
