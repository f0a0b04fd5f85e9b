package dev.tiu;

import dev.tiu.verity.DevelopmentKeys;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tiu key init}. */
@Command(
    name = "init",
    description = "Make a certificate authority and a signer of one's own, to begin with.",
    mixinStandardHelpOptions = true)
final class KeyInitCommand implements Callable<Integer> {
  private final Context context;

  @Mixin private PassphraseOption passphrase;

  @Parameters(paramLabel = "DIR", description = "Where they go; made when missing.")
  private Path directory;

  KeyInitCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException {
    Optional<char[]> secret = passphrase.read();
    DevelopmentKeys.create(directory, secret, context.clock().instant(), new SecureRandom());
    Console console = context.console();
    TextTable table = new TextTable(path("ca.crt.pem"), "for the keyring of each device");
    table.add(path("ca.key.pem"), "makes further signers; keep it away from the network");
    table.add(path("signer.crt.pem"), "for `tiu create --cert`");
    table.add(path("signer.key.pem"), "for `tiu create --key`");
    table.lines().forEach(console::print);
    if (secret.isEmpty()) {
      console.note("The private keys aren't encrypted; --passphrase-file FILE does that.");
    }
    return ExitCode.OK.number();
  }

  private String path(String name) {
    return directory.resolve(name).toString();
  }
}
