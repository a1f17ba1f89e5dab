package com.github.shiroedev2024.leaf.engine.session;

/** Why a session ended: a closed list that feeds the log line, the counters and the reply. */
public enum CloseReason {
  /** Both directions ended in order. */
  FINISHED("finished"),
  CLIENT_GONE("client closed the connection"),
  CLIENT_RESET("client reset the connection"),
  REMOTE_RESET("remote reset the connection"),
  IDLE("idle"),
  HALF_CLOSED_TIMEOUT("half-closed for too long"),
  DROPPED("dropped by rule"),
  NO_ROUTE("no outbound for it"),
  RESOLVE_FAILED("name lookup failed"),
  REFUSED("connection refused"),
  UNREACHABLE("host or network unreachable"),
  DIAL_TIMEOUT("dial timed out"),
  DIAL_FAILED("dial failed"),
  HANDSHAKE_FAILED("handshake failed"),
  HANDSHAKE_TIMEOUT("handshake timed out"),
  HANDSHAKE_CLOSED("peer closed the connection during the handshake"),
  CERTIFICATE_MISMATCH("certificate is for another name"),
  CERTIFICATE_EXPIRED("certificate expired or not yet valid"),
  CERTIFICATE_UNTRUSTED("certificate not trusted"),
  ALPN_MISMATCH("no common application protocol"),
  AUTH_FAILED("authentication failed"),
  PROTOCOL_ERROR("protocol error"),
  NOT_SUPPORTED("not supported"),
  ALL_MEMBERS_FAILED("all members failed"),
  LIMIT("limit reached"),
  CLOSED_BY_API("closed through the API"),
  OUTBOUND_REMOVED("outbound removed or changed by a reload"),
  SHUTDOWN("runtime stopped"),
  INTERNAL_ERROR("internal error");

  private final String text;

  CloseReason(String text) {
    this.text = text;
  }

  /** For people: log lines and API texts. */
  public String text() {
    return text;
  }
}
