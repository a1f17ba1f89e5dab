package com.github.shiroedev2024.leaf.engine.transport.tls;

import com.github.shiroedev2024.leaf.engine.certificate.Identity;
import com.github.shiroedev2024.leaf.engine.certificate.SelfSigned;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.spi.Problems;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import com.github.shiroedev2024.leaf.engine.spi.Settings.Value;
import com.github.shiroedev2024.leaf.engine.spi.Source;
import java.security.cert.CertificateEncodingException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.helpers.NOPLoggerFactory;

/** Certificates, and both sides made from settings as a configuration gives them. */
final class Tls {
  private Tls() {}

  static Identity identity(String... names) {
    return identity(Duration.ofDays(-1), Duration.ofDays(1), names);
  }

  /**
   * @param from from now
   * @param until from now
   */
  static Identity identity(Duration from, Duration until, String... names) {
    Instant now = Instant.now();
    return SelfSigned.make(Arrays.asList(names), now.plus(from), now.plus(until));
  }

  static String certificate(Identity identity) {
    try {
      return SelfSigned.pem("CERTIFICATE", identity.chain().getFirst().getEncoded());
    } catch (CertificateEncodingException e) {
      throw new AssertionError(e);
    }
  }

  static String key(Identity identity) {
    return SelfSigned.pem("PRIVATE KEY", identity.key().getEncoded());
  }

  static Settings settings(Problems problems, Map<String, ?> settings) {
    Map<String, Value> values = new HashMap<>();
    settings.forEach((key, value) -> values.put(key, value(value)));
    return new Settings("'a'", Source.NONE, values, false, problems);
  }

  private static Value value(Object raw) {
    return new Value(
        raw instanceof List<?> items ? items.stream().map(Tls::value).toList() : raw, Source.NONE);
  }

  static Settings valid(Map<String, ?> settings) {
    return settings(new Problems(), settings);
  }

  static TlsOutbound client(boolean library, EngineOptions limits, Map<String, ?> settings) {
    return new TlsOutbound(
        "out", TlsOptions.read(valid(settings)), limits, new NOPLoggerFactory(), library);
  }

  /** A client that trusts this server. */
  static TlsOutbound client(boolean library, Identity server) {
    return client(library, EngineOptions.defaults(), Map.of("certificate", certificate(server)));
  }

  static TlsLayer server(
      TlsTunnel tunnel, boolean library, Identity identity, Map<String, ?> settings) {
    Map<String, Object> all = new HashMap<>(settings);
    all.putIfAbsent("certificate", certificate(identity));
    all.putIfAbsent("certificateKey", key(identity));
    return new TlsLayer("in", TlsLayerOptions.read(valid(all)), tunnel, library);
  }

  static TlsLayer server(TlsTunnel tunnel, boolean library, Identity identity) {
    return server(tunnel, library, identity, Map.of());
  }
}
