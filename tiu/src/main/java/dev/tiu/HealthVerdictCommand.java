package dev.tiu;

import dev.tiu.boot.BootException;
import dev.tiu.boot.loader.LoaderState.Trial;
import dev.tiu.health.CheckResult;
import dev.tiu.health.HealthChecks;
import dev.tiu.health.HealthReport;
import dev.tiu.health.HealthScripts;
import dev.tiu.health.Importance;
import dev.tiu.linux.Command;
import dev.tiu.linux.CommandException;
import dev.tiu.snapshot.Device;
import dev.tiu.snapshot.Snapshot;
import dev.tiu.snapshot.SnapshotStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Mixin;

/** {@code tiu health verdict}. */
@picocli.CommandLine.Command(
    name = "verdict",
    description = {
      "What tiu-health.service runs at each boot: make the health checks, and do what follows.",
      "On trial: the snapshot becomes the default, or the machine goes back and reboots. The default:"
          + " after three boots running that failed, another snapshot takes its place.",
      "Ends with 12 if a check failed that is required."
    },
    mixinStandardHelpOptions = true)
final class HealthVerdictCommand implements Callable<Integer> {
  private static final Path ROOT = Path.of("/");
  private static final int NAMED = 4;
  private static final int SECONDS_BETWEEN_NOTICES = 5;
  private static final Path UPTIME = Path.of("/proc/uptime");

  /** For how long a verdict that can't be given is tried again. */
  private static final Duration PATIENCE = Duration.ofMinutes(15);

  private final Context context;
  private final HealthNotice notice = new HealthNotice(ROOT);

  @Mixin private DeviceOptions.Lock lock;

  @picocli.CommandLine.Option(
      names = "--failed",
      paramLabel = "WHY",
      description =
          "Make no checks: the boot has failed. What tiu-emergency.service runs where systemd gave up.")
  private Optional<String> failed = Optional.empty();

  @picocli.CommandLine.Option(
      names = "--if-on-trial",
      description = "Only if the snapshot that runs is on trial: what tiu-deadline.service runs.")
  private boolean ifOnTrial;

  HealthVerdictCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException {
    if (ifOnTrial && !isUndecided()) {
      return ExitCode.OK.number();
    }
    try {
      return judge();
    } catch (IOException | RuntimeException e) {
      if (failed.isPresent() || uptime().compareTo(PATIENCE) > 0) {
        new UnjudgedTrial(context.console(), notice).leave(e);
      }
      throw e;
    }
  }

  private Integer judge() throws IOException {
    Console console = context.console();
    HealthReport report = failed.isPresent() ? failure(failed.get()) : check(describe());
    if (Reboot.isUnderWay()) {
      console.note("The machine is on its way down, so there is no verdict on this boot");
      return ExitCode.OK.number();
    }
    HealthRecord record = HealthRecord.of(report, context.clock());
    Verdict.Given given = give(record);
    console.print(given.sentence());
    if (given.next() == Verdict.Next.STAY && record.good()) {
      notice.settle(given.sentence());
    } else {
      notice.show("tiu: " + given.sentence());
    }
    follow(given, record);
    return (record.good() && given.next() == Verdict.Next.STAY ? ExitCode.OK : ExitCode.UNHEALTHY)
        .number();
  }

  private static Duration uptime() throws IOException {
    String text = Files.readString(UPTIME);
    return Duration.ofSeconds(Long.parseLong(text.substring(0, text.indexOf('.'))));
  }

  /** {@code Snapshot 8, version 2.1, is on trial, try 1 of 3}. */
  private String describe() {
    try {
      return description();
    } catch (IOException e) {
      // The checks are made all the same, and their verdict says it.
      return "this system";
    }
  }

  private static String description() throws IOException {
    try (Device device = Device.ofRunningSystem();
        SnapshotStore store = device.snapshots();
        Boot boot = Boot.open(device, store, Optional.empty())) {
      Snapshot booted = Verdict.booted(store);
      String name =
          "Snapshot %d%s"
              .formatted(
                  booted.number(),
                  booted.info().image().map(image -> ", version " + image.version()).orElse(""));
      return switch (BootRole.of(booted, boot)) {
        case DEFAULT -> name + ", is the default";
        case CHOSEN -> name + ", was chosen in the boot menu";
        case TRIAL -> {
          Trial trial = boot.trial().orElseThrow();
          Boot.Attempt attempt = boot.attempt(booted, trial);
          yield "%s, is on trial, try %d of %d".formatted(name, attempt.number(), attempt.of());
        }
      };
    }
  }

  /** Whether what runs is neither the default nor decided on. */
  private static boolean isUndecided() throws IOException {
    try (Device device = Device.ofRunningSystem();
        SnapshotStore store = device.snapshots()) {
      return UnjudgedTrial.isOne(Verdict.booted(store));
    }
  }

  private static HealthReport failure(String why) {
    return new HealthReport(
        List.of(new CheckResult("boot", Importance.REQUIRED, false, 1, Duration.ZERO, why, "")));
  }

  /** Says meanwhile what is waited for. */
  private HealthReport check(String who) throws IOException {
    HealthChecks checks = new HealthChecks(new HealthDirectory(ROOT).checks());
    Thread teller = new Thread(() -> tell(who, checks), "notice");
    teller.setDaemon(true);
    teller.start();
    try {
      return HealthCheckCommand.run(checks);
    } finally {
      teller.interrupt();
      join(teller);
    }
  }

  private void tell(String who, HealthChecks checks) {
    try {
      while (true) {
        List<String> waiting = new ArrayList<>(checks.waiting());
        notice.show("tiu: %s, waiting for: %s".formatted(who, Console.some(waiting, NAMED)));
        TimeUnit.SECONDS.sleep(SECONDS_BETWEEN_NOTICES);
      }
    } catch (InterruptedException ended) {
      // The checks have ended.
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Verdict.Given give(HealthRecord record) throws IOException {
    try (Device device = Device.ofRunningSystem();
        SnapshotStore store = device.snapshots();
        Boot boot = open(device, store, record)) {
      Configuration settings = Configuration.ofMachine();
      Verdict verdict = new Verdict(device, store, boot, context.console(), settings);
      List<Verdict.Given> given = new ArrayList<>();
      lock.hold(device, "health verdict", () -> given.add(verdict.give(record)));
      if (given.get(0).next() == Verdict.Next.STAY) {
        new ContinuedTrial(store, boot, context.console())
            .goOn(given.get(0).booted(), settings.update().reboot());
      }
      return given.get(0);
    }
  }

  /** A default that is healthy is so without its boot partition, too. */
  private Boot open(Device device, SnapshotStore store, HealthRecord record) throws IOException {
    try {
      return Boot.open(device, store, Optional.empty());
    } catch (BootException e) {
      if (record.good() && Verdict.booted(store).isDefault()) {
        context.console().note(String.valueOf(e.getMessage()));
        return Boot.withoutLoader(device, store);
      }
      throw e;
    }
  }

  /** In this order: others hear of it, then the machine leaves, whatever became of that. */
  private void follow(Verdict.Given given, HealthRecord record) throws IOException {
    try {
      tell(given, record);
    } finally {
      leave(given.next());
    }
  }

  private void leave(Verdict.Next next) throws IOException {
    switch (next) {
      case STAY -> {
        // The machine goes on.
      }
      case REBOOT -> {
        if (!Reboot.insist(context.console())) {
          throw new IOException(
              "the machine has to reboot, as the system that runs is bad, and systemd doesn't do"
                  + " it. The service tries again; reboot it by hand");
        }
      }
      case CALL_FOR_HELP -> RemoteLogin.open();
    }
  }

  private void tell(Verdict.Given given, HealthRecord record) throws IOException {
    Console console = context.console();
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("snapshot", given.booted().number());
    given.booted().info().image().ifPresent(image -> fields.put("version", image.version()));
    if (record.reason() != null) {
      fields.put("reason", record.reason());
    }
    new EventLog(ROOT, context.clock(), console).add(given.event(), given.sentence(), fields);
    Hooks hooks = new Hooks(ROOT, console);
    Map<String, String> told = new LinkedHashMap<>();
    fields.forEach((name, value) -> told.put("TIU_" + upper(name), value.toString()));
    HealthScripts scripts = new HealthScripts(ROOT, HealthScripts.USUAL_LIMIT);
    if (given.event().equals("good")) {
      run(scripts.whenGood());
      hooks.tell(Hooks.Moment.GOOD, told);
    } else if (given.event().equals("bad")) {
      run(scripts.whenBad());
      hooks.tell(Hooks.Moment.BAD, told);
    }
  }

  private static String upper(String name) {
    return name.toUpperCase(Locale.ROOT);
  }

  private void run(List<List<String>> commands) {
    for (List<String> argv : commands) {
      try {
        Command.Result unused =
            Command.of(argv)
                .timeLimit(HealthScripts.USUAL_LIMIT)
                .outputLines(line -> context.console().note(line))
                .run();
      } catch (CommandException e) {
        context.console().note(String.valueOf(e.getMessage()));
      }
    }
  }
}
