package dev.tiu.bundle.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.Authenticator;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Makes the JDK's client as a transfer's settings want it. */
final class Clients {
  private Clients() {}

  static HttpClient of(Transfer transfer) throws IOException {
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(transfer.patience())
            .proxy(new Selector(transfer.proxies()));
    if (transfer.caFile().isPresent()) {
      builder.sslContext(trusting(transfer.caFile().get()));
    }
    boolean secrets =
        transfer.proxies().http().flatMap(WebAddress::authorization).isPresent()
            || transfer.proxies().https().flatMap(WebAddress::authorization).isPresent();
    if (secrets) {
      // Java gives a proxy no password for a tunnel unless told so, once per process.
      System.setProperty("jdk.http.auth.tunneling.disabledSchemes", "");
      builder.authenticator(new ProxyPasswords(transfer.proxies()));
    }
    return builder.build();
  }

  private static SSLContext trusting(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      int count = 0;
      for (Certificate c : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        store.setCertificateEntry("ca" + count++, c);
      }
      if (count == 0) {
        throw new IOException(file + ": has no certificate. It must be PEM");
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException(file + ": no certificates that can be used: " + e.getMessage(), e);
    }
  }

  /** The proxy for each address. */
  private static final class Selector extends ProxySelector {
    private final Proxies proxies;

    Selector(Proxies proxies) {
      this.proxies = proxies;
    }

    @Override
    public List<Proxy> select(URI uri) {
      return proxies
          .forAddress(uri)
          .map(proxy -> List.of(new Proxy(Proxy.Type.HTTP, address(proxy.uri()))))
          .orElse(List.of(Proxy.NO_PROXY));
    }

    private static InetSocketAddress address(URI proxy) {
      return InetSocketAddress.createUnresolved(
          proxy.getHost(), proxy.getPort() < 0 ? 3128 : proxy.getPort());
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException failure) {}
  }

  /** Names and passwords for proxies, and for nobody else. */
  private static final class ProxyPasswords extends Authenticator {
    private final Proxies proxies;

    ProxyPasswords(Proxies proxies) {
      this.proxies = proxies;
    }

    @Override
    protected @Nullable PasswordAuthentication getPasswordAuthentication() {
      if (getRequestorType() != RequestorType.PROXY) {
        return null;
      }
      return proxies
          .http()
          .filter(this::isAsking)
          .or(() -> proxies.https().filter(this::isAsking))
          .flatMap(WebAddress::authorization)
          .flatMap(ProxyPasswords::pair)
          .orElse(null);
    }

    private boolean isAsking(WebAddress proxy) {
      return proxy.uri().getHost().equalsIgnoreCase(getRequestingHost());
    }

    private static Optional<PasswordAuthentication> pair(String basic) {
      byte[] decoded = Base64.getDecoder().decode(basic.substring("Basic ".length()));
      String text = new String(decoded, StandardCharsets.UTF_8);
      int colon = text.indexOf(':');
      return Optional.of(
          new PasswordAuthentication(
              text.substring(0, colon), text.substring(colon + 1).toCharArray()));
    }
  }
}
