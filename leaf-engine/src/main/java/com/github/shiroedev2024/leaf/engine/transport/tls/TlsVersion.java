package com.github.shiroedev2024.leaf.engine.transport.tls;

import com.github.shiroedev2024.leaf.engine.spi.Key;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import com.github.shiroedev2024.leaf.engine.spi.Settings.Value;
import java.util.List;

/** The lowest version of TLS that is spoken. */
enum TlsVersion {
  TLS_1_2("1.2"),
  TLS_1_3("1.3");

  /** The setting that {@link #read} understands. */
  static final Key KEY = new Key("minVersion", "1.2", "the lowest version of TLS: 1.2 or 1.3");

  private final String word;

  TlsVersion(String word) {
    this.word = word;
  }

  /** This version and those above, as engines call them. */
  List<String> protocols() {
    return this == TLS_1_3 ? List.of("TLSv1.3") : List.of("TLSv1.3", "TLSv1.2");
  }

  /** The setting {@code minVersion}, which JSON may also write as a number. */
  static TlsVersion read(Settings settings) {
    Value value = settings.value("minVersion");
    if (value == null) {
      return TLS_1_2;
    }
    String text = value.raw().toString();
    for (TlsVersion version : values()) {
      if (version.word.equals(text)) {
        return version;
      }
    }
    settings.error("minVersion", "'" + text + "' is not a version of TLS", "write 1.2 or 1.3");
    return TLS_1_2;
  }
}
