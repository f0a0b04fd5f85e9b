package dev.tiu;

import java.util.List;

/**
 * What somebody does to /etc of a Debian 12, and what must be so after the update to Debian 13.
 *
 * <p>Both are shell scripts that run in /etc, by the programs of the system that they are about.
 * The second has these words:
 *
 * <ul>
 *   <li>{@code only FILE}: but for the lines that follow it is as the new release ships it, which
 *       isn't how the old one did
 *   <li>{@code same FILE}: it is as it was before the update, content, owner and mode
 *   <li>{@code conflict FILE}: the same, and what the new release ships lies beside it
 * </ul>
 *
 * @param title the number and the name
 * @param does what is done before the update
 * @param holds what fails after it, if something is wrong
 */
record AdminEdit(String title, String does, String holds) {
  static final List<AdminEdit> ALL =
      List.of(
          new AdminEdit(
              "1: a user who may use sudo",
              """
              useradd --no-create-home --shell /bin/bash alice
              echo alice:wonderland | chpasswd
              usermod --append --groups sudo,users alice
              """,
              """
              test "$(id --name --groups alice)" = 'alice sudo users'
              test "$(id --user alice)" = 1000
              cmp <(getent -s files passwd alice) <(grep ^alice: $MINE/passwd)
              cmp <(grep ^alice: shadow) <(grep ^alice: $MINE/shadow)
              grep -x alice:100000:65536 subuid
              pwck --read-only --quiet
              grpck --read-only
              """),
          new AdminEdit(
              "2: a service's account, and a group with a number that the new release gives away",
              """
              useradd --system --no-create-home probe
              groupadd --system --gid 993 sensors
              usermod --append --groups sensors,adm probe
              """,
              """
              grep '^[a-z]*:x:993:' $NEW/group
              grep -x sensors:x:993:probe group
              grep -x adm:x:4:probe group
              test -z "$(cut -d: -f3 passwd | sort | uniq --repeated)"
              test -z "$(cut -d: -f3 group | sort | uniq --repeated)"
              cmp <(cut -d: -f1 $NEW/group $MINE/group | sort --unique) \\
                <(cut -d: -f1 group | sort)
              """),
          new AdminEdit(
              "3: a password for root",
              "echo root:s3cret | chpasswd",
              """
              cmp <(grep ^root: shadow) <(grep ^root: $MINE/shadow)
              test "$(stat --format %U:%G:%a shadow)" = root:shadow:640
              """),
          new AdminEdit(
              "4: no passwords for ssh, where the new release has another comment above",
              "sed -i 's/^#PasswordAuthentication yes/PasswordAuthentication no/' ssh/sshd_config",
              """
              conflict ssh/sshd_config
              mkdir -p /run/sshd
              sshd -T | grep -x 'passwordauthentication no'
              """),
          new AdminEdit(
              "5: ssh for some only, with host keys of the device's own",
              """
              echo 'AllowGroups sudo' > ssh/sshd_config.d/10-groups.conf
              ssh-keygen -A
              """,
              """
              same ssh/sshd_config.d/10-groups.conf
              same ssh/ssh_host_ed25519_key
              test "$(stat --format %a ssh/ssh_host_ed25519_key)" = 600
              mkdir -p /run/sshd
              sshd -T | grep -x 'allowgroups sudo'
              cmp ssh/ssh_config $NEW/ssh/ssh_config
              """),
          new AdminEdit(
              "6: rules for sudo, in a file of their own and in sudoers",
              """
              echo '%users ALL=(root) NOPASSWD: /usr/bin/systemctl restart nginx' > sudoers.d/users
              chmod 440 sudoers.d/users
              sed -i '/^Defaults.*env_reset/a Defaults\\ttimestamp_timeout=5' sudoers
              visudo --check
              """,
              """
              same sudoers
              same sudoers.d/users
              visudo --check
              cmp sudoers.d/README $NEW/sudoers.d/README
              """),
          new AdminEdit(
              "7: nginx takes more connections, and the new release changes its TLS",
              "sed -i 's/worker_connections 768/worker_connections 4096/' nginx/nginx.conf",
              """
              only nginx/nginx.conf <<'END'
              -	worker_connections 768;
              +	worker_connections 4096;
              END
              """),
          new AdminEdit(
              "8: a web site, and Debian's own switched off",
              """
              printf 'server {\\n  server_name shop.example;\\n  root /srv/shop;\\n}\\n' \\
                > nginx/sites-available/shop
              ln -s ../sites-available/shop nginx/sites-enabled/shop
              rm nginx/sites-enabled/default
              """,
              """
              same nginx/sites-available/shop
              test "$(ls nginx/sites-enabled)" = shop
              test nginx/sites-enabled/shop -ef nginx/sites-available/shop
              cmp nginx/sites-available/default $NEW/nginx/sites-available/default
              """),
          new AdminEdit(
              "9: a wireless network, whose password nobody else may read",
              """
              cd NetworkManager/system-connections
              printf '[connection]\\nid=lobby\\ntype=wifi\\n[wifi-security]\\npsk=s3cret-s3cret\\n' \\
                > lobby.nmconnection
              chmod 600 lobby.nmconnection
              """,
              """
              same NetworkManager/system-connections/lobby.nmconnection
              test "$(stat --format %U:%a NetworkManager/system-connections/*)" = root:600
              """),
          new AdminEdit(
              "10: a name",
              """
              echo lobby-17 > hostname
              printf '%s\\n' '127.0.1.1 lobby-17' '192.0.2.7 db' >> hosts
              """,
              """
              same hostname
              same hosts
              """),
          new AdminEdit(
              "11: a disk for data",
              "echo 'LABEL=data /srv/data ext4 defaults,nofail 0 2' >> fstab",
              """
              same fstab
              grep '^UUID=.* / btrfs ' fstab
              grep '^LABEL=data ' fstab
              """),
          new AdminEdit(
              "12: a time zone, whose name the new release keeps no more",
              """
              ln -sf /usr/share/zoneinfo/Europe/Berlin localtime
              echo Europe/Berlin > timezone
              """,
              """
              test "$(date --date @0 +%Z)" = CET
              same timezone
              test ! -e $NEW/timezone
              """),
          new AdminEdit(
              "13: a language, in a file that the new release has elsewhere",
              """
              sed -i 's/^# de_DE.UTF-8/de_DE.UTF-8/' locale.gen
              echo LANG=de_DE.UTF-8 > default/locale
              """,
              """
              only locale.gen <<'END'
              -# de_DE.UTF-8 UTF-8
              +de_DE.UTF-8 UTF-8
              END
              same default/locale
              test "$(readlink default/locale.tiu-new)" = ../locale.conf
              cmp locale.conf $NEW/locale.conf
              """),
          new AdminEdit(
              "14: units switched on and off, masked and limited",
              """
              systemctl disable NetworkManager-wait-online.service
              systemctl enable serial-getty@ttyS0.service
              systemctl mask apt-daily-upgrade.timer
              mkdir systemd/system/nginx.service.d
              printf '[Service]\\nLimitNOFILE=16384\\n' > systemd/system/nginx.service.d/limits.conf
              """,
              """
              state() { systemctl --root=/ is-enabled "$1" || true; }
              test "$(state NetworkManager-wait-online.service)" = disabled
              test ! -e systemd/system/network-online.target.wants
              test "$(state serial-getty@ttyS0.service)" = enabled
              test "$(state apt-daily-upgrade.timer)" = masked
              test "$(state nginx.service)" = enabled
              same systemd/system/nginx.service.d/limits.conf
              """),
          new AdminEdit(
              "15: a router, in sysctl.conf, which the new release reads no more",
              "echo net.ipv4.ip_forward = 1 >> sysctl.conf",
              """
              test ! -e $NEW/sysctl.conf
              /usr/lib/systemd/systemd-sysctl --cat-config | grep -x 'net.ipv4.ip_forward = 1'
              """),
          new AdminEdit(
              "16: a job for cron, and who may read when what runs",
              """
              echo '17 4 * * * root /usr/local/sbin/backup' >> crontab
              chmod 600 crontab
              chmod 700 cron.d
              """,
              """
              only crontab <<'END'
              +17 4 * * * root /usr/local/sbin/backup
              END
              test "$(stat --format %a crontab cron.d | xargs)" = '600 700'
              """),
          new AdminEdit(
              "17: new files are nobody else's, in lines that the new release takes out",
              "sed -i 's/^UMASK.*/UMASK 027/' login.defs",
              """
              conflict login.defs
              grep -x 'UMASK 027' login.defs
              """),
          new AdminEdit(
              "18: homes are made at the first login",
              """
              sed -i '/^# end of pam-auth-update/i session optional pam_mkhomedir.so' \\
                pam.d/common-session
              """,
              """
              only pam.d/common-session <<'END'
              +session optional pam_mkhomedir.so
              END
              cmp pam.d/sshd $NEW/pam.d/sshd
              """),
          new AdminEdit(
              "19: an authority of the house's own is trusted, and one of the world's isn't",
              """
              sed -i 's,^mozilla/SwissSign_Gold,!&,' ca-certificates.conf
              update-ca-certificates
              """,
              """
              only ca-certificates.conf <<'END'
              -mozilla/SwissSign_Gold_CA_-_G2.crt
              +!mozilla/SwissSign_Gold_CA_-_G2.crt
              END
              trusted() {
                openssl verify -no-CApath -CAfile ssl/certs/ca-certificates.crt "$1" \\
                  && openssl verify -no-CAfile -CApath ssl/certs "$1"
              }
              trusted /usr/local/share/ca-certificates/house.crt
              if trusted /usr/share/ca-certificates/mozilla/SwissSign_Gold_CA_-_G2.crt; then exit 1; fi
              gone=$(comm -23 <(ls $OLD/ssl/certs/*.pem | xargs -n1 basename) \\
                <(ls $NEW/ssl/certs/*.pem | xargs -n1 basename))
              test -n "$gone"
              for name in $gone; do test ! -e ssl/certs/$name; done
              test "$(grep -c BEGIN ssl/certs/ca-certificates.crt)" \\
                = "$(grep -c BEGIN $NEW/ssl/certs/ca-certificates.crt)"
              """),
          new AdminEdit(
              "20: another mirror, in the line in which the new release has its name",
              "sed -i 's,^deb [^ ]*,deb http://mirror.example/debian,' apt/sources.list",
              """
              conflict apt/sources.list
              grep '^deb http://mirror.example/debian ' apt/sources.list
              """));

  private static final String WORDS =
      """
      set -eu
      cd /etc
      NEW=/mnt MINE=/media OLD=/srv
      only() {
        if cmp --silent $OLD/$1 $NEW/$1; then echo "$1 is the same in both releases"; exit 1; fi
        diff --unified=0 $NEW/$1 $1 | sed '1,2d; /^@/d' | diff - /dev/fd/3
      } 3<&0
      same() {
        cmp $MINE/$1 $1
        test "$(stat --format %U:%G:%a $MINE/$1)" = "$(stat --format %U:%G:%a $1)"
      }
      conflict() {
        same $1
        cmp $NEW/$1 $1.tiu-new
      }
      set -x
      """;

  String doing() {
    return "set -eux\ncd /etc\n" + does;
  }

  String holding() {
    return WORDS + holds;
  }

  @Override
  public String toString() {
    return title;
  }
}
