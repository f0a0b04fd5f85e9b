package dev.tiu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Holds the manual page against the program: what one has, the other has. */
final class ManPageTest {
  private static final Path PAGE = Path.of("../docs/man/tiu.1");

  /** A flag as mdoc writes it: {@code Fl -json}, {@code Fl l}, or in a synopsis {@code --json}. */
  private static final Pattern OPTION = Pattern.compile("\\bFl (-?[\\w-]+)|(?<![\\w-])(--[\\w-]+)");

  @Test
  void every_command_has_an_entry_and_every_entry_is_a_command() throws IOException {
    Set<String> documented = new TreeSet<>();
    Matcher entry =
        Pattern.compile("\\bNm Cm ((?:key|etc|health) \\w+|[\\w-]+)").matcher(joined(page()));
    while (entry.find()) {
      documented.add(entry.group(1));
    }
    Set<String> expected =
        commands().keySet().stream()
            .filter(name -> !Set.of("", "key", "etc", "health").contains(name))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(documented).isEqualTo(expected);
  }

  @Test
  void every_option_is_described_and_nothing_else_is() throws IOException {
    Set<String> documented = new TreeSet<>();
    Matcher option = OPTION.matcher(String.join("\n", page()));
    while (option.find()) {
      documented.add(option.group(1) == null ? option.group(2) : "-" + option.group(1));
    }
    Set<String> expected = new TreeSet<>();
    for (CommandLine command : commands().values()) {
      for (OptionSpec spec : command.getCommandSpec().options()) {
        expected.addAll(List.of(spec.names()));
      }
    }
    assertThat(documented).isEqualTo(expected);
  }

  @Test
  void every_option_of_a_command_stands_in_its_entry_or_with_the_common_ones() throws IOException {
    Set<String> common =
        Set.of(
            "-h",
            "--help",
            "-V",
            "--version",
            "--keyring",
            "--insecure-any-signer",
            "--limit-rate",
            "--minimum-rate",
            "--deadline",
            "--proxy",
            "--ca-file",
            "--cache-dir");
    Map<String, String> entries = entries();
    commands()
        .forEach(
            (name, command) -> {
              Set<String> left = new HashSet<>();
              for (OptionSpec spec : command.getCommandSpec().options()) {
                String entry = entries.getOrDefault(name, "");
                boolean described =
                    Arrays.stream(spec.names())
                        .anyMatch(n -> entry.contains(n) || entry.contains("Fl " + n.substring(1)));
                if (!described && !common.contains(spec.longestName())) {
                  left.add(spec.longestName());
                }
              }
              assertThat(left).as("options of `tiu %s` that its entry lacks", name).isEmpty();
            });
  }

  @Test
  void every_exit_code_stands_there_with_its_meaning() throws IOException {
    String text = joined(page()).replace(" .", ".").replace("Nm", "tiu");
    for (ExitCode code : ExitCode.values()) {
      String meaning = code.meaning();
      String sentence = meaning.substring(0, 1).toUpperCase(Locale.ROOT) + meaning.substring(1);
      assertThat(text).contains("It " + code.number() + " " + sentence + ".");
    }
  }

  private static List<String> page() throws IOException {
    return Files.readAllLines(PAGE);
  }

  /** The page as one line, without the dots that begin its macros. */
  private static String joined(List<String> lines) {
    return lines.stream()
        .map(line -> line.startsWith(".") ? line.substring(1) : line)
        .collect(Collectors.joining(" "));
  }

  /** The text of each command's entry, up to the next one. */
  private static Map<String, String> entries() throws IOException {
    Map<String, String> entries = new TreeMap<>();
    String[] pieces = joined(page()).split("\\bIt (?=Xo Nm Cm|Nm Cm)", -1);
    for (String piece : pieces) {
      Matcher name =
          Pattern.compile("^(?:Xo )?Nm Cm ((?:key|etc|health) \\w+|[\\w-]+)").matcher(piece);
      if (name.find()) {
        entries.put(name.group(1), piece);
      }
    }
    return entries;
  }

  /** All commands by what is typed after {@code tiu}; tiu itself has the empty name. */
  private static Map<String, CommandLine> commands() {
    ByteArrayOutputStream nowhere = new ByteArrayOutputStream();
    Context context =
        new Context(
            new Console(nowhere, nowhere),
            InputStream.nullInputStream(),
            Clock.systemUTC(),
            Map.of());
    return all("", Main.commandLine(context))
        .collect(
            Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (a, b) -> a, TreeMap::new));
  }

  private static Stream<Map.Entry<String, CommandLine>> all(String name, CommandLine command) {
    Stream<Map.Entry<String, CommandLine>> below =
        command.getSubcommands().entrySet().stream()
            .flatMap(sub -> all((name + " " + sub.getKey()).strip(), sub.getValue()));
    return Stream.concat(Stream.of(Map.entry(name, command)), below);
  }
}
