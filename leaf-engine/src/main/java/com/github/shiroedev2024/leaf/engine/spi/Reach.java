package com.github.shiroedev2024.leaf.engine.spi;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import org.jspecify.annotations.Nullable;

/** Whom an outbound asks what is below it for, when it is asked for a destination itself. */
public enum Reach {
  /** For the same: a layer, or {@code direct}. */
  SAME,
  /** For its own server, which is then told the destination. */
  SERVER,
  /** For the same, though only its server understands it: so a part below has to lead there. */
  NEEDS_SERVER,
  /** For one place, whatever the destination is; or for none. */
  FIXED,
  /** It is a stack of the parts it names. */
  STACK,
  /** It is any of the parts it names. */
  CHOICE;

  /** A protocol whose server's address may be left out. */
  public static Reach of(@Nullable Destination server) {
    return server == null ? NEEDS_SERVER : SERVER;
  }
}
