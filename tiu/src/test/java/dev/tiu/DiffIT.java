package dev.tiu;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiu.bundle.Bundle;
import dev.tiu.bundle.FileSource;
import dev.tiu.bundle.Trust;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code tiu diff} of two sample systems, and of images with package databases. */
class DiffIT {
  @TempDir private static Path directory;

  private static final Tiu TIU = Tiu.now();
  private static SampleSystems samples;

  @BeforeAll
  static void pack() throws IOException {
    samples = SampleSystems.make(directory, TIU);
  }

  private static Tiu.Outcome diff(Path old, Path now, String... options) {
    Object[] all = new Object[5 + options.length];
    System.arraycopy(new Object[] {"diff", "--keyring", samples.keyring(), old, now}, 0, all, 0, 5);
    System.arraycopy(options, 0, all, 5, options.length);
    return TIU.run(all).orFail();
  }

  private static Map<String, List<String>> changed(JsonNode diff) {
    Map<String, List<String>> changed = new HashMap<>();
    for (JsonNode node : diff.path("changed")) {
      List<String> what = new ArrayList<>();
      node.path("what").forEach(aspect -> what.add(aspect.asText()));
      changed.put(node.path("path").asText(), what);
    }
    return changed;
  }

  @Test
  void diff_has_each_kind_of_change() throws IOException {
    JsonNode diff = diff(samples.v1(), samples.v2(), "--json").json();
    assertThat(diff.path("added").findValuesAsText("path"))
        .contains("etc/new.conf", "usr/lib/kind-b/y", "usr/lib/new/mod", "var/lib/app/more");
    assertThat(diff.path("removed").findValuesAsText("path"))
        .contains("etc/issue", "usr/lib/gone/deep/1", "usr/lib/kind-a/x", "usr/lib/old/mod");
    assertThat(changed(diff))
        .containsEntry("etc/motd", List.of("content", "time"))
        .containsEntry("usr/lib/tool", List.of("xattrs"))
        .containsEntry("usr/lib/same", List.of("xattrs"))
        .containsEntry("usr/lib/mode", List.of("mode", "owner"))
        .doesNotContainKey("usr/bin/true")
        .doesNotContainKey("etc/conf.d/a.conf");
    assertThat(changed(diff).get("usr/lib/kind-a")).startsWith("type");
    assertThat(diff.has("packages")).isFalse();
  }

  @Test
  void diff_says_what_an_update_writes() throws IOException {
    JsonNode update = diff(samples.v1(), samples.v2(), "--json").json().path("update");
    long expected = 0;
    for (String path :
        List.of(
            "etc/motd",
            "etc/new.conf",
            "usr/lib/big",
            "usr/lib/sparse",
            "usr/lib/kind-b/y",
            "usr/lib/group/written",
            "var/lib/app/more",
            "var/lib/app/data")) {
      expected += Files.size(samples.tree("v2").resolve(path));
    }
    assertThat(update.path("filesWritten").asInt()).isEqualTo(8);
    assertThat(update.path("bytesWritten").asLong()).isEqualTo(expected);
    assertThat(update.path("filesShared").asInt())
        .isEqualTo(5); // new/mod, hard-a, hard-c, group/cloned; hosts, which has motd's content
  }

  @Test
  void diff_for_people_marks_lines() {
    assertThat(diff(samples.v1(), samples.v2()).out().lines())
        .contains(
            "From Sample, version 1",
            "to   Sample, version 2",
            "  + /etc/new.conf  4 B",
            "  - /etc/issue  4 B",
            "  ~ /usr/lib/mode: mode, owner");
  }

  private static Path packages(String name, String path, String content) throws IOException {
    Path tree = samples.tree(name);
    Files.createDirectories(tree.resolve(path).getParent());
    Files.writeString(tree.resolve(path), content);
    return tree;
  }

  private static String status(String... namesAndVersions) {
    StringBuilder status = new StringBuilder();
    for (int i = 0; i < namesAndVersions.length; i += 2) {
      status
          .append("Package: ")
          .append(namesAndVersions[i])
          .append("\nStatus: install ok installed\nArchitecture: all\nVersion: ")
          .append(namesAndVersions[i + 1])
          .append("\n\n");
    }
    return status.toString();
  }

  @Test
  void packages_are_compared_also_where_the_database_moved() throws IOException {
    packages("p1", "var/lib/dpkg/status", status("a", "1", "b", "1", "c", "1"));
    Path tree =
        packages("p2", "usr/lib/sysimage/dpkg/status", status("b", "2", "c", "1", "d", "4"));
    Files.createDirectories(tree.resolve("var/lib"));
    Files.createSymbolicLink(tree.resolve("var/lib/dpkg"), Path.of("../../usr/lib/sysimage/dpkg"));
    Path old = samples.pack("p1", "1", "--architecture", "x86_64");
    Path now = samples.pack("p2", "2", "--architecture", "x86_64");
    JsonNode packages = diff(old, now, "--json").json().path("packages");
    assertThat(packages.path("removed").findValuesAsText("name")).containsExactly("a");
    assertThat(packages.path("added").findValuesAsText("name")).containsExactly("d");
    assertThat(packages.path("changed").path(0).path("newVersion").asText()).isEqualTo("2");
    assertThat(diff(old, now).out()).contains("  + d 4", "  - a 1", "  ~ b 1 -> 2");
  }

  @Test
  void rpm_gets_a_copy_of_its_database() throws IOException {
    packages("r1", "usr/lib/sysimage/rpm/rpmdb.sqlite", "database");
    Path bundle = samples.pack("r1", "1", "--architecture", "x86_64");
    List<String> copied = new ArrayList<>();
    PackageDatabases databases =
        new PackageDatabases(
            command -> {
              assertThat(command.argv()).startsWith("rpm", "--dbpath").contains("-qa");
              Path copy = Path.of(command.argv().get(2));
              copied.add(copy.toString());
              assertThat(copy.resolve("rpmdb.sqlite")).hasContent("database");
              return "bash\tx86_64\t5.2-1";
            });
    try (Bundle image = Bundle.open(FileSource.open(bundle), Trust.insecureWithoutSignature())) {
      assertThat(databases.read(image).orElseThrow().versions()).containsEntry("bash", "5.2-1");
    }
    assertThat(copied).hasSize(1);
    assertThat(Path.of(copied.get(0))).doesNotExist();
  }

  @Test
  void rpm_that_cannot_read_it_is_said_and_the_files_are_compared() throws IOException {
    packages("r2", "usr/lib/sysimage/rpm/rpmdb.sqlite", "no database");
    Path bundle = samples.pack("r2", "1", "--architecture", "x86_64");
    Tiu.Outcome outcome = diff(bundle, bundle);
    assertThat(outcome.err()).contains("packages can't be compared", "rpm");
    assertThat(outcome.out()).contains("Files: the same");
  }
}
