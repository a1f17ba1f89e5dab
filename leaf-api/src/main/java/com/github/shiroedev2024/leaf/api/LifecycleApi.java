package com.github.shiroedev2024.leaf.api;

import com.github.shiroedev2024.leaf.api.http.Call;
import com.github.shiroedev2024.leaf.api.http.Reply;
import com.github.shiroedev2024.leaf.api.http.Route;
import com.github.shiroedev2024.leaf.api.model.RuntimeReplies;
import com.github.shiroedev2024.leaf.runtime.control.Replies;
import com.github.shiroedev2024.leaf.runtime.control.RuntimeControl;
import java.util.List;

/** Reload, shutdown, and what can be asked of the configuration and of the way out. */
final class LifecycleApi {
  private final RuntimeControl control;

  LifecycleApi(RuntimeControl control) {
    this.control = control;
  }

  List<Route> routes() {
    return List.of(
        Route.post("/api/v1/runtime/reload", this::reload),
        Route.post("/api/v1/runtime/shutdown", this::shutdown),
        Route.get("/api/v1/runtime/check_connectivity", this::checkConnectivity),
        Route.post("/api/v1/runtime/config/test", this::testConfig),
        Route.get("/api/v1/runtime/route", this::route));
  }

  private Reply reload(Call call) {
    Replies.Reloaded reloaded = control.reload();
    return Reply.json(json -> RuntimeReplies.reloaded(json, reloaded));
  }

  /** Stops the runtime only when the answer is out: it takes this server with it. */
  private Reply shutdown(Call call) {
    return Reply.done(200).then(control::shutdown);
  }

  private Reply checkConnectivity(Call call) throws Exception {
    double tcpMs = call.await(control.checkConnectivity());
    return Reply.json(json -> RuntimeReplies.connectivity(json, tcpMs));
  }

  private Reply testConfig(Call call) {
    List<Replies.ConfigProblem> problems = control.testConfig();
    return Reply.json(json -> RuntimeReplies.problems(json, problems));
  }

  private Reply route(Call call) throws Exception {
    String destination = call.required("destination");
    String network = call.optional("network");
    if (network != null && !network.equals("tcp") && !network.equals("udp")) {
      throw Call.badRequest("parameter 'network' must be tcp or udp, not '" + network + "'");
    }
    Replies.Route route = call.await(control.route(destination, network == null ? "tcp" : network));
    return Reply.json(json -> RuntimeReplies.route(json, route));
  }
}
