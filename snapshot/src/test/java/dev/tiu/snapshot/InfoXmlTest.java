package dev.tiu.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InfoXmlTest {
  private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
  private static final ImageReference IMAGE = new ImageReference("ab".repeat(32), "2.1~rc1");

  private static SnapshotInfo parse(String xml) throws Exception {
    return InfoXml.parse(xml.getBytes(StandardCharsets.UTF_8), "7/info.xml");
  }

  @Test
  void what_is_written_is_read_again() throws Exception {
    SnapshotInfo info =
        SnapshotInfo.building(7, NOON, "Debian <12> & \"more\"", IMAGE, OptionalInt.of(3));

    assertThat(InfoXml.parse(InfoXml.write(info), "7/info.xml")).isEqualTo(info);
  }

  @Test
  void state_image_and_base_stand_in_the_userdata() {
    SnapshotInfo info = SnapshotInfo.building(7, NOON, "d", IMAGE, OptionalInt.of(3));

    assertThat(info.userdata())
        .containsEntry("tiu-state", "building")
        .containsEntry("tiu-version", "2.1~rc1")
        .containsEntry("tiu-image", "ab".repeat(32))
        .containsEntry("tiu-base", "3");
  }

  @Test
  void a_reason_goes_with_the_next_state() {
    SnapshotInfo bad =
        SnapshotInfo.building(7, NOON, "d", IMAGE, OptionalInt.empty()).markedBad("no sshd");

    assertThat(bad.state()).contains(SnapshotState.BAD);
    assertThat(bad.reason()).contains("no sshd");
    assertThat(bad.withState(SnapshotState.GOOD).reason()).isEmpty();
  }

  @Test
  void what_snapper_wrote_is_kept_when_our_state_changes() throws Exception {
    SnapshotInfo info =
        parse(
            """
            <?xml version="1.0"?>
            <snapshot>
              <type>post</type>
              <num>12</num>
              <date>2024-02-29 23:59:58</date>
              <uid>1000</uid>
              <pre_num>11</pre_num>
              <description>zypp(zypper)</description>
              <cleanup>number</cleanup>
              <userdata>
                <key>important</key>
                <value>yes</value>
              </userdata>
            </snapshot>
            """);

    SnapshotInfo again =
        InfoXml.parse(InfoXml.write(info.withState(SnapshotState.GOOD)), "12/info.xml");

    assertThat(again.type()).isEqualTo("post");
    assertThat(again.preNumber()).hasValue(11);
    assertThat(again.uid()).hasValue(1000);
    assertThat(again.date()).isEqualTo(Instant.parse("2024-02-29T23:59:58Z"));
    assertThat(again.cleanup()).contains("number");
    assertThat(again.userdata()).containsEntry("important", "yes");
    assertThat(info.state()).as("snapper's own has no state of ours").isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "<snapshot>",
        "<snapshot><type>single</type></snapshot>",
        "<snapshot><num>x</num></snapshot>",
        "<snapshot><num>0</num></snapshot>",
        "<snapshot><num>1</num><date>yesterday</date></snapshot>",
        "<snapshot><num>1</num><userdata><key>a</key></userdata></snapshot>",
        "<!DOCTYPE s [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>"
            + "<snapshot><num>1</num><description>&e;</description></snapshot>",
      })
  void what_neither_wrote_is_refused_by_the_name_of_the_file(String xml) {
    assertThatThrownBy(() -> parse(xml))
        .isInstanceOf(DeviceException.class)
        .hasMessageContaining("7/info.xml");
  }

  @Test
  void what_is_wrong_is_said_by_the_exception_alone() {
    PrintStream err = System.err;
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
    try {
      assertThatThrownBy(
              () -> InfoXml.parse("<snapshot>".getBytes(StandardCharsets.UTF_8), "info.xml"))
          .isInstanceOf(DeviceException.class);
    } finally {
      System.setErr(err);
    }
    assertThat(said.toString(StandardCharsets.UTF_8)).isEmpty();
  }

  @Test
  void a_character_that_xml_cannot_hold_is_replaced() throws IOException {
    ImageReference image = new ImageReference("0f".repeat(32), "1");
    SnapshotInfo info =
        SnapshotInfo.building(
            1,
            Instant.EPOCH,
            "a\u0000b\u001b[1mc\ud800d\ttab\r\n \ud83d\ude00",
            image,
            OptionalInt.empty());

    assertThat(InfoXml.parse(InfoXml.write(info), "info.xml").description())
        .isEqualTo("a\ufffdb\ufffd[1mc\ufffdd\ttab\r\n \ud83d\ude00");
  }
}
