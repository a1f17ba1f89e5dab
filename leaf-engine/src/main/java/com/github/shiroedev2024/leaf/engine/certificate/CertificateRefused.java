package com.github.shiroedev2024.leaf.engine.certificate;

import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import java.security.cert.CertificateException;
import org.jspecify.annotations.Nullable;

/** Why a server's certificate was not accepted, for people and as the reason of a session's end. */
public final class CertificateRefused extends CertificateException {
  private static final long serialVersionUID = 1;
  private final CloseReason reason;

  CertificateRefused(CloseReason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public CloseReason reason() {
    return reason;
  }

  /** The refusal that lies somewhere below a failure, or null. */
  public static @Nullable CertificateRefused within(@Nullable Throwable failure) {
    Throwable at = failure;
    for (int depth = 0; at != null && depth < 16; depth++) {
      if (at instanceof CertificateRefused refused) {
        return refused;
      }
      at = at.getCause();
    }
    return null;
  }
}
