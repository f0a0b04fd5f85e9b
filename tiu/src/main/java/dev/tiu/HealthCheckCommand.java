package dev.tiu;

import dev.tiu.health.Check;
import dev.tiu.health.HealthChecks;
import dev.tiu.health.HealthReport;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tiu health check}. */
@Command(
    name = "check",
    description = {
      "Make the health checks of the running system, and show what they found. Changes nothing.",
      "Ends with 12 if one failed that is required."
    },
    mixinStandardHelpOptions = true)
final class HealthCheckCommand implements Callable<Integer> {
  private final Context context;

  @Mixin private JsonOption json;

  @Parameters(paramLabel = "NAME", description = "Only these checks (default: all).")
  private List<String> names = List.of();

  HealthCheckCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException {
    List<Check> checks = chosen(new HealthDirectory(Path.of("/")).checks());
    if (checks.isEmpty()) {
      context
          .console()
          .note("There are no checks: they lie in /usr/lib/tiu/health.d and /etc/tiu/health.d");
    }
    HealthReport report = run(new HealthChecks(checks));
    HealthRecord record = HealthRecord.of(report, context.clock());
    if (json.isOn()) {
      context.console().json(record);
    } else {
      record.print(context.console());
    }
    return (report.isGood() ? ExitCode.OK : ExitCode.UNHEALTHY).number();
  }

  static HealthReport run(HealthChecks checks) throws IOException {
    try {
      return checks.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("the checks were interrupted, so there is no report");
    }
  }

  private List<Check> chosen(List<Check> all) throws UsageException {
    if (names.isEmpty()) {
      return all;
    }
    NavigableSet<String> unknown = new TreeSet<>(names);
    all.forEach(check -> unknown.remove(check.name()));
    if (!unknown.isEmpty()) {
      throw new UsageException(
          "there is no check %s; there are %s"
              .formatted(
                  String.join(", ", unknown),
                  all.isEmpty()
                      ? "none"
                      : String.join(", ", all.stream().map(Check::name).toList())));
    }
    return all.stream().filter(check -> names.contains(check.name())).toList();
  }
}
