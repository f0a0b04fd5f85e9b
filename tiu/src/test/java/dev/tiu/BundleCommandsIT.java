package dev.tiu;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tiu.linux.Command;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the commands that look into bundles say, held against tools that aren't ours. */
class BundleCommandsIT {
  @TempDir private static Path directory;

  private static final Tiu TIU = Tiu.now();
  private static SampleSystems samples;

  @BeforeAll
  static void pack() throws IOException {
    samples = SampleSystems.make(directory, TIU);
  }

  /** A command with our keyring, the bundle of v1 and more. */
  private static Tiu.Outcome run(String command, Object... more) {
    Object[] start = {command, "--keyring", samples.keyring()};
    Object[] all = Arrays.copyOf(start, start.length + more.length);
    System.arraycopy(more, 0, all, start.length, more.length);
    return TIU.run(all);
  }

  @Test
  void info_has_what_veritysetup_needs() throws IOException {
    JsonNode info = run("info", "--json", samples.v1()).orFail().json();
    JsonNode verity = info.path("verity");
    Command.of(
            "veritysetup",
            "verify",
            samples.v1().toString(),
            samples.v1().toString(),
            verity.path("rootHash").asText(),
            "--hash-offset=" + verity.path("treeOffset").asLong())
        .run();
    String dump =
        Command.of(
                "veritysetup",
                "dump",
                samples.v1().toString(),
                "--hash-offset=" + verity.path("treeOffset").asLong())
            .run()
            .text();
    assertThat(dump).contains(verity.path("salt").asText());
  }

  @Test
  void info_is_the_manifest_as_openssl_finds_it_signed() throws IOException {
    JsonNode info = run("info", "--json", samples.v1()).orFail().json();
    byte[] bundle = Files.readAllBytes(samples.v1());
    Path cms = directory.resolve("cms.der");
    JsonNode table = info.path("contentTable");
    int start = (int) (table.path("offset").asLong() + table.path("size").asLong());
    Files.write(cms, Arrays.copyOfRange(bundle, start, bundle.length - 32));
    byte[] signed =
        Command.of(
                "openssl",
                "cms",
                "-verify",
                "-inform",
                "DER",
                "-in",
                cms.toString(),
                "-CAfile",
                samples.keyring().toString(),
                "-purpose",
                "any")
            .run()
            .output();
    JsonNode manifest = new ObjectMapper().readTree(signed);
    assertThat(manifest).hasSizeGreaterThan(5);
    for (Map.Entry<String, JsonNode> field : manifest.properties()) {
      assertThat(info.path(field.getKey())).as(field.getKey()).isEqualTo(field.getValue());
    }
    assertThat(info.path("signers")).hasSize(1);
    assertThat(info.path("signers").path(0).path("subject").asText()).contains("signer");
  }

  @Test
  void info_for_people_has_version_and_signer() {
    assertThat(run("info", samples.v1()).orFail().out())
        .contains("Sample, version 1", "For:", "sample", "Signed by:", "CN=tiu development signer");
  }

  @Test
  void verify_says_what_it_checked() {
    assertThat(run("verify", samples.v1()).orFail().out())
        .contains("Signature: by CN=tiu development signer", "Hash tree:", "Content:", "is whole");
  }

  @Test
  void ls_agrees_with_unsquashfs() throws IOException {
    List<String> expected =
        Command.of("unsquashfs", "-UTC", "-lln", samples.v1().toString())
            .run()
            .text()
            .lines()
            .filter(line -> line.contains("squashfs-root"))
            .map(line -> line.replaceFirst("squashfs-root/?", ""))
            .map(line -> line.replaceFirst("(\\d)/(\\d)", "$1:$2").replaceAll(", *", ","))
            .map(BundleCommandsIT::comparable)
            .filter(line -> line.chars().allMatch(c -> c > 31 && c < 127))
            .filter(line -> !line.endsWith(" usr/lib/a")) // half of a name with a newline
            .filter(line -> !line.startsWith("b")) // it cuts large minor numbers
            .sorted()
            .toList();
    List<String> actual =
        run("ls", "-lR", samples.v1())
            .orFail()
            .out()
            .lines()
            .map(line -> line.replaceFirst("^(\\S+) +\\d+ ", "$1 ").replaceFirst(" \\.$", ""))
            .map(BundleCommandsIT::comparable)
            .filter(line -> !line.contains("\\x"))
            .sorted()
            .toList();
    assertThat(expected).hasSizeGreaterThan(50);
    assertThat(actual).containsAll(expected);
  }

  /** One blank between columns, and no sizes of directories, which mean nothing. */
  private static String comparable(String line) {
    String single = line.strip().replaceAll(" +", " ");
    return single.startsWith("d") ? single.replaceFirst("^(\\S+ \\S+) \\d+ ", "$1 0 ") : single;
  }

  @Test
  void ls_escapes_names_and_shows_links_and_devices() {
    String list = run("ls", "-l", samples.v1(), "/usr/lib").orFail().out();
    assertThat(list.lines())
        .anyMatch(line -> line.endsWith(" a\\x0ab"))
        .anyMatch(line -> line.endsWith(" \\xff\\xfe"))
        .anyMatch(line -> line.startsWith("crw") && line.contains(" 1,3 "))
        .anyMatch(line -> line.startsWith("brw") && line.contains(" 259,1048575 "))
        .anyMatch(line -> line.matches("-rw\\S+ 3 +0:0 +5 .* hard-a"));
    assertThat(run("ls", "-l", samples.v1(), "etc/os-release").orFail().out())
        .matches("lrwxrwxrwx 1 12:34 .* etc/os-release -> \\.\\./usr/lib/os-release\n");
    assertThat(run("ls", samples.v1(), "etc/conf.d/").orFail().out()).isEqualTo("a.conf\n");
  }

  @Test
  void cat_writes_exactly_the_content() throws IOException {
    for (String path : List.of("usr/lib/big", "usr/lib/sparse", "usr/lib/empty", "etc/motd")) {
      assertThat(run("cat", samples.v1(), path).orFail().bytes())
          .as(path)
          .isEqualTo(Files.readAllBytes(samples.tree("v1").resolve(path)));
    }
  }

  @Test
  void cat_follows_links_in_the_image_and_takes_names_as_ls_shows_them() {
    assertThat(run("cat", samples.v1(), "/etc/os-release").orFail().out()).contains("ID=sample");
    assertThat(run("cat", samples.v1(), "usr/lib/a\\x0ab").orFail().out()).isEqualTo("newline\n");
    assertThat(run("cat", samples.v1(), "usr/lib/\\xff\\xfe").orFail().out()).isEqualTo("bytes\n");
    assertThat(run("cat", samples.v2(), "usr/lib/kind-a/motd").orFail().out()).isEqualTo("two\n");
  }

  @Test
  void what_has_no_content_or_is_not_there_is_named() {
    Tiu.Outcome directory = run("cat", samples.v1(), "etc");
    assertThat(directory.code()).isEqualTo(ExitCode.USAGE);
    assertThat(directory.err()).contains("/etc is a directory");
    Tiu.Outcome missing = run("ls", samples.v1(), "etc/nothing");
    assertThat(missing.code()).isEqualTo(ExitCode.USAGE);
    assertThat(missing.err()).contains("has no /etc/nothing");
  }

  @Test
  void tar_from_standard_input_gives_the_same_image() throws IOException {
    byte[] tar =
        Command.of(
                "tar",
                "--xattrs",
                "--xattrs-include=*",
                "--numeric-owner",
                "--sparse",
                "-C",
                samples.tree("v1").toString(),
                "-c",
                ".")
            .run()
            .output();
    Path bundle = directory.resolve("tar.tiu");
    TIU.run(
            new ByteArrayInputStream(tar),
            "create",
            "--tar",
            "-",
            "--output",
            bundle,
            "--key",
            directory.resolve("keys/signer.key.pem"),
            "--cert",
            directory.resolve("keys/signer.crt.pem"),
            "--compatible",
            "sample",
            "--version",
            "1",
            "--compression",
            "zstd:1")
        .orFail();
    assertThat(run("diff", samples.v1(), bundle).orFail().out())
        .contains("Files: the same", "An update writes 0 files");
    run("verify", bundle).orFail();
  }

  @Test
  void several_signers_and_encrypted_keys() throws IOException {
    Path secret = Files.writeString(directory.resolve("secret"), "correct horse\n");
    Path other = directory.resolve("other");
    TIU.run("key", "init", other, "--passphrase-file", secret).orFail();
    Path bundle =
        samples.pack(
            "v1",
            "1.two",
            "--key",
            other.resolve("signer.key.pem").toString(),
            "--cert",
            other.resolve("signer.crt.pem").toString(),
            "--passphrase-file",
            secret.toString());
    run("verify", bundle).orFail();
    TIU.run("verify", "--keyring", other.resolve("ca.crt.pem"), bundle).orFail();
  }

  @Test
  void mount_says_what_this_kernel_lacks_or_mounts() throws IOException {
    Path target = Files.createDirectories(directory.resolve("mnt"));
    Tiu.Outcome outcome = run("mount", samples.v1(), target);
    if (outcome.code() == ExitCode.OK) {
      Path motd = target.resolve("etc/motd");
      String content = Files.readString(motd);
      TIU.run("umount", target).orFail();
      assertThat(content).isEqualTo("one\n");
      assertThat(motd).doesNotExist();
    } else {
      assertThat(outcome.code()).isEqualTo(ExitCode.IO);
      assertThat(outcome.err()).contains("no dm-verity", "CONFIG_DM_VERITY", "tiu extract");
    }
  }
}
