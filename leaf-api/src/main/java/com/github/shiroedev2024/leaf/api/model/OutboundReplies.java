package com.github.shiroedev2024.leaf.api.model;

import com.github.shiroedev2024.leaf.runtime.control.Replies.Actor;
import com.github.shiroedev2024.leaf.runtime.control.Replies.GroupInfo;
import com.github.shiroedev2024.leaf.runtime.control.Replies.Health;
import com.github.shiroedev2024.leaf.runtime.control.Replies.Member;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Replies about outbounds and groups. */
public final class OutboundReplies {
  private OutboundReplies() {}

  public static void groups(JsonWriter json, List<GroupInfo> groups) throws IOException {
    json.beginObject();
    json.name("outbounds").beginArray();
    for (GroupInfo group : groups) {
      json.beginObject();
      json.name("tag").value(group.tag());
      json.name("type").value(group.type());
      json.endObject();
    }
    json.endArray();
    json.endObject();
  }

  public static void members(JsonWriter json, List<Member> members) throws IOException {
    json.beginObject();
    json.name("outbounds").beginArray();
    for (Member member : members) {
      json.beginObject();
      json.name("name").value(member.name());
      json.name("is_selected").value(member.isSelected());
      Decimals.write(json, "ping_ms", member.pingMs());
      json.endObject();
    }
    json.endArray();
    json.endObject();
  }

  public static void selected(JsonWriter json, String member) throws IOException {
    json.beginObject();
    json.name("selected").value(member);
    json.endObject();
  }

  /** A choice that was made, and how many connections of the one before it ended. */
  public static void switched(JsonWriter json, String member, int closed) throws IOException {
    json.beginObject();
    json.name("selected").value(member);
    json.name("closed_connections").value(closed);
    json.endObject();
  }

  public static void actors(JsonWriter json, List<Actor> actors) throws IOException {
    json.beginObject();
    json.name("actors").beginArray();
    for (Actor actor : actors) {
      json.beginObject();
      json.name("name").value(actor.name());
      Decimals.write(json, "ping_ms", actor.pingMs());
      json.name("is_selected").value(actor.isSelected());
      json.endObject();
    }
    json.endArray();
    json.endObject();
  }

  public static void health(JsonWriter json, Health health) throws IOException {
    json.beginObject();
    json.name("tag").value(health.tag());
    Decimals.write(json, "tcp_ms", health.tcpMs());
    Decimals.write(json, "udp_ms", health.udpMs());
    json.endObject();
  }

  public static void lastPeerActive(JsonWriter json, String tag, @Nullable Long unixSeconds)
      throws IOException {
    json.beginObject();
    json.name("tag").value(tag);
    json.name("last_peer_active").value(unixSeconds);
    json.endObject();
  }

  public static void sinceLastPeerActive(JsonWriter json, String tag, @Nullable Long seconds)
      throws IOException {
    json.beginObject();
    json.name("tag").value(tag);
    json.name("since_last_peer_active").value(seconds);
    json.endObject();
  }
}
