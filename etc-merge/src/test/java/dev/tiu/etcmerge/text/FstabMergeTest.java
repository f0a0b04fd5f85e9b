package dev.tiu.etcmerge.text;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class FstabMergeTest {
  private final TreeMap<String, FstabMerge.Own> own = new TreeMap<>();

  private FstabMerge.Result merge(String base, String local, String image) {
    return FstabMerge.merge(
            base.getBytes(ISO_8859_1), local.getBytes(ISO_8859_1), image.getBytes(ISO_8859_1), own)
        .orElseThrow();
  }

  private String content(String base, String local, String image) {
    return new String(merge(base, local, image).content(), ISO_8859_1);
  }

  @Test
  void merge_keepsWhatTheAdminMountsAndTakesWhatTheImageChanges() {
    assertThat(
            content(
                "tmpfs /tmp tmpfs size=1G 0 0\n",
                "# mine\ntmpfs /tmp tmpfs size=1G 0 0\n/dev/sdb1 /data ext4 noauto 0 2\n",
                "tmpfs /tmp tmpfs size=2G 0 0\nnone /new tmpfs defaults 0 0\n"))
        .isEqualTo(
            """
            # mine
            tmpfs /tmp tmpfs size=2G 0 0
            /dev/sdb1 /data ext4 noauto 0 2
            none /new tmpfs defaults 0 0
            """);
  }

  @Test
  void merge_ofDifferentFieldsOfOneEntry_takesBoth() {
    assertThat(content("LABEL=d /d ext4 ro\n", "LABEL=mine /d ext4 ro\n", "LABEL=d /d ext4 rw\n"))
        .isEqualTo("LABEL=mine /d ext4 rw 0 0\n");
  }

  @Test
  void merge_ofTheSameFieldChangedOnBothSides_keepsTheLocalOneAndSaysSo() {
    FstabMerge.Result result =
        merge("LABEL=d /d ext4 a 0 2\n", "LABEL=d /d ext4 b 0 2\n", "LABEL=d /d ext4 c 0 2\n");
    assertThat(new String(result.content(), ISO_8859_1)).isEqualTo("LABEL=d /d ext4 b 0 2\n");
    assertThat(result.conflicts()).containsExactly("/d");
  }

  @Test
  void merge_keepsALineThatNothingChangesByteForByte() {
    String line = "  LABEL=d\t/d\text4   ro  0\t2   # note";
    assertThat(content("x /x ext4\n", line + "\nx /x ext4\n", "")).isEqualTo(line + "\n");
  }

  @Test
  void merge_dropsWhatTheImageDropsUnlessItWasEdited() {
    assertThat(content("a /a ext4\nb /b ext4\n", "a /a ext4\nb /b xfs\n", ""))
        .isEqualTo("b /b xfs\n");
  }

  @Test
  void merge_leavesRemovedWhatTheAdminRemoved() {
    assertThat(content("a /a ext4 x\n", "# none\n", "a /a ext4 y\n")).isEqualTo("# none\n");
  }

  @Test
  void merge_tellsSwapsApartByWhatIsUsed() {
    assertThat(
            content(
                "/s1 none swap sw 0 0\n",
                "/s1 none swap sw 0 0\n/s2 none swap sw 0 0\n",
                "/s1 none swap pri=5 0 0\n"))
        .isEqualTo("/s1 none swap pri=5 0 0\n/s2 none swap sw 0 0\n");
  }

  @Test
  void merge_makesTheDevicesOwnEntriesAndKeepsTheirOtherOptions() {
    own.put("/", new FstabMerge.Own("UUID=1", Optional.empty()));
    own.put("/var", new FstabMerge.Own("UUID=1", Optional.of("subvol=@/var")));
    assertThat(
            content(
                "",
                "/dev/sda2 / btrfs compress=zstd,subvolid=5 0 1\n",
                "LABEL=image / ext4 errors=remount-ro 0 1\n"))
        .isEqualTo("UUID=1 / btrfs compress=zstd 0 0\nUUID=1 /var btrfs subvol=@/var 0 0\n");
  }

  @Test
  void merge_keepsOfAnotherFileSystemOnlyTheOptionsThatAnyHas() {
    own.put("/", new FstabMerge.Own("UUID=1", Optional.empty()));
    own.put("/home", new FstabMerge.Own("UUID=1", Optional.of("subvol=@/home")));
    own.put("/var", new FstabMerge.Own("UUID=1", Optional.of("subvol=@/var")));
    String local =
        """
        LABEL=r / ext4 errors=remount-ro,discard,noatime,x-systemd.device-timeout=9 0 1
        LABEL=h /home xfs pquota 0 2
        LABEL=v /var ext4 nosuid,data=writeback,nofail,context="a:b:c:s0:c1,c2" 0 2
        """;
    assertThat(content(local, local, local))
        .isEqualTo(
            """
            UUID=1 / btrfs noatime,x-systemd.device-timeout=9 0 0
            UUID=1 /home btrfs subvol=@/home 0 0
            UUID=1 /var btrfs nosuid,nofail,context="a:b:c:s0:c1,c2",subvol=@/var 0 0
            """);
    own.remove("/home");
    own.remove("/var");
    assertThat(content("", "LABEL=r / ext4 errors=remount-ro 0 1\n", ""))
        .isEqualTo("UUID=1 / btrfs defaults 0 0\n");
  }

  @Test
  void merge_ofTheResultAgain_changesNothing() {
    own.put("/var", new FstabMerge.Own("UUID=1", Optional.of("subvol=@/var")));
    String image = "tmpfs /tmp tmpfs size=2G 0 0\n";
    String merged = content("tmpfs /tmp tmpfs size=1G 0 0\n", "x /x ext4\n", image);
    assertThat(content(image, merged, image)).isEqualTo(merged);
  }
}
