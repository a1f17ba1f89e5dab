package com.github.shiroedev2024.leaf.engine.transport;

import com.github.shiroedev2024.leaf.engine.certificate.Identity;
import com.github.shiroedev2024.leaf.engine.certificate.SelfSigned;
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

/** Certificates of tests' own, and settings as a configuration gives them. */
public final class Certificates {
  private Certificates() {}

  public static Identity identity(String... names) {
    return identity(Duration.ofDays(-1), Duration.ofDays(1), names);
  }

  /**
   * @param from from now
   * @param until from now
   */
  public static Identity identity(Duration from, Duration until, String... names) {
    Instant now = Instant.now();
    return SelfSigned.make(Arrays.asList(names), now.plus(from), now.plus(until));
  }

  public static String certificate(Identity identity) {
    try {
      return SelfSigned.pem("CERTIFICATE", identity.chain().getFirst().getEncoded());
    } catch (CertificateEncodingException e) {
      throw new AssertionError(e);
    }
  }

  public static String key(Identity identity) {
    return SelfSigned.pem("PRIVATE KEY", identity.key().getEncoded());
  }

  public static Settings settings(Problems problems, Map<String, ?> settings) {
    Map<String, Value> values = new HashMap<>();
    settings.forEach((key, value) -> values.put(key, value(value)));
    return new Settings("'a'", Source.NONE, values, false, problems);
  }

  private static Value value(Object raw) {
    return new Value(
        raw instanceof List<?> items ? items.stream().map(Certificates::value).toList() : raw,
        Source.NONE);
  }

  public static Settings valid(Map<String, ?> settings) {
    return settings(new Problems(), settings);
  }
}
