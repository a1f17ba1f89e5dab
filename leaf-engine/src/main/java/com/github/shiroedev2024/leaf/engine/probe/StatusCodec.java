package com.github.shiroedev2024.leaf.engine.probe;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.net.URI;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An HTTP/1.1 GET and the status line of the reply (RFC 9112, sections 3 and 4). Nothing after that
 * line is looked at.
 */
final class StatusCodec implements Exchange {
  /** A status line is short; what goes on for longer is something else. */
  private static final int MAX_LINE = 1024;

  private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.[01] ([0-9]{3})(?: .*)?");
  private static final Pattern NO_CONTENT_PAGE = Pattern.compile(".*(?:^|[^0-9])204/?");

  private final URI url;
  private final StringBuilder line = new StringBuilder();
  private String fault = "";

  StatusCodec(URI url) {
    this.url = url;
  }

  @Override
  public void ask(ByteBuf out) {
    String path = url.getRawPath();
    String query = url.getRawQuery();
    String host = url.getHost() + (url.getPort() > 0 ? ":" + url.getPort() : "");
    ByteBufUtil.writeAscii(
        out,
        "GET "
            + (path == null || path.isEmpty() ? "/" : path)
            + (query == null ? "" : "?" + query)
            + " HTTP/1.1\r\nHost: "
            + host
            + "\r\nUser-Agent: leaf\r\nAccept: */*\r\nConnection: close\r\n\r\n");
  }

  @Override
  public Verdict answer(ByteBuf in) {
    while (in.isReadable()) {
      char c = (char) in.readUnsignedByte();
      if (c == '\n') {
        return verdict(line.toString().stripTrailing());
      }
      if (line.length() == MAX_LINE) {
        fault = "the answer is not HTTP";
        return Verdict.WRONG;
      }
      line.append(c);
    }
    return Verdict.MORE;
  }

  private Verdict verdict(String status) {
    Matcher matcher = STATUS_LINE.matcher(status);
    if (!matcher.matches()) {
      fault = "the answer is not HTTP";
      return Verdict.WRONG;
    }
    int code = Integer.parseInt(matcher.group(1));
    String path = url.getRawPath();
    boolean noContent = path != null && NO_CONTENT_PAGE.matcher(path).matches();
    if (noContent ? code == 204 : code >= 200 && code < 400) {
      return Verdict.RIGHT;
    }
    fault = url + " answered HTTP status " + code + (noContent ? " instead of 204" : "");
    return Verdict.WRONG;
  }

  @Override
  public String fault() {
    return fault;
  }
}
