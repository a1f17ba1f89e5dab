package com.github.shiroedev2024.leaf.engine.probe;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.probe.Exchange.Verdict;
import com.github.shiroedev2024.leaf.testkit.LeakCheck;
import com.github.shiroedev2024.leaf.testkit.Seeds;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.util.CharsetUtil;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The probes' questions and answers as bytes. */
@ExtendWith(LeakCheck.class)
final class ExchangeTest {
  private static StatusCodec page(String url) {
    return new StatusCodec(URI.create(url));
  }

  private static String asked(Exchange exchange) {
    ByteBuf out = Unpooled.buffer();
    exchange.ask(out);
    return out.toString(CharsetUtil.US_ASCII);
  }

  private static Verdict answer(Exchange exchange, String reply) {
    return exchange.answer(Unpooled.copiedBuffer(reply, CharsetUtil.ISO_8859_1));
  }

  @Test
  void asksForThePageWithItsHostAndPort() {
    assertThat(asked(page("http://h.example:8080/a%20b?c=d#e")))
        .startsWith("GET /a%20b?c=d HTTP/1.1\r\nHost: h.example:8080\r\n")
        .contains("\r\nConnection: close\r\n")
        .endsWith("\r\n\r\n");
    assertThat(asked(page("https://[::1]"))).startsWith("GET / HTTP/1.1\r\nHost: [::1]\r\n");
  }

  @Test
  void theStatusDecides() {
    assertThat(answer(page("http://h/"), "HTTP/1.1 200 OK\r\n")).isEqualTo(Verdict.RIGHT);
    assertThat(answer(page("http://h/"), "HTTP/1.0 302\r\n")).isEqualTo(Verdict.RIGHT);
    assertThat(answer(page("http://h/"), "HTTP/1.1 404 No\r\n")).isEqualTo(Verdict.WRONG);
    assertThat(answer(page("http://h/"), "HTTP/1.1 100 Go on\r\n")).isEqualTo(Verdict.WRONG);
    for (String path : new String[] {"/generate_204", "/gen_204/", "/204"}) {
      assertThat(answer(page("http://h" + path), "HTTP/1.1 204 No Content\r\n"))
          .isEqualTo(Verdict.RIGHT);
      assertThat(answer(page("http://h" + path), "HTTP/1.1 200 OK\r\n")).isEqualTo(Verdict.WRONG);
    }
    assertThat(answer(page("http://h/1204"), "HTTP/1.1 200 OK\r\n")).isEqualTo(Verdict.RIGHT);
  }

  @Test
  void theStatusLineMayComeInPieces() {
    StatusCodec codec = page("http://h/");
    String reply = "HTTP/1.1 200 OK\r\nServer: x\r\n\r\n";
    int end = reply.indexOf('\n');
    for (int i = 0; i < end; i++) {
      assertThat(answer(codec, reply.substring(i, i + 1))).isEqualTo(Verdict.MORE);
    }
    assertThat(answer(codec, reply.substring(end))).isEqualTo(Verdict.RIGHT);
  }

  @Test
  void anEndlessLineIsNotHttp() {
    StatusCodec codec = page("http://h/");
    assertThat(answer(codec, "H".repeat(1024))).isEqualTo(Verdict.MORE);
    assertThat(answer(codec, "H")).isEqualTo(Verdict.WRONG);
    assertThat(codec.fault()).isEqualTo("the answer is not HTTP");
  }

  @Test
  void pongMustBePong() {
    assertThat(asked(new PongCodec())).isEqualTo("PING");
    PongCodec pieces = new PongCodec();
    assertThat(answer(pieces, "PO")).isEqualTo(Verdict.MORE);
    assertThat(answer(pieces, "NG")).isEqualTo(Verdict.RIGHT);
    assertThat(answer(new PongCodec(), "PONK")).isEqualTo(Verdict.WRONG);
    assertThat(answer(new PongCodec(), "PONG!")).isEqualTo(Verdict.WRONG);
  }

  private static ByteBuf dnsReply(DnsCodec codec) {
    ByteBuf reply = Unpooled.buffer();
    codec.ask(reply);
    reply.setByte(2, reply.getByte(2) | 0x80);
    return reply;
  }

  @Test
  void aDnsQueryIsWellFormed() {
    ByteBuf out = Unpooled.buffer();
    new DnsCodec(0xabcd, "a.example").ask(out);
    assertThat(ByteBufUtil.hexDump(out))
        .isEqualTo("abcd010000010000000000000161076578616d706c650000010001");
  }

  @Test
  void aDnsReplyMustFitTheQuery() {
    DnsCodec codec = new DnsCodec(7, "www.Example.com");
    assertThat(codec.answer(dnsReply(codec))).isEqualTo(Verdict.RIGHT);
    assertThat(codec.answer(dnsReply(new DnsCodec(7, "WWW.example.COM")))).isEqualTo(Verdict.RIGHT);
    assertThat(codec.answer(dnsReply(codec).setByte(3, 3))).isEqualTo(Verdict.RIGHT);
    assertThat(codec.answer(dnsReply(codec).setByte(3, 5))).isEqualTo(Verdict.WRONG);
    assertThat(codec.fault()).isEqualTo("the DNS server answered with error code 5");
    assertThat(codec.answer(dnsReply(new DnsCodec(8, "www.example.com")))).isEqualTo(Verdict.MORE);
    assertThat(codec.answer(dnsReply(new DnsCodec(7, "www.example.org")))).isEqualTo(Verdict.MORE);
    ByteBuf query = Unpooled.buffer();
    codec.ask(query);
    assertThat(codec.answer(query)).isEqualTo(Verdict.MORE);
    for (int length = 0; length < dnsReply(codec).readableBytes(); length++) {
      assertThat(codec.answer(dnsReply(codec).writerIndex(length))).isEqualTo(Verdict.MORE);
    }
  }

  @Test
  void noReplyWhateverThrows() {
    Seeds.forEach(
        2000,
        random -> {
          byte[] bytes = Seeds.bytes(random, random.nextInt(80));
          page("http://h/").answer(Unpooled.wrappedBuffer(bytes));
          new PongCodec().answer(Unpooled.wrappedBuffer(bytes));
          DnsCodec dns = new DnsCodec(7, "www.example.com");
          dns.answer(Unpooled.wrappedBuffer(bytes));
          ByteBuf damaged = dnsReply(dns);
          damaged.setByte(random.nextInt(damaged.readableBytes()), random.nextInt(256));
          dns.answer(damaged.writerIndex(random.nextInt(damaged.readableBytes() + 1)));
        });
  }
}
