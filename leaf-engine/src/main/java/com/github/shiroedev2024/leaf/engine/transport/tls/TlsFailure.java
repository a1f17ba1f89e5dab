package com.github.shiroedev2024.leaf.engine.transport.tls;

import com.github.shiroedev2024.leaf.engine.certificate.CertificateRefused;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import io.netty.handler.ssl.NotSslRecordException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;

/** What went wrong, as one of our reasons and in words. */
final class TlsFailure {
  /** How BoringSSL and the JDK's engine tell of an alert. */
  private static final Pattern ALERT =
      Pattern.compile("(?:(?:TLSV1|SSLV3)_ALERT_|Received fatal alert: )(\\w+)");

  private TlsFailure() {}

  /** A failure of the handshake, whichever engine tells it. */
  static SessionException ofHandshake(Throwable thrown) {
    CertificateRefused refused = CertificateRefused.within(thrown);
    if (refused != null) {
      return failure(refused.reason(), String.valueOf(refused.getMessage()), thrown);
    }
    String text = text(thrown);
    String folded = text.toLowerCase(Locale.ROOT);
    return switch (thrown) {
      case SessionException known -> known;
      case NotSslRecordException e ->
          failure(CloseReason.PROTOCOL_ERROR, "what it answers is not TLS", e);
      case ClosedChannelException e -> closed();
      case SSLException e
          when folded.contains("no_application_protocol")
              || folded.contains("no application protocol") ->
          failure(
              CloseReason.ALPN_MISMATCH,
              "it speaks none of the application protocols offered (alpn)",
              e);
      case SSLException e -> failure(CloseReason.HANDSHAKE_FAILED, told(text), e);
      case IOException e ->
          failure(CloseReason.HANDSHAKE_CLOSED, "the TLS handshake was cut off: " + text, e);
      default -> failure(CloseReason.HANDSHAKE_FAILED, "TLS: " + text, thrown);
    };
  }

  /** An alert by its name in RFC 8446, anything else in the engine's words. */
  private static String told(String text) {
    Matcher alert = ALERT.matcher(text);
    return alert.find()
        ? "it refused the handshake with the alert " + alert.group(1).toLowerCase(Locale.ROOT)
        : "TLS: " + text;
  }

  /** The peer ended the connection before the handshake was done. */
  static SessionException closed() {
    return new SessionException(
        CloseReason.HANDSHAKE_CLOSED, "the connection was closed during the TLS handshake");
  }

  private static SessionException failure(CloseReason reason, String message, Throwable cause) {
    return new SessionException(reason, message, cause);
  }

  static String text(Throwable cause) {
    String text = cause.getMessage();
    return text == null || text.isBlank() ? cause.getClass().getSimpleName() : text;
  }
}
