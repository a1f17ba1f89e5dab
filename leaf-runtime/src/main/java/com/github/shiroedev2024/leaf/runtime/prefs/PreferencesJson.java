package com.github.shiroedev2024.leaf.runtime.prefs;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The JSON form of {@link LeafPreferences}: one object, names in snake_case. */
public final class PreferencesJson {
  private PreferencesJson() {}

  /**
   * The base with the fields of an object laid over it; names it does not know are left alone.
   *
   * @throws IllegalArgumentException names the field that has the wrong type or is out of range
   */
  public static LeafPreferences overlay(LeafPreferences base, JsonObject changes) {
    Fields in = new Fields(changes);
    return new LeafPreferences(
        in.text("client_id", base.clientId()),
        in.wholeOrNull("last_update_time", base.lastUpdateTime()),
        in.whole("traffic", base.traffic()),
        in.whole("used_traffic", base.usedTraffic()),
        in.text("expire_time", base.expireTime()),
        in.flag("enable_ipv6", base.enableIpv6()),
        in.flag("prefer_ipv6", base.preferIpv6()),
        in.flag("memory_logger", base.memoryLogger()),
        in.number("log_level", base.logLevel()),
        in.number("api_port", base.apiPort()),
        in.flag("auto_reload", base.autoReload()),
        in.text("user_agent", base.userAgent()),
        in.flag("bypass_lan", base.bypassLan()),
        in.flag("bypass_lan_in_core", base.bypassLanInCore()),
        in.flag("fake_ip", base.fakeIp()),
        in.flag("force_resolve_domain", base.forceResolveDomain()),
        in.flag("internal_dns_server", base.internalDnsServer()),
        in.list("bypass_geoip_list", base.bypassGeoipList()),
        in.list("bypass_geosite_list", base.bypassGeositeList()),
        in.list("reject_geoip_list", base.rejectGeoipList()),
        in.list("reject_geosite_list", base.rejectGeositeList()));
  }

  /** All fields, absent ones as null. */
  public static JsonObject write(LeafPreferences prefs) {
    JsonObject out = new JsonObject();
    out.addProperty("client_id", prefs.clientId());
    out.addProperty("last_update_time", prefs.lastUpdateTime());
    out.addProperty("traffic", prefs.traffic());
    out.addProperty("used_traffic", prefs.usedTraffic());
    out.addProperty("expire_time", prefs.expireTime());
    out.addProperty("enable_ipv6", prefs.enableIpv6());
    out.addProperty("prefer_ipv6", prefs.preferIpv6());
    out.addProperty("memory_logger", prefs.memoryLogger());
    out.addProperty("log_level", prefs.logLevel());
    out.addProperty("api_port", prefs.apiPort());
    out.addProperty("auto_reload", prefs.autoReload());
    out.addProperty("user_agent", prefs.userAgent());
    out.addProperty("bypass_lan", prefs.bypassLan());
    out.addProperty("bypass_lan_in_core", prefs.bypassLanInCore());
    out.addProperty("fake_ip", prefs.fakeIp());
    out.addProperty("force_resolve_domain", prefs.forceResolveDomain());
    out.addProperty("internal_dns_server", prefs.internalDnsServer());
    out.add("bypass_geoip_list", array(prefs.bypassGeoipList()));
    out.add("bypass_geosite_list", array(prefs.bypassGeositeList()));
    out.add("reject_geoip_list", array(prefs.rejectGeoipList()));
    out.add("reject_geosite_list", array(prefs.rejectGeositeList()));
    return out;
  }

  private static JsonArray array(List<String> items) {
    JsonArray out = new JsonArray();
    items.forEach(out::add);
    return out;
  }

  /** Typed reading; an absent field keeps its value, null means none where there may be none. */
  private record Fields(JsonObject object) {
    private @Nullable JsonElement value(String name) {
      return object.get(name);
    }

    @Nullable String text(String name, @Nullable String now) {
      JsonElement value = value(name);
      if (value == null) {
        return now;
      }
      return value instanceof JsonNull ? null : string(name, value);
    }

    boolean flag(String name, boolean now) {
      JsonElement value = value(name);
      if (value == null) {
        return now;
      }
      if (value instanceof JsonPrimitive one && one.isBoolean()) {
        return one.getAsBoolean();
      }
      throw wrong(name, value, "true or false");
    }

    long whole(String name, long now) {
      JsonElement value = value(name);
      if (value == null) {
        return now;
      }
      if (value instanceof JsonPrimitive one && one.isNumber()) {
        try {
          return one.getAsBigDecimal().longValueExact();
        } catch (ArithmeticException | NumberFormatException e) {
          throw wrong(name, value, "a whole number");
        }
      }
      throw wrong(name, value, "a whole number");
    }

    @Nullable Long wholeOrNull(String name, @Nullable Long now) {
      JsonElement value = value(name);
      if (value == null) {
        return now;
      }
      return value instanceof JsonNull ? null : (Long) whole(name, 0);
    }

    int number(String name, int now) {
      long value = whole(name, now);
      if (value != (int) value) {
        throw new IllegalArgumentException(name + " is " + value + "; that is out of range");
      }
      return (int) value;
    }

    List<String> list(String name, List<String> now) {
      JsonElement value = value(name);
      if (value == null) {
        return now;
      }
      if (value instanceof JsonNull) {
        return List.of();
      }
      if (!(value instanceof JsonArray items)) {
        throw wrong(name, value, "a list of texts");
      }
      List<String> out = new ArrayList<>(items.size());
      for (JsonElement item : items) {
        out.add(string(name, item));
      }
      return out;
    }

    private static String string(String name, JsonElement value) {
      if (value instanceof JsonPrimitive one && one.isString()) {
        return one.getAsString();
      }
      throw wrong(name, value, "a text");
    }

    private static IllegalArgumentException wrong(String name, JsonElement value, String wanted) {
      return new IllegalArgumentException(name + " is " + value + "; it must be " + wanted);
    }
  }
}
