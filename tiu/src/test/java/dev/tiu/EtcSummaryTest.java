package dev.tiu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.linux.BytePath;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EtcSummaryTest {
  private static EtcReport.Line line(String path, String outcome, boolean conflict) {
    return new EtcReport.Line(
        BytePath.of(path), outcome, conflict, Optional.empty(), Optional.empty(), false);
  }

  private static EtcReport.Line account(String outcome, String detail) {
    return new EtcReport.Line(
        BytePath.of("group"), outcome, false, Optional.empty(), Optional.of(detail), false);
  }

  private static List<String> printed(EtcReport.Line... lines) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    EtcSummary.print(new EtcReport(List.of(lines)), new Console(out, new ByteArrayOutputStream()));
    return out.toString(StandardCharsets.UTF_8).lines().toList();
  }

  @Test
  void print_beginsWithWhatSomebodyShouldLookAt_andCountsWhatWentByItself() {
    assertThat(
            printed(
                line("adduser.conf", "updated", false),
                line("crontab", "merged", false),
                line("ld.so.cache", "made", false),
                line("login.defs", "kept-local", true),
                line("nginx/nginx.conf", "merged", false),
                line("profile.d/new.sh", "added", false),
                account("account", "clock: its number 993 is sensors's here"),
                account("account-number", "kvm: has the number 992 in the image now"),
                account("account-number", "sgx: has the number 994 in the image now")))
        .containsExactly(
            "/etc/login.defs: changed here and in the image: yours is live, the image's is beside"
                + " it",
            "/etc/group: clock: its number 993 is sensors's here",
            "/etc: the image has other numbers for 2 accounts: those of the device stay",
            "/etc: your changes and the image's are both in crontab, nginx/nginx.conf",
            "/etc: 2 changes taken from the image");
  }

  @Test
  void print_ofNothing_saysNothing() {
    assertThat(printed()).isEmpty();
  }
}
