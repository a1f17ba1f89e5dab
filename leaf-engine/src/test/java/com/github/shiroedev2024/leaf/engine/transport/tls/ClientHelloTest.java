package com.github.shiroedev2024.leaf.engine.transport.tls;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.testkit.Seeds;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.Test;

class ClientHelloTest {
  /** The first record of the JDK's own client. */
  private static byte[] hello(String... protocols) throws Exception {
    SSLEngine engine = SSLContext.getDefault().createSSLEngine("a.example", 443);
    engine.setUseClientMode(true);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setApplicationProtocols(protocols);
    engine.setSSLParameters(parameters);
    ByteBuffer record = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    engine.wrap(ByteBuffer.allocate(0), record);
    byte[] bytes = new byte[record.flip().remaining()];
    record.get(bytes);
    return bytes;
  }

  @Test
  void readsTheProtocolsOffered() throws Exception {
    ByteBuf record = Unpooled.wrappedBuffer(hello("h2", "http/1.1"));
    assertThat(ClientHello.protocols(record)).containsExactly("h2", "http/1.1");
    assertThat(record.readerIndex()).isZero();
    assertThat(ClientHello.protocols(Unpooled.wrappedBuffer(hello()))).isEmpty();
  }

  @Test
  void readsNothingFromWhatIsCutOff() throws Exception {
    byte[] whole = hello("h2");
    for (int length = 0; length < whole.length; length++) {
      List<String> read = ClientHello.protocols(Unpooled.wrappedBuffer(whole, 0, length));
      assertThat(read).as("of %s bytes", length).isIn(List.of(), List.of("h2"));
    }
  }

  @Test
  void survivesDamage() throws Exception {
    byte[] whole = hello("h2", "http/1.1");
    Seeds.forEach(
        5000,
        random -> {
          byte[] damaged = whole.clone();
          for (int i = random.nextInt(8); i >= 0; i--) {
            damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
          }
          assertThat(ClientHello.protocols(Unpooled.wrappedBuffer(damaged))).isNotNull();
          byte[] garbage = Seeds.bytes(random, random.nextInt(300));
          assertThat(ClientHello.protocols(Unpooled.wrappedBuffer(garbage))).isNotNull();
        });
  }
}
