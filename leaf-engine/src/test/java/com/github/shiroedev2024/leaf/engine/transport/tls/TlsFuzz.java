package com.github.shiroedev2024.leaf.engine.transport.tls;

import com.github.shiroedev2024.leaf.engine.certificate.Identity;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.transport.Certificates;
import com.github.shiroedev2024.leaf.testkit.DecoderFuzz;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslContext;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLException;

/** The records of handshakes at the server and at the client, and what is read of ClientHello. */
public final class TlsFuzz {
  private static final Duration TIMEOUT = Duration.ofSeconds(1);
  private static final Alpn ALPN = new Alpn(List.of("h2"));
  private static final SslContext SERVER;
  private static final SslContext CLIENT;

  static {
    Identity identity = Certificates.identity("a.example");
    try {
      SERVER = TlsContexts.server(identity, ALPN, TlsVersion.TLS_1_2, false);
      CLIENT =
          TlsContexts.client(
              TlsOptions.read(
                  Certificates.valid(Map.of("certificate", Certificates.certificate(identity)))),
              false);
    } catch (SSLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A server answers with its certificate; a client speaks first. */
  private static final DecoderFuzz[] FUZZ = {
    DecoderFuzz.of(() -> shaking(SERVER), SessionException.class).atMost(1, 8192).cutMatters(),
    DecoderFuzz.of(() -> shaking(CLIENT), SessionException.class).atMost(1, 8192).cutMatters()
  };

  private TlsFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    if (input.length < 2) {
      return;
    }
    byte[] rest = Arrays.copyOfRange(input, 2, input.length);
    int bytes = 0;
    for (String name : ClientHello.protocols(Unpooled.wrappedBuffer(rest))) {
      bytes += 1 + name.length();
    }
    if (bytes > rest.length) {
      throw new AssertionError(rest.length + " bytes offered " + bytes);
    }
    FUZZ[(input[0] & 0xff) % FUZZ.length].run(input[1], rest);
  }

  private static EmbeddedChannel shaking(SslContext context) {
    EmbeddedChannel channel = new EmbeddedChannel();
    channel.freezeTime();
    channel
        .pipeline()
        .addLast(
            new Handshake(
                context.newEngine(channel.alloc(), "a.example", 443),
                context == SERVER ? ALPN : Alpn.NONE,
                TIMEOUT,
                "the peer",
                CloseReason.REMOTE_RESET,
                new Handshake.Outcome() {
                  @Override
                  public void done(Channel stream) {
                    throw new AssertionError("a handshake was guessed");
                  }

                  @Override
                  public void failed(Channel stream, SessionException cause) {
                    if (context == SERVER) {
                      Refusal.begin(stream, TIMEOUT);
                    } else {
                      stream.close(); // as the one who dialled does
                    }
                  }
                }));
    return channel;
  }
}
