package com.github.shiroedev2024.leaf.api.model;

import com.github.shiroedev2024.leaf.runtime.control.Replies.Connection;
import com.github.shiroedev2024.leaf.runtime.control.Replies.ConnectionTimings;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;

/** One connection as an object of {@code stat/json}. */
public final class StatReply {
  private StatReply() {}

  public static void write(JsonWriter json, Connection connection) throws IOException {
    json.beginObject();
    json.name("id").value(connection.id());
    json.name("network").value(connection.network());
    json.name("inbound_tag").value(connection.inboundTag());
    json.name("forwarded_source").value(connection.forwardedSource());
    json.name("source").value(connection.source());
    json.name("destination").value(connection.destination());
    json.name("outbound_tag").value(connection.outboundTag());
    json.name("outbound_chain").beginArray();
    for (String group : connection.outboundChain()) {
      json.value(group);
    }
    json.endArray();
    json.name("bytes_sent").value(connection.bytesSent());
    json.name("bytes_recvd").value(connection.bytesRecvd());
    json.name("send_completed").value(connection.sendCompleted());
    json.name("recv_completed").value(connection.recvCompleted());
    json.name("start_time").value(connection.startTime());
    Decimals.write(json, "duration", connection.duration());
    json.name("dns_sniffed_domain").value(connection.dnsSniffedDomain());
    json.name("tls_sniffed_domain").value(connection.tlsSniffedDomain());
    json.name("http_sniffed_domain").value(connection.httpSniffedDomain());
    json.name("user_id").value(connection.userId());
    json.name("rule").value(connection.rule());
    json.name("process").value(connection.process());
    ConnectionTimings timings = connection.timings();
    json.name("timings").beginObject();
    Decimals.write(json, "dns_ms", timings.dnsMs());
    Decimals.write(json, "connect_ms", timings.connectMs());
    Decimals.write(json, "handshake_ms", timings.handshakeMs());
    Decimals.write(json, "first_byte_ms", timings.firstByteMs());
    json.endObject();
    json.name("close_reason").value(connection.closeReason());
    json.endObject();
  }
}
