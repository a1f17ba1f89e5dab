package com.github.shiroedev2024.leaf.api;

import com.github.shiroedev2024.leaf.api.http.Call;
import com.github.shiroedev2024.leaf.api.http.Reply;
import com.github.shiroedev2024.leaf.api.http.Route;
import com.github.shiroedev2024.leaf.api.model.RuntimeReplies;
import com.github.shiroedev2024.leaf.api.page.LogsPage;
import com.github.shiroedev2024.leaf.runtime.control.Replies;
import com.github.shiroedev2024.leaf.runtime.control.RuntimeControl;
import java.util.List;

/** The log kept in memory. */
final class LogsApi {
  private static final int DEFAULT_LIMIT = 100;
  private static final int MAX_LIMIT = 10_000;

  private final RuntimeControl control;

  LogsApi(RuntimeControl control) {
    this.control = control;
  }

  List<Route> routes() {
    return List.of(
        Route.get("/api/v1/runtime/logs/json", this::json),
        Route.get("/api/v1/runtime/logs/html", call -> LogsPage.of(call).reply(control)),
        Route.post("/api/v1/runtime/logs/clear", this::clear));
  }

  private Reply json(Call call) {
    int limit = (int) call.number("limit", DEFAULT_LIMIT, 0, MAX_LIMIT);
    long offset = call.number("offset", 0, 0, Long.MAX_VALUE);
    Replies.LogPage page;
    if (call.text("after") == null) {
      page = control.logs(limit, offset);
    } else if (call.text("offset") == null) {
      page = control.logsAfter(limit, call.requiredNumber("after", 0, Long.MAX_VALUE));
    } else {
      throw Call.badRequest("give either parameter 'offset' or parameter 'after'");
    }
    return Reply.json(json -> RuntimeReplies.logs(json, page));
  }

  private Reply clear(Call call) {
    control.clearLogs();
    return Reply.done(200);
  }
}
