package com.github.shiroedev2024.leaf.api;

import com.github.shiroedev2024.leaf.api.http.Call;
import com.github.shiroedev2024.leaf.api.http.Reply;
import com.github.shiroedev2024.leaf.api.http.Route;
import com.github.shiroedev2024.leaf.api.model.OutboundReplies;
import com.github.shiroedev2024.leaf.runtime.control.ControlException;
import com.github.shiroedev2024.leaf.runtime.control.Replies;
import com.github.shiroedev2024.leaf.runtime.control.RuntimeControl;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Groups, what is chosen in them, and how outbounds fare. */
final class OutboundApi {
  private final RuntimeControl control;

  OutboundApi(RuntimeControl control) {
    this.control = control;
  }

  List<Route> routes() {
    String app = "/api/v1/app/outbound/";
    String one = "/api/v1/runtime/outbound/" + Route.TAG + "/";
    return List.of(
        Route.get(app + "list", this::list),
        Route.get(app + "selects", this::members),
        Route.get(app + "select", this::selected),
        Route.post(app + "select", this::select),
        Route.get(app + "failover/status", this::failoverStatus),
        Route.post(app + "failover/healthcheck", this::healthcheck),
        Route.post(app + "failover/healthcheck/all", this::healthcheckAll),
        Route.get(app + "speedtest/status", this::speedtestStatus),
        Route.get(app + "mptp/status", this::mptpStatus),
        Route.get(one + "health", this::health),
        Route.get(one + "last_peer_active", this::lastPeerActive),
        Route.get(one + "since_last_peer_active", this::sinceLastPeerActive));
  }

  private static String outbound(Call call) {
    return call.required("outbound");
  }

  private Reply list(Call call) {
    List<Replies.GroupInfo> groups = control.groups();
    return Reply.json(json -> OutboundReplies.groups(json, groups));
  }

  private Reply members(Call call) {
    List<Replies.Member> members = control.members(outbound(call));
    return Reply.json(json -> OutboundReplies.members(json, members));
  }

  private Reply selected(Call call) {
    String selected = control.selected(outbound(call));
    return Reply.json(json -> OutboundReplies.selected(json, selected));
  }

  private Reply select(Call call) {
    String group = outbound(call);
    String member = call.required("select");
    int closed = control.select(group, member, call.flag("close"));
    return Reply.json(json -> OutboundReplies.switched(json, member, closed));
  }

  private Reply failoverStatus(Call call) {
    List<Replies.Actor> actors = control.failoverStatus(outbound(call));
    return Reply.json(json -> OutboundReplies.actors(json, actors));
  }

  private Reply healthcheck(Call call) {
    control.healthcheck(outbound(call));
    return Reply.done(200);
  }

  /** The checks go on in the background: accepted, not done. */
  private Reply healthcheckAll(Call call) {
    control.healthcheckAll();
    return Reply.done(202);
  }

  private Reply speedtestStatus(Call call) {
    String tag = outbound(call);
    control.requireSpeedtest(tag);
    throw noSuchGroup(tag, "speedtest");
  }

  private Reply mptpStatus(Call call) {
    String tag = outbound(call);
    control.requireMptp(tag);
    throw noSuchGroup(tag, "mptp");
  }

  private static ControlException noSuchGroup(String tag, String kind) {
    return new ControlException(
        ControlException.Kind.NOT_FOUND, "outbound '" + tag + "' is not a " + kind + " group");
  }

  private Reply health(Call call) throws Exception {
    Replies.Health health = call.await(control.health(call.tag()));
    return Reply.json(json -> OutboundReplies.health(json, health));
  }

  private Reply lastPeerActive(Call call) {
    String tag = call.tag();
    @Nullable Long seconds = control.lastPeerActive(tag);
    return Reply.json(json -> OutboundReplies.lastPeerActive(json, tag, seconds));
  }

  private Reply sinceLastPeerActive(Call call) {
    String tag = call.tag();
    @Nullable Long seconds = control.sinceLastPeerActive(tag);
    return Reply.json(json -> OutboundReplies.sinceLastPeerActive(json, tag, seconds));
  }
}
