package dev.tiu.health.probe;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Whether a router that leads out of the network answers a ping.
 *
 * @param root where {@code proc} lies
 */
public record GatewayProbe(Path root) implements Probe {
  private static final int GATEWAY = 0x2;
  private static final int V4_FIELDS = 8;
  private static final int V6_FIELDS = 10;
  private static final String NO_PREFIX = "00";

  @Override
  public Finding look(Duration limit) throws InterruptedException {
    List<InetAddress> gateways;
    try {
      gateways = gateways();
    } catch (IOException | IllegalArgumentException e) {
      return Finding.bad("the routes can't be read: " + e.getMessage());
    }
    if (gateways.isEmpty()) {
      return Finding.bad("there is no route out of the network");
    }
    Finding last = Finding.bad("no gateway was asked");
    for (InetAddress gateway : gateways) {
      Duration share = limit.dividedBy(gateways.size());
      String name = gateway.getHostAddress();
      last =
          Bounded.call(
              share,
              "gateway " + name,
              () ->
                  Finding.of(
                      gateway.isReachable((int) Math.max(1, share.toMillis() - 1)),
                      "gateway " + name));
      if (last.isGood()) {
        return Finding.good("gateway %s answers".formatted(name));
      }
    }
    return Finding.bad(last.detail() + " doesn't answer");
  }

  /** Of the default routes; the kernel lists those that it prefers first. */
  private List<InetAddress> gateways() throws IOException {
    List<InetAddress> gateways = new ArrayList<>();
    for (String line : lines("proc/net/route")) {
      // Iface Destination Gateway Flags …, addresses as the machine's own u32.
      String[] fields = line.strip().split("\\s+", -1);
      if (fields.length >= V4_FIELDS
          && fields[1].equals("00000000")
          && fields[7].equals("00000000")
          && (Integer.parseInt(fields[3], 16) & GATEWAY) != 0) {
        gateways.add(InetAddress.getByAddress(reversed(HexFormat.of().parseHex(fields[2]))));
      }
    }
    for (String line : lines("proc/net/ipv6_route")) {
      // destination prefix source prefix next-hop metric references use flags device
      String[] fields = line.strip().split("\\s+", -1);
      if (fields.length >= V6_FIELDS
          && fields[1].equals(NO_PREFIX)
          && fields[0].matches("0+")
          && (Long.parseLong(fields[8], 16) & GATEWAY) != 0) {
        byte[] address = HexFormat.of().parseHex(fields[4]);
        gateways.add(Inet6Address.getByAddress("", address, scope(fields[9])));
      }
    }
    return gateways;
  }

  /** A router's address is mostly one of the link, and means nothing without the link. */
  private static int scope(String device) throws IOException {
    NetworkInterface link = NetworkInterface.getByName(device);
    return link == null ? -1 : link.getIndex();
  }

  private List<String> lines(String path) throws IOException {
    Path file = root.resolve(path);
    return Files.exists(file) ? Files.readAllLines(file) : List.of();
  }

  private static byte[] reversed(byte[] bytes) {
    byte[] reversed = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      reversed[i] = bytes[bytes.length - 1 - i];
    }
    return reversed;
  }

  @Override
  public Cost cost() {
    return Cost.WORK;
  }
}
