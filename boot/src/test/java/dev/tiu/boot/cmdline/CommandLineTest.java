package dev.tiu.boot.cmdline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiu.boot.BootException;
import dev.tiu.boot.cmdline.CommandLine.Line;
import dev.tiu.linux.Dir;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CommandLineTest {
  private static final UUID ID = UUID.fromString("a3b1ff9f-3a6c-4b5f-9be7-6c5b0d6f0f11");
  private static final String ROOT =
      "root=UUID=a3b1ff9f-3a6c-4b5f-9be7-6c5b0d6f0f11"
          + " rootflags=subvol=@/.snapshots/7/snapshot rw";
  private static final String DEFAULTS = " panic=5 rd.shell=0 rd.emergency=reboot";

  @TempDir private Path etc;
  private KernelArguments image = KernelArguments.NONE;

  @BeforeEach
  void noDirectoryYet() {
    assertThat(etc).isEmptyDirectory();
  }

  private void write(String name, String text) throws IOException {
    Files.createDirectories(etc.resolve("tiu/cmdline.d"));
    Files.writeString(etc.resolve("tiu/cmdline.d").resolve(name), text);
  }

  private static KernelArgument argument(String text) {
    return KernelArgument.parse(text);
  }

  private ArgumentEdit edit() throws IOException {
    try (Dir dir = Dir.open(etc)) {
      KernelArguments root = CommandLine.root(ID, "@/.snapshots/7/snapshot");
      return new ArgumentEdit(root, image, DeviceArguments.read(dir));
    }
  }

  private CommandLine line() throws IOException {
    return edit().commandLine();
  }

  private void assertLine(String behindRoot) throws IOException {
    assertThat(line().arguments()).hasToString(ROOT + behindRoot);
  }

  private void save(ArgumentEdit edit) throws IOException {
    try (Dir dir = Dir.open(etc)) {
      edit.write(dir);
    }
  }

  private void append(String... arguments) throws IOException {
    ArgumentEdit edit = edit();
    for (String one : arguments) {
      edit.append(argument(one));
    }
    save(edit);
  }

  private void delete(String pattern) throws IOException {
    ArgumentEdit edit = edit();
    edit.delete(argument(pattern));
    save(edit);
  }

  private void replace(String text) throws IOException {
    ArgumentEdit edit = edit();
    edit.replace(argument(text));
    save(edit);
  }

  @Test
  void root_defaults_image_and_device_follow_each_other() throws Exception {
    image = KernelArguments.parse("console=ttyS0 quiet");
    write("10-site.conf", "# ours\n\nnet.ifnames=0 foo=\"a b\"\n");
    write("20-more.conf", "console=tty0");
    write("20-more.conf~", "ignored");
    assertLine(DEFAULTS + " console=ttyS0 quiet net.ifnames=0 foo=\"a b\" console=tty0");
    assertThat(line().lines())
        .extracting(Line::source)
        .containsExactly(
            "tiu, always",
            "tiu, always",
            "tiu, always",
            "tiu, by default",
            "tiu, by default",
            "tiu, by default",
            "image",
            "image",
            "/etc/tiu/cmdline.d/10-site.conf",
            "/etc/tiu/cmdline.d/10-site.conf",
            "/etc/tiu/cmdline.d/20-more.conf");
  }

  @Test
  void default_gives_way_to_whoever_says_another() throws Exception {
    image = KernelArguments.of("panic=30");
    write("10.conf", "rd.shell=1");
    assertLine(" rd.emergency=reboot panic=30 rd.shell=1");
  }

  @Test
  void file_deletes_what_comes_before_it_and_not_what_it_appends() throws Exception {
    image = KernelArguments.parse("console=ttyS0 console=tty0 quiet splash");
    write("10.conf", "late=1");
    write("20.conf", "quiet=no\ndelete: console=tty0 quiet late panic\nconsole=ttyS1");
    write("30.conf", "late=2");
    assertLine(
        " rd.shell=0 rd.emergency=reboot console=ttyS0 splash quiet=no console=ttyS1 late=2");
  }

  @Test
  void kargs_appends_once() throws Exception {
    image = KernelArguments.of("quiet");
    append("foo=\"a b\"", "quiet", "foo=\"a b\"");
    assertLine(DEFAULTS + " quiet foo=\"a b\"");
    assertThat(etc.resolve("tiu/cmdline.d/90-kargs.conf"))
        .hasContent("# Written by `tiu kargs`; docs/boot.md describes these files.\nfoo=\"a b\"\n");
  }

  @Test
  void kargs_deletes_of_later_images_too() throws Exception {
    image = KernelArguments.parse("quiet splash");
    delete("splash");
    assertLine(DEFAULTS + " quiet");
    image = KernelArguments.parse("splash=silent other");
    assertLine(DEFAULTS + " other");
  }

  @Test
  void kargs_brings_back_what_it_deleted() throws Exception {
    image = KernelArguments.parse("quiet splash");
    delete("splash");
    append("splash");
    assertLine(DEFAULTS + " quiet splash");
    append("mine=1");
    delete("mine");
    assertThat(Files.readString(etc.resolve("tiu/cmdline.d/90-kargs.conf")))
        .doesNotContain("mine")
        .doesNotContain("delete");
  }

  @Test
  void kargs_replaces_all_of_a_name() throws Exception {
    image = KernelArguments.parse("console=ttyS0 console=tty0");
    replace("console=ttyAMA0");
    replace("console=ttyAMA1");
    replace("panic=60");
    assertLine(" rd.shell=0 rd.emergency=reboot console=ttyAMA1 panic=60");
  }

  @Test
  void what_is_not_there_can_not_be_deleted() {
    assertThatThrownBy(() -> delete("splash"))
        .hasMessage(
            "There is no kernel argument splash to delete. `tiu kargs` shows those that there are");
  }

  @Test
  void what_a_later_file_says_is_deleted_there() throws Exception {
    write("95-late.conf", "splash");
    assertThatThrownBy(() -> delete("splash"))
        .hasMessage(
            "splash is said in /etc/tiu/cmdline.d/95-late.conf, which is read after 90-kargs.conf."
                + " Delete it there");
  }

  @Test
  void arguments_that_find_the_root_are_tius_alone() throws Exception {
    assertThatThrownBy(() -> delete("root")).hasMessageStartingWith("root is tiu's own: ");
    assertThatThrownBy(() -> append("rootflags=compress=zstd"))
        .hasMessageStartingWith("rootflags is tiu's own: ");
    assertThatThrownBy(() -> replace("ro")).hasMessageStartingWith("ro is tiu's own: ");
    write("10.conf", "delete: rw");
    assertThatThrownBy(this::line)
        .isInstanceOf(BootException.class)
        .hasMessageStartingWith(
            "The kernel's command line: /etc/tiu/cmdline.d/10.conf deletes rw, which is tiu's own.");
    write("10.conf", "");
    image = KernelArguments.of("root=/dev/sda2");
    assertThatThrownBy(this::line)
        .hasMessageStartingWith(
            "The kernel's command line: the image says root=/dev/sda2, which is tiu's own.");
  }

  @Test
  void line_that_can_not_be_read_is_named() throws Exception {
    write("10.conf", "quiet\n\nfoo=\"a b\n");
    assertThatThrownBy(this::line)
        .isInstanceOf(BootException.class)
        .hasMessageStartingWith(
            "/etc/tiu/cmdline.d/10.conf, line 3: a double quote is never closed in: foo=\"a b. ");
  }
}
